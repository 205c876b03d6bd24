import type { Call, Route } from '../call.ts'
import type { Gateway } from '../gateway.ts'
import { refuseClosed } from './closed-settings.ts'

/**
 * Decides whether the method has room for one more request: API key, usage plan and throttling, in this
 * order. Keys are not enforced yet: a method that requires one lets nobody in. Throttling will take its
 * tokens from `gateway.counters` here.
 *
 * @throws {GatewayError} INVALID_API_KEY
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
 */
export function admit(call: Call, route: Route, gateway: Gateway): void {
  const { closedBy } = route.value
  if (closedBy.length > 0) refuseClosed(call, gateway, { phase: 'admit', settings: closedBy })
}
