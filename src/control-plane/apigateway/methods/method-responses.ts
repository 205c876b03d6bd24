import type { ApiGatewayOperations } from '../../../aws/models/apigateway-types.ts'
import { omitUndefined } from '../../../base/omit-undefined.ts'
import type { Handlers } from '../../service.ts'
import { transact } from '../../transaction.ts'
import { withoutMember } from '../../without-member.ts'
import type { ApiGatewayContext } from '../context.ts'
import { methodResponseAnswer } from '../definition-answers.ts'
import { refusals } from '../errors.ts'
import { getMethod, getMethodResponse, getResource, ownMember, withMethod } from '../lookup.ts'
import { checkDeclaredHeaders } from '../mapping-rules.ts'
import { checkModels } from '../models/model-records.ts'
import { applyPatchOperations } from '../patches/patch-operations.ts'
import { keys } from '../records.ts'
import { methodResponsePatchTable } from './method-response-patch-paths.ts'

/** The operations on the responses that a method declares. */
export const methodResponses = {
  /** Refuses in this order: resource, method, headers, models, the response exists. */
  async PutMethodResponse(input, { scope, store }) {
    const { restApiId, resourceId, httpMethod, statusCode } = input
    const { responseParameters, responseModels } = input
    return transact(store, async (tx) => {
      const resource = await getResource(tx, scope, { restApiId, resourceId })
      const { methodKey, method } = getMethod(resource, httpMethod)
      if (responseParameters !== undefined) checkDeclaredHeaders(responseParameters)
      if (responseModels !== undefined) {
        await checkModels(tx, scope, { restApiId, modelsByType: responseModels })
      }
      if (ownMember(method.methodResponses, statusCode)) throw refusals.responseExists()
      const response = omitUndefined({ responseParameters, responseModels })
      tx.put(
        keys.resource(scope, restApiId, resourceId),
        withMethod(resource, methodKey, {
          ...method,
          methodResponses: { ...method.methodResponses, [statusCode]: response },
        }),
      )
      return methodResponseAnswer(statusCode, response)
    })
  },

  async GetMethodResponse({ httpMethod, statusCode, ...address }, { scope, store }) {
    return transact(store, async (tx) => {
      const resource = await getResource(tx, scope, address)
      const { method } = getMethod(resource, httpMethod)
      return methodResponseAnswer(statusCode, getMethodResponse(method, statusCode))
    })
  },

  /** Answers 201. Refuses in this order: resource, method, status, the operations, headers, models. */
  async UpdateMethodResponse(input, { scope, store }) {
    const { restApiId, resourceId, httpMethod, statusCode, patchOperations = [] } = input
    return transact(store, async (tx) => {
      const resource = await getResource(tx, scope, { restApiId, resourceId })
      const { methodKey, method } = getMethod(resource, httpMethod)
      const before = getMethodResponse(method, statusCode)
      const response = await applyPatchOperations(
        methodResponsePatchTable,
        before,
        patchOperations,
        undefined,
      )
      checkDeclaredHeaders(response.responseParameters ?? {})
      const modelsByType = response.responseModels ?? {}
      await checkModels(tx, scope, { restApiId, modelsByType })
      tx.put(
        keys.resource(scope, restApiId, resourceId),
        withMethod(resource, methodKey, {
          ...method,
          methodResponses: { ...method.methodResponses, [statusCode]: response },
        }),
      )
      return methodResponseAnswer(statusCode, response)
    })
  },

  async DeleteMethodResponse({ httpMethod, statusCode, ...address }, { scope, store }) {
    return transact(store, async (tx) => {
      const resource = await getResource(tx, scope, address)
      const { methodKey, method } = getMethod(resource, httpMethod)
      getMethodResponse(method, statusCode)
      tx.put(
        keys.resource(scope, address.restApiId, address.resourceId),
        withMethod(resource, methodKey, {
          ...method,
          methodResponses: withoutMember(method.methodResponses, statusCode),
        }),
      )
      return {}
    })
  },
} satisfies Partial<Handlers<ApiGatewayContext, ApiGatewayOperations>>
