import type { ResourceId, Scope } from '../../../aws/identifiers.ts'
import { invariant } from '../../../base/invariant.ts'
import type { Random } from '../../../ports/random.ts'
import type { Transaction } from '../../transaction.ts'
import { placeOf } from '../documentation/documentation-location.ts'
import { randomResourceId } from '../identifiers.ts'
import { listModels } from '../models/model-records.ts'
import { withReferencesTo } from '../models/model-references.ts'
import { keys } from '../records.ts'
import type { MethodRecord, ResourceRecord, RestApiRecord } from '../records.ts'
import { siblingName } from '../resources/path-part.ts'

/**
 * Copies the resources of an API with their methods, its models, request validators, gateway responses and
 * documentation parts into a new one that has nothing but its root.
 *
 * Every resource gets an id of its own; a cache namespace that was the old id becomes the new one. Models,
 * request validators and documentation parts keep their ids, which count within one API. What a schema names by URL it names
 * in the new API.
 * Documented: https://docs.aws.amazon.com/apigateway/latest/api/API_CreateRestApi.html (cloneFrom)
 * Chosen: docs/decisions/0008-definitions-where-aws-is-silent.md (which settings come along)
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
  await cloneParts(tx, scope, { source, target })
}

async function cloneParts(
  tx: Transaction,
  scope: Scope,
  { source, target }: { readonly source: RestApiRecord; readonly target: RestApiRecord },
): Promise<void> {
  const renamed = { from: source.id, to: target.id }
  for (const model of await listModels(tx, scope, source)) {
    const schema = withReferencesTo(model.schema, renamed)
    tx.put(keys.model(scope, target.id, model.name), { ...model, schema })
  }
  for (const { value } of await tx.list(keys.requestValidators(scope, source.id))) {
    tx.put(keys.requestValidator(scope, target.id, value.id), value)
  }
  for (const { value: part } of await tx.list(keys.documentationParts(scope, source.id))) {
    tx.put(keys.documentationPart(scope, target.id, part.id), part)
    const place = keys.documentationPlace(scope, target.id, placeOf(part.location))
    tx.put(place, { id: part.id })
  }
  for (const { value } of await tx.list(keys.gatewayResponses(scope, source.id))) {
    tx.put(keys.gatewayResponse(scope, target.id, value.responseType), value)
  }
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
