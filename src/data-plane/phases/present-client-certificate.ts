import type { Call, Route } from '../call.ts'
import { GatewayError } from '../gateway-error.ts'
import type { Gateway } from '../gateway.ts'
import type { IntegrationRequest } from '../messages.ts'

/**
 * Gives the request of an HTTP integration the client certificate of its stage, which servers that ask for
 * one are shown. AWS services are called with signatures and never with it.
 *
 * @throws {GatewayError} API_CONFIGURATION_ERROR when the stage names one that the account does not have:
 * what was meant to be authenticated does not go out as anybody's.
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/getting-started-client-side-ssl-authentication.html
 * Chosen: docs/decisions/0041-client-certificates.md
 */
export function presentClientCertificate(
  call: Call,
  route: Route,
  request: IntegrationRequest,
  { accounts }: Gateway,
): IntegrationRequest {
  const { account, region, clientCertificateId } = call.stage.declaration
  if (clientCertificateId === undefined || request.kind !== 'http') return request
  const { type } = route.value.integration
  if (type !== 'HTTP' && type !== 'HTTP_PROXY') return request
  if (request.upstream.origin.protocol !== 'https:') return request
  const found = accounts.find('client-certificate', { account, region, id: clientCertificateId })
  if (found === undefined) {
    throw new GatewayError('API_CONFIGURATION_ERROR', {
      detail: `account ${account} has no client certificate ${clientCertificateId} in ${region}`,
    })
  }
  const { insecureSkipVerification = false } = request.upstream.tls ?? {}
  const tls = { insecureSkipVerification, clientCertificate: found }
  return { ...request, upstream: { ...request.upstream, tls } }
}
