import type { RestApiId, Scope } from '../../../aws/identifiers.ts'
import { invariant } from '../../../base/invariant.ts'
import type { Transaction } from '../../transaction.ts'
import { refusals } from '../errors.ts'
import { getResource, getRestApi } from '../lookup.ts'
import { keys } from '../records.ts'
import type { ResourceRecord } from '../records.ts'
import { childPath, isGreedy, siblingName } from './path-part.ts'

/** All resources of an API, in no promised order. */
export async function listResources(
  tx: Transaction,
  scope: Scope,
  restApiId: string,
): Promise<readonly ResourceRecord[]> {
  const listed = await tx.list(keys.resources(scope, restApiId))
  return listed.map(({ value }) => value)
}

/**
 * Writes the API again as it is, so that two changes of its structure conflict: each sees the tree that
 * the other left.
 */
export async function touchRestApi(
  tx: Transaction,
  scope: Scope,
  restApiId: string,
): Promise<RestApiId> {
  const api = await getRestApi(tx, scope, restApiId)
  tx.put(keys.restApi(scope, restApiId), api)
  return api.id
}

/** How many resources the API has below its root. */
export async function countResources(
  tx: Transaction,
  scope: Scope,
  restApiId: string,
): Promise<number> {
  const record = await tx.get(keys.resourceCount(scope, restApiId))
  return record?.count ?? 0
}

/** A resource and everything below it. */
export function subTree(all: readonly ResourceRecord[], top: ResourceRecord): ResourceRecord[] {
  const below = top.path === '/' ? '/' : `${top.path}/`
  return all.filter(({ id, path }) => id === top.id || path.startsWith(below))
}

/**
 * Checks that no other child of the parent has this name, or is a variable where this one is.
 *
 * @throws {ServiceError} ConflictException for the same name, BadRequestException for a second variable.
 * Observed: management/create-resource-*, management/update-resource-*
 */
export async function checkSiblings(
  tx: Transaction,
  scope: Scope,
  child: { readonly restApiId: string; readonly parentId: string; readonly pathPart: string },
  self?: string,
): Promise<void> {
  const { restApiId, parentId, pathPart } = child
  const nameKey = keys.resourceName(scope, restApiId, parentId, siblingName(pathPart))
  const sibling = await tx.get(nameKey)
  if (sibling === undefined || sibling.id === self) return
  if (sibling.pathPart === pathPart) throw refusals.pathPartTaken(pathPart)
  throw refusals.variableSibling(sibling.pathPart)
}

/**
 * Writes a resource where `after` says it is, with new paths for everything below it.
 *
 * Refuses in this order: the new parent is not there, is below the resource, or is greedy; the new part
 * is greedy and something is below it; another child of the parent has the name.
 *
 * @throws {ServiceError} NotFoundException, BadRequestException or ConflictException.
 * Observed: management/update-resource-*
 */
export async function moveResource(
  tx: Transaction,
  scope: Scope,
  move: {
    readonly restApiId: string
    readonly before: ResourceRecord
    readonly after: ResourceRecord
  },
): Promise<ResourceRecord> {
  const { restApiId, before } = move
  const { parentId, pathPart } = move.after
  if (parentId === before.parentId && pathPart === before.pathPart) return before
  invariant(parentId !== undefined && pathPart !== undefined, 'no patch takes the root')
  invariant(before.parentId !== undefined && before.pathPart !== undefined, 'the root stays')
  const parent = await getResource(tx, scope, { restApiId, resourceId: parentId })
  // Before the listing: what changes the tree after it is then a conflict.
  const api = await touchRestApi(tx, scope, restApiId)
  const moved = subTree(await listResources(tx, scope, api), before)
  if (moved.some(({ id }) => id === parentId)) throw refusals.cyclicalResources()
  if (isGreedy(parent.pathPart ?? '')) throw refusals.childOfGreedy(parent.pathPart ?? '')
  if (isGreedy(pathPart) && moved.length > 1) throw refusals.childOfGreedy(pathPart)
  await checkSiblings(tx, scope, { restApiId: api, parentId, pathPart }, before.id)

  const path = childPath(parent.path, pathPart)
  for (const resource of moved) {
    const below = { ...resource, path: path + resource.path.slice(before.path.length) }
    tx.put(keys.resource(scope, api, resource.id), below)
  }
  const after = { ...before, parentId, pathPart, path }
  tx.put(keys.resource(scope, api, before.id), after)
  tx.remove(keys.resourceName(scope, api, before.parentId, siblingName(before.pathPart)))
  tx.put(keys.resourceName(scope, api, parentId, siblingName(pathPart)), {
    id: before.id,
    pathPart,
  })
  tx.put(keys.resourceCount(scope, api), { count: await countResources(tx, scope, api) })
  return after
}
