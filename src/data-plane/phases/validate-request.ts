import type { Call, Route } from '../call.ts'
import type { Gateway } from '../gateway.ts'
import type { MethodRequest } from '../messages.ts'
import { refuseClosed } from './closed-settings.ts'

/**
 * The request once its required parameters and its body are what the method declares. Validators are not
 * enforced yet: a method whose validator has something to check lets nobody in.
 *
 * The last phase that refuses: what closes a method and no earlier phase took for its own ends here, so
 * that a setting can be forgotten without leaving a method open.
 *
 * @throws {GatewayError} BAD_REQUEST_PARAMETERS, BAD_REQUEST_BODY
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-request-validation.html
 */
export function validateRequest(call: Call, route: Route, gateway: Gateway): MethodRequest {
  const byApi = call.variant.deployment.closedBy
  const byMethod = route.value.closedBy
  if (byApi.length > 0) refuseClosed(call, gateway, { phase: 'last', settings: byApi })
  if (byMethod.length > 0) refuseClosed(call, gateway, { phase: 'last', settings: byMethod })
  return call.incoming
}
