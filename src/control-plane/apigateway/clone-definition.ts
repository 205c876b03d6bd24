import type { ResourceId, Scope } from '../../aws/identifiers.ts'
import { invariant } from '../../base/invariant.ts'
import type { Random } from '../../ports/random.ts'
import type { Transaction } from '../transaction.ts'
import { randomResourceId } from './identifiers.ts'
import { siblingName } from './path-part.ts'
import { keys } from './records.ts'
import type { MethodRecord, ResourceRecord, RestApiRecord } from './records.ts'

/**
 * Copies the resources of an API, with their methods, into a new one that has nothing but its root.
 *
 * Every resource gets an id of its own; a cache namespace that was the old id becomes the new one.
 * Documented: https://docs.aws.amazon.com/apigateway/latest/api/API_CreateRestApi.html (cloneFrom)
 * Chosen: docs/decisions/0011-definitions-where-aws-is-silent.md (which settings come along)
 */
export async function cloneDefinition(
  tx: Transaction,
  scope: Scope,
  { source, target, random }: { source: RestApiRecord; target: RestApiRecord; random: Random },
): Promise<void> {
  const listed = await tx.list(keys.resources(scope, source.id))
  const originals = listed.map(({ value }) => value)
  const newIds = new Map<ResourceId, ResourceId>()
  const taken = new Set<ResourceId>()
  for (const { id, parentId } of originals) {
    newIds.set(id, parentId === undefined ? target.rootResourceId : freshId(random, taken))
  }
  for (const original of originals) {
    const copy = copyResource(original, newIds)
    tx.put(keys.resource(scope, target.id, copy.id), copy)
    if (copy.parentId === undefined || copy.pathPart === undefined) continue
    const nameKey = keys.resourceName(scope, target.id, copy.parentId, siblingName(copy.pathPart))
    tx.put(nameKey, { id: copy.id, pathPart: copy.pathPart })
  }
  tx.put(keys.resourceCount(scope, target.id), {
    count: originals.length - 1,
  })
}

function freshId(random: Random, taken: Set<ResourceId>): ResourceId {
  let id = randomResourceId(random)
  while (taken.has(id)) id = randomResourceId(random)
  taken.add(id)
  return id
}

function copyResource(
  original: ResourceRecord,
  newIds: ReadonlyMap<ResourceId, ResourceId>,
): ResourceRecord {
  const id = newIds.get(original.id)
  invariant(id !== undefined, 'every resource got a new id')
  const parentId = original.parentId === undefined ? undefined : newIds.get(original.parentId)
  const methods = Object.fromEntries(
    Object.entries(original.methods).map(([methodKey, method]) => [
      methodKey,
      withCacheNamespace(method, original.id, id),
    ]),
  )
  return { ...original, id, ...(parentId === undefined ? {} : { parentId }), methods }
}

function withCacheNamespace(method: MethodRecord, from: ResourceId, to: ResourceId): MethodRecord {
  const { integration } = method
  return integration?.cacheNamespace === from
    ? { ...method, integration: { ...integration, cacheNamespace: to } }
    : method
}
