import type { ApiGatewayOperations } from '../../../aws/models/apigateway-types.ts'
import type { ResourceId, Scope } from '../../../aws/identifiers.ts'
import { invariant } from '../../../base/invariant.ts'
import type { Handlers } from '../../service.ts'
import { transact } from '../../transaction.ts'
import type { Transaction } from '../../transaction.ts'
import type { ApiGatewayContext } from '../context.ts'
import { resourceAnswer } from '../definition-answers.ts'
import { refusals } from '../errors.ts'
import { randomResourceId } from '../identifiers.ts'
import { getResource, getRestApi } from '../lookup.ts'
import { pageOf } from '../paging.ts'
import { applyPatchOperations } from '../patches/patch-operations.ts'
import { keys } from '../records.ts'
import type { ResourceRecord } from '../records.ts'
import { checkPathPart, childPath, isGreedy, siblingName } from './path-part.ts'
import { resourcePatchTable } from './resource-patch-paths.ts'
import {
  checkSiblings,
  countResources,
  listResources,
  moveResource,
  subTree,
  touchRestApi,
} from './resource-tree.ts'

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
      await checkSiblings(tx, scope, { restApiId: api, parentId: parent.id, pathPart })
      const count = await countResources(tx, scope, api)
      if (count >= quotas.resourcesPerApi) throw refusals.tooManyResources()

      const id = await freeResourceId(tx, scope, api, () => randomResourceId(random))
      const path = childPath(parent.path, pathPart)
      const resource: ResourceRecord = { id, parentId: parent.id, pathPart, path, methods: {} }
      const nameKey = keys.resourceName(scope, api, parent.id, siblingName(pathPart))
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

  /** Gives the resource another parent or another name; everything below it gets its new path. */
  async UpdateResource(input, { scope, store }) {
    const { restApiId, resourceId, patchOperations = [] } = input
    return transact(store, async (tx) => {
      const before = await getResource(tx, scope, { restApiId, resourceId })
      const environment = {
        getResource: (id: string) => getResource(tx, scope, { restApiId, resourceId: id }),
      }
      const after = await applyPatchOperations(
        resourcePatchTable,
        before,
        patchOperations,
        environment,
      )
      const moved = await moveResource(tx, scope, { restApiId, before, after })
      return resourceAnswer(moved, undefined)
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
