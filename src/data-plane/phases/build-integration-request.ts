import type { Call, Route } from '../call.ts'
import { integrationOf } from '../integrations/registry.ts'
import type { Gateway } from '../gateway.ts'
import type { IntegrationRequest, MethodRequest } from '../messages.ts'

/**
 * Makes of the client's request what the method's integration is asked for.
 *
 * @throws {GatewayError} UNSUPPORTED_MEDIA_TYPE, INVALID_JSON_BODY, REQUEST_TOO_LARGE or
 * API_CONFIGURATION_ERROR, as the type of integration says.
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-integration-settings.html
 */
export function buildIntegrationRequest(
  call: Call,
  methodRequest: MethodRequest,
  route: Route,
  gateway: Gateway,
): IntegrationRequest | Promise<IntegrationRequest> {
  const { integration } = route.value
  return integrationOf(integration).buildRequest(call, methodRequest, integration, gateway)
}
