import type { ClosedSetting } from './compiled-deployment.ts'
import type { ApiHead } from './definition-codec.ts'
import type { MethodDefinition } from './definition.ts'

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
 * What closes one method: an authorization type but NONE, an API key that an authorizer would
 * give, a request validator that the definition does not have. One that it has is enforced (`compile-validation.ts`).
 */
export function closedByMethod(
  method: MethodDefinition,
  { requestValidators, apiKeySource }: ApiHead,
): readonly ClosedSetting[] {
  const { authorizationType, apiKeyRequired, requestValidatorId } = method
  return closed(
    authorizationType !== 'NONE' && {
      setting: `authorizationType=${authorizationType}`,
      failsAs: authorizationType === 'AWS_IAM' ? 'MISSING_AUTHENTICATION_TOKEN' : 'UNAUTHORIZED',
    },
    apiKeyRequired &&
      apiKeySource === 'AUTHORIZER' && {
        setting: 'apiKeySource=AUTHORIZER',
        failsAs: 'INVALID_API_KEY',
      },
    requestValidatorId !== undefined &&
      !Object.hasOwn(requestValidators, requestValidatorId) && {
        setting: 'requestValidatorId',
        failsAs: 'BAD_REQUEST_PARAMETERS',
      },
  )
}

function closed(...settings: readonly (ClosedSetting | false)[]): readonly ClosedSetting[] {
  const closing = settings.filter((setting) => setting !== false)
  if (closing.length === 0) return none
  return Object.freeze(closing.map((setting) => Object.freeze(setting)))
}
