import type { Call, Route } from '../call.ts'
import type { Gateway } from '../gateway.ts'
import type { MethodRequest } from '../messages.ts'
import { refuseClosed } from './closed-settings.ts'

/**
 * The request once its required parameters and its body are what the method declares. Validators are not
 * enforced yet: a method whose validator has something to check lets nobody in.
 *
 * @throws {GatewayError} BAD_REQUEST_PARAMETERS, BAD_REQUEST_BODY
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-request-validation.html
 */
export function validateRequest(call: Call, route: Route, gateway: Gateway): MethodRequest {
  const { closedBy } = route.value
  if (closedBy.length > 0) {
    refuseClosed(call, gateway, { phase: 'validateRequest', settings: closedBy })
  }
  return call.incoming
}
