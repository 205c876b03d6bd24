import type { ApiGatewayOperations, PutMethodRequest } from '../../aws/models/apigateway-types.ts'
import { omitUndefined } from '../../base/omit-undefined.ts'
import type { Handlers } from '../service.ts'
import { transact } from '../transaction.ts'
import type { ApiGatewayContext } from './context.ts'
import { methodAnswer } from './definition-answers.ts'
import { refusals } from './errors.ts'
import { getMethod, getResource, withMethod, withoutMember } from './lookup.ts'
import { checkDeclaredParameters } from './mapping-rules.ts'
import { isMethodKey } from './method-key.ts'
import { checkModels } from './models.ts'
import { keys } from './records.ts'
import type { MethodRecord } from './records.ts'
import { unenforcedOfMethod, warnUnenforced } from './unenforced-settings.ts'

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
      const method = methodOf(input)
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

/**
 * A new method as it is stored, checked. An authorizer named beside an authorization type that has none
 * is left out, as AWS does. Neither authorizers nor request validators can be created yet, so an id of
 * one names nothing.
 *
 * Observed: management/put-method-*
 */
function methodOf(input: PutMethodRequest): MethodRecord {
  const authorizationScopes = input.authorizationScopes ?? []
  checkAuthorization(input.authorizationType, authorizationScopes)
  if (input.requestValidatorId) throw refusals.requestValidator()
  const { operationName, requestModels, requestParameters } = input
  if (requestModels !== undefined) checkModels(requestModels)
  if (requestParameters !== undefined) checkDeclaredParameters(requestParameters)
  return {
    authorizationType: input.authorizationType,
    apiKeyRequired: input.apiKeyRequired ?? false,
    ...omitUndefined({ operationName, requestParameters, requestModels }),
    methodResponses: {},
  }
}

function checkAuthorization(type: string, scopes: readonly string[]): void {
  if (type === 'CUSTOM' || type === 'COGNITO_USER_POOLS') throw refusals.authorizer()
  if (type !== 'NONE' && type !== 'AWS_IAM') throw refusals.authorizationType()
  if (scopes.length > 0) throw refusals.authorizationScopes()
}
