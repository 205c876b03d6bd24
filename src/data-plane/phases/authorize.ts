import type { ClosedSetting } from '../../snapshot/compiled-deployment.ts'
import type { Call, Route } from '../call.ts'
import type { Gateway } from '../gateway.ts'
import { refuseClosed } from './closed-settings.ts'

/**
 * Decides whether the caller may call the method: resource policy and authorization type. Neither is
 * enforced yet: an API with a policy and a method with an authorization type but NONE let nobody in.
 *
 * @throws {GatewayError} ACCESS_DENIED, MISSING_AUTHENTICATION_TOKEN, UNAUTHORIZED
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html
 */
export function authorize(call: Call, route: Route, gateway: Gateway): void {
  const byApi = call.variant.deployment.closedBy
  if (byApi.length > 0) {
    const messageOf = (closed: ClosedSetting) => deniedMessage(call, closed)
    refuseClosed(call, gateway, { phase: 'authorize', settings: byApi, messageOf })
  }
  const byMethod = route.value.closedBy
  if (byMethod.length > 0) refuseClosed(call, gateway, { phase: 'authorize', settings: byMethod })
}

/**
 * What AWS tells a caller whom a resource policy does not let in: the method's ARN, the account number
 * masked but for its last four digits.
 *
 * Documented: https://repost.aws/knowledge-center/api-gateway-troubleshoot-403-forbidden
 */
function deniedMessage(call: Call, { failsAs }: ClosedSetting): string | undefined {
  if (failsAs !== 'ACCESS_DENIED') return undefined
  const { account, region, restApiId, stageName } = call.stage.declaration
  const arn = `arn:aws:execute-api:${region}:********${account.slice(-4)}:${restApiId}/${stageName}/${call.httpMethod}${call.incoming.path}`
  return `User: anonymous is not authorized to perform: execute-api:Invoke on resource: ${arn}`
}
