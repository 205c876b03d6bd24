import type { Call, Route } from '../call.ts'
import type { Gateway } from '../gateway.ts'
import { integrationOf } from '../integrations/registry.ts'
import type { EndpointResponse, MethodResponse } from '../messages.ts'

/**
 * Makes of the endpoint's answer what the client gets.
 *
 * @throws {GatewayError} API_CONFIGURATION_ERROR when no integration response takes the answer, or it is
 * too long.
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-integration-settings-integration-response.html
 */
export function buildMethodResponse(
  call: Call,
  endpointResponse: EndpointResponse,
  route: Route,
  gateway: Gateway,
): MethodResponse | Promise<MethodResponse> {
  const { integration } = route.value
  return integrationOf(integration).buildResponse(call, endpointResponse, integration, gateway)
}
