import type { ApiGatewayOperations } from '../../../aws/models/apigateway-types.ts'
import type { Handlers } from '../../service.ts'
import { transact } from '../../transaction.ts'
import { withoutMember } from '../../without-member.ts'
import type { ApiGatewayContext } from '../context.ts'
import { methodAnswer } from '../definition-answers.ts'
import { refusals } from '../errors.ts'
import { getMethod, getResource, withMethod } from '../lookup.ts'
import { applyPatchOperations } from '../patches/patch-operations.ts'
import { keys } from '../records.ts'
import { unenforcedOfMethod, warnUnenforced } from '../unenforced-settings.ts'
import { isMethodKey } from './method-key.ts'
import { methodOf, settledMethod } from './method-of.ts'
import { methodPatchTable } from './method-patch-paths.ts'

/** The operations on methods. */
export const methods = {
  /**
   * Refuses in this order: the resource is not there, no such verb, authorization, request validator,
   * models, parameters, the method exists.
   */
  async PutMethod(input, { scope, store, log }) {
    const { restApiId, resourceId, httpMethod } = input
    const put = await transact(store, async (tx) => {
      const resource = await getResource(tx, scope, { restApiId, resourceId })
      if (!isMethodKey(httpMethod)) throw refusals.httpMethod()
      const method = await methodOf(tx, scope, input)
      if (resource.methods[httpMethod] !== undefined) throw refusals.methodExists()
      tx.put(keys.resource(scope, restApiId, resourceId), withMethod(resource, httpMethod, method))
      return method
    })
    warnUnenforced(log, { restApiId, resourceId, httpMethod }, unenforcedOfMethod(put))
    return methodAnswer(httpMethod, put)
  },

  async GetMethod({ httpMethod, ...address }, { scope, store }) {
    return transact(store, async (tx) => {
      const resource = await getResource(tx, scope, address)
      const { methodKey, method } = getMethod(resource, httpMethod)
      return methodAnswer(methodKey, method)
    })
  },

  /** Refuses in this order: resource, method, the operations one by one, then as PutMethod does. */
  async UpdateMethod(input, { scope, store, log }) {
    const { restApiId, resourceId, httpMethod, patchOperations = [] } = input
    const { before, after, methodKey } = await transact(store, async (tx) => {
      const resource = await getResource(tx, scope, { restApiId, resourceId })
      const { methodKey, method: before } = getMethod(resource, httpMethod)
      const patched = await applyPatchOperations(
        methodPatchTable,
        before,
        patchOperations,
        undefined,
      )
      const after = await settledMethod(tx, scope, { restApiId, method: patched })
      tx.put(keys.resource(scope, restApiId, resourceId), withMethod(resource, methodKey, after))
      return { before, after, methodKey }
    })
    const now = unenforcedOfMethod(after)
    warnUnenforced(log, { restApiId, resourceId, httpMethod }, now, unenforcedOfMethod(before))
    return methodAnswer(methodKey, after)
  },

  async DeleteMethod({ restApiId, resourceId, httpMethod }, { scope, store }) {
    return transact(store, async (tx) => {
      const resource = await getResource(tx, scope, { restApiId, resourceId })
      const { methodKey } = getMethod(resource, httpMethod)
      tx.put(keys.resource(scope, restApiId, resourceId), {
        ...resource,
        methods: withoutMember(resource.methods, methodKey),
      })
      return {}
    })
  },
} satisfies Partial<Handlers<ApiGatewayContext, ApiGatewayOperations>>
