import type { Call } from '../call.ts'
import type { Gateway } from '../gateway.ts'
import { refuseClosed } from './closed-settings.ts'

/**
 * Lets a stage's web ACL judge a request before anything else of the API does. Its rules are not enforced
 * yet: a stage that has one lets nobody in.
 *
 * @throws {GatewayError} WAF_FILTERED
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-control-access-aws-waf.html
 */
export function inspectWithWebAcl(call: Call, gateway: Gateway): void {
  const { closedBy } = call.variant.deployment
  if (closedBy.length === 0) return
  refuseClosed(call, gateway, { phase: 'inspectWithWebAcl', settings: closedBy })
}
