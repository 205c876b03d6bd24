import type { ClosedSetting } from '../../snapshot/compiled-deployment.ts'
import type { Call } from '../call.ts'
import type { Gateway } from '../gateway.ts'
import { refuseClosed } from './closed-settings.ts'

const closedByWebAcl: readonly ClosedSetting[] = Object.freeze([
  Object.freeze({ setting: 'webAclArn', failsAs: 'WAF_FILTERED' } as const),
])

/**
 * Lets the stage's web ACL judge a request before anything else of the API does. Its rules are not
 * enforced yet: a stage that has one lets nobody in.
 *
 * @throws {GatewayError} WAF_FILTERED
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-control-access-aws-waf.html
 */
export function inspectWithWebAcl(call: Call, gateway: Gateway): void {
  if (call.stage.declaration.webAclArn === undefined) return
  refuseClosed(call, gateway, { phase: 'inspectWithWebAcl', settings: closedByWebAcl })
}
