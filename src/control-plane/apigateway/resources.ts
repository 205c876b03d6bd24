import type { ApiGatewayOperations } from '../../aws/models/apigateway-types.ts'
import type { ResourceId, RestApiId, Scope } from '../../aws/identifiers.ts'
import { invariant } from '../../base/invariant.ts'
import type { Handlers } from '../service.ts'
import { transact } from '../transaction.ts'
import type { Transaction } from '../transaction.ts'
import type { ApiGatewayContext } from './context.ts'
import { resourceAnswer } from './definition-answers.ts'
import { refusals } from './errors.ts'
import { randomResourceId } from './identifiers.ts'
import { getResource, getRestApi } from './lookup.ts'
import { pageOf } from './paging.ts'
import { checkPathPart, childPath, isGreedy, siblingName } from './path-part.ts'
import { keys } from './records.ts'
import type { ResourceRecord } from './records.ts'

/** The operations on resources. */
export const resources = {
  /**
   * Refuses in this order: the parent is not there, the part is malformed, the parent is greedy, the name
   * is taken or another sibling is a variable, the quota is used up.
   */
  async CreateResource({ restApiId, parentId, pathPart }, { scope, store, random, quotas }) {
    return transact(store, async (tx) => {
      const parent = await getResource(tx, scope, { restApiId, resourceId: parentId })
      checkPathPart(pathPart)
      if (isGreedy(parent.pathPart ?? '')) throw refusals.childOfGreedy(parent.pathPart ?? '')
      const api = await touchRestApi(tx, scope, restApiId)
      const nameKey = keys.resourceName(scope, api, parent.id, siblingName(pathPart))
      const sibling = await tx.get(nameKey)
      if (sibling?.pathPart === pathPart) throw refusals.pathPartTaken(pathPart)
      if (sibling !== undefined) throw refusals.variableSibling(sibling.pathPart)
      const count = await countResources(tx, scope, api)
      if (count >= quotas.resourcesPerApi) throw refusals.tooManyResources()

      const id = await freeResourceId(tx, scope, api, () => randomResourceId(random))
      const path = childPath(parent.path, pathPart)
      const resource: ResourceRecord = { id, parentId: parent.id, pathPart, path, methods: {} }
      tx.put(nameKey, { id, pathPart })
      tx.put(keys.resourceCount(scope, api), { count: count + 1 })
      tx.put(keys.resource(scope, api, id), resource)
      return resourceAnswer(resource, undefined)
    })
  },

  async GetResource({ restApiId, resourceId, embed }, { scope, store }) {
    return transact(store, async (tx) =>
      resourceAnswer(await getResource(tx, scope, { restApiId, resourceId }), embed),
    )
  },

  async GetResources({ restApiId, embed, ...request }, { scope, store }) {
    return transact(store, async (tx) => {
      const { id } = await getRestApi(tx, scope, restApiId)
      const records = await listResources(tx, scope, id)
      const page = pageOf(records, resourceListing(id), request)
      return { ...page, items: page.items.map((resource) => resourceAnswer(resource, embed)) }
    })
  },

  /** Deletes the resource with everything below it. */
  async DeleteResource({ restApiId, resourceId }, { scope, store }) {
    return transact(store, async (tx) => {
      const resource = await getResource(tx, scope, { restApiId, resourceId })
      if (resource.parentId === undefined) throw refusals.rootDeletion()
      const api = await touchRestApi(tx, scope, restApiId)
      const doomed = subTree(await listResources(tx, scope, api), resource)
      for (const { id, parentId, pathPart } of doomed) {
        invariant(parentId !== undefined && pathPart !== undefined, 'the root is in no sub-tree')
        tx.remove(keys.resource(scope, api, id))
        tx.remove(keys.resourceName(scope, api, parentId, siblingName(pathPart)))
      }
      const count = await countResources(tx, scope, api)
      tx.put(keys.resourceCount(scope, api), { count: count - doomed.length })
      return {}
    })
  },
} satisfies Partial<Handlers<ApiGatewayContext, ApiGatewayOperations>>

/**
 * Depth first: a resource, then all below it, siblings by the code units of their parts. With the
 * separator below every character of a part, that is the order of the paths.
 *
 * Observed: management/get-resources-in-order
 */
function resourceListing(restApiId: string) {
  return {
    name: `resources/${restApiId}`,
    orderOf: ({ path }: ResourceRecord) => path.replaceAll('/', '\u0000'),
  }
}

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
async function touchRestApi(tx: Transaction, scope: Scope, restApiId: string): Promise<RestApiId> {
  const api = await getRestApi(tx, scope, restApiId)
  tx.put(keys.restApi(scope, restApiId), api)
  return api.id
}

async function countResources(tx: Transaction, scope: Scope, restApiId: string): Promise<number> {
  const record = await tx.get(keys.resourceCount(scope, restApiId))
  return record?.count ?? 0
}

const idAttemptsMax = 100

/** An id that no resource of the API has. */
async function freeResourceId(
  tx: Transaction,
  scope: Scope,
  restApiId: string,
  next: () => ResourceId,
): Promise<ResourceId> {
  for (let attempt = 0; attempt < idAttemptsMax; attempt += 1) {
    const id = next()
    if ((await tx.get(keys.resource(scope, restApiId, id))) === undefined) return id
  }
  invariant(false, 'chance finds an id that is free')
}

function subTree(all: readonly ResourceRecord[], top: ResourceRecord): ResourceRecord[] {
  const below = `${top.path}/`
  return all.filter(({ id, path }) => id === top.id || path.startsWith(below))
}
