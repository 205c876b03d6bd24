import { findMethodSetting, isShutByThrottle } from '../../snapshot/find-method-setting.ts'
import type { Call, Route } from '../call.ts'
import { GatewayError } from '../gateway-error.ts'
import type { Gateway } from '../gateway.ts'
import { refuseClosed } from './closed-settings.ts'

/**
 * Decides whether the method has room for one more request: API key, usage plan and throttling, in this
 * order. Keys are not enforced yet: a method that requires one lets nobody in. Of throttling, a limit of
 * 0 is enforced, as it is how a method is shut; the others will take their tokens from
 * `gateway.counters` here.
 *
 * @throws {GatewayError} INVALID_API_KEY, then THROTTLED
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
 */
export function admit(call: Call, route: Route, gateway: Gateway): void {
  const { closedBy } = route.value
  if (closedBy.length > 0) refuseClosed(call, gateway, { phase: 'admit', settings: closedBy })
  if (call.stage.mayBeShut) refuseShut(call, route)
}

function refuseShut(call: Call, { value: { resourcePath, methodKey } }: Route): void {
  const { declaration } = call.stage
  // Settings are those of a verb: AWS takes none for ANY.
  const httpMethod = methodKey === 'ANY' ? call.httpMethod : methodKey
  const own = findMethodSetting(declaration, { resourcePath, httpMethod })
  if (isShutByThrottle(own)) {
    throw new GatewayError('THROTTLED', { detail: 'a throttling limit of 0 lets nobody in' })
  }
}
