import type { ClosedSetting } from './compiled-deployment.ts'
import type { ApiHead } from './definition-codec.ts'
import type { MethodDefinition, RequestValidatorDefinition } from './definition.ts'

/**
 * Settings that restrict callers and that this version stores without checking them. Each closes what it
 * restricts: a request ends as if the check had failed, so nobody gets in whom the check would keep out.
 * They are listed in the order in which API Gateway checks them; the first one decides.
 */

const none: readonly ClosedSetting[] = Object.freeze([])

/**
 * What closes every method of an API: a private endpoint, which only a VPC may reach, and a resource
 * policy. Not among them: `disableExecuteApiEndpoint`, which is enforced, and the web ACL, which is a
 * stage's.
 */
export function closedByApi({ endpointTypes, policy }: ApiHead): readonly ClosedSetting[] {
  return closed(
    endpointTypes.includes('PRIVATE') && {
      setting: 'endpointConfiguration.types=PRIVATE',
      failsAs: 'FORBIDDEN',
    },
    policy !== undefined && { setting: 'policy', failsAs: 'ACCESS_DENIED' },
  )
}

/**
 * What closes one method: an authorization type but NONE, a required API key, a validator that has
 * something to check. A validator that the definition does not have closes it too.
 */
export function closedByMethod(
  method: MethodDefinition,
  { requestValidators }: ApiHead,
): readonly ClosedSetting[] {
  const { authorizationType, apiKeyRequired, requestValidatorId } = method
  return closed(
    authorizationType !== 'NONE' && {
      setting: `authorizationType=${authorizationType}`,
      failsAs: authorizationType === 'AWS_IAM' ? 'MISSING_AUTHENTICATION_TOKEN' : 'UNAUTHORIZED',
    },
    apiKeyRequired && { setting: 'apiKeyRequired', failsAs: 'INVALID_API_KEY' },
    requestValidatorId !== undefined &&
      closedByValidator(method, findOwn(requestValidators, requestValidatorId)),
  )
}

/**
 * A validator checks what the method declares: without a required parameter or a model it lets everything
 * pass, and nothing needs closing.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-request-validation.html
 */
function closedByValidator(
  { requestParameters = {}, requestModels = {} }: MethodDefinition,
  validator: RequestValidatorDefinition | undefined,
): ClosedSetting | false {
  const setting = 'requestValidatorId'
  if (validator === undefined) return { setting, failsAs: 'BAD_REQUEST_PARAMETERS' }
  const { validateRequestParameters, validateRequestBody } = validator
  if (validateRequestParameters && Object.values(requestParameters).includes(true)) {
    return { setting, failsAs: 'BAD_REQUEST_PARAMETERS' }
  }
  if (validateRequestBody && Object.keys(requestModels).length > 0) {
    return { setting, failsAs: 'BAD_REQUEST_BODY' }
  }
  return false
}

function findOwn<T>(members: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(members, name) ? members[name] : undefined
}

function closed(...settings: readonly (ClosedSetting | false)[]): readonly ClosedSetting[] {
  const closing = settings.filter((setting) => setting !== false)
  if (closing.length === 0) return none
  return Object.freeze(closing.map((setting) => Object.freeze(setting)))
}
