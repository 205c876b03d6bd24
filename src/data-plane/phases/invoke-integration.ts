import { BodyTooLargeError, emptyBody } from '../../base/body.ts'
import { ContentCodingError } from '../../base/content-coding-error.ts'
import { noHeaderFields } from '../../base/header-fields.ts'
import type { CertificateFault, UpstreamOutcome } from '../../ports/upstream.ts'
import { BoundedBody } from '../bounded-body.ts'
import { GatewayError, toGatewayError } from '../gateway-error.ts'
import type { Gateway } from '../gateway.ts'
import { functionResponse } from '../integrations/function-outcome.ts'
import type { EndpointResponse, IntegrationRequest } from '../messages.ts'

/**
 * Calls the endpoint and waits for the head of its answer, or for all that a function gives.
 *
 * @throws {GatewayError} INTEGRATION_TIMEOUT; INTEGRATION_FAILURE for a handshake that fails and what breaks on
 * the way; API_CONFIGURATION_ERROR for an address that has no endpoint, or one with a bad certificate; REQUEST_TOO_LARGE when the client's body
 * proved too long while it passed; what `functionResponse` says of functions.
 * Observed: cases/rest/integration-failures, cases/rest/functions
 */
export function invokeIntegration(
  request: IntegrationRequest,
  { upstream, functions }: Pick<Gateway, 'upstream' | 'functions'>,
): EndpointResponse | Promise<EndpointResponse> {
  if (request.kind === 'mock') {
    return { status: request.statusCode, headers: noHeaderFields, body: emptyBody }
  }
  if (request.kind === 'function') {
    const { invocation } = request
    return functions.invoke(invocation).then((outcome) => functionResponse(invocation, outcome))
  }
  const carrier = request.by ?? upstream
  return carrier.exchange(request.upstream).then((outcome) => endpointResponse(request, outcome))
}

function endpointResponse(
  { upstream }: Extract<IntegrationRequest, { kind: 'http' }>,
  outcome: UpstreamOutcome,
): EndpointResponse {
  const failure = upstream.body instanceof BoundedBody ? upstream.body.failure : undefined
  if (failure instanceof BodyTooLargeError || failure instanceof ContentCodingError) {
    if (outcome.outcome === 'response') outcome.body.discard()
    throw toGatewayError(failure)
  }
  if (outcome.outcome === 'response') return outcome
  throw failed(outcome, upstream.origin.hostname)
}

function failed(
  outcome: Exclude<UpstreamOutcome, { outcome: 'response' }>,
  hostname: string,
): GatewayError {
  switch (outcome.outcome) {
    case 'timeout':
      return new GatewayError('INTEGRATION_TIMEOUT', {
        detail: 'Execution failed due to a timeout error',
      })
    case 'unresolved':
    case 'refused':
    case 'invalid':
      return new GatewayError('API_CONFIGURATION_ERROR', {
        detail: `Invalid endpoint address (${outcome.outcome}): ${outcome.detail}`,
        source: 'upstream',
      })
    case 'certificate':
      return new GatewayError('API_CONFIGURATION_ERROR', {
        detail: `${certificateFaults[outcome.fault](hostname)}: ${outcome.detail}`,
        source: 'upstream',
      })
    case 'tls':
    case 'broken':
      return new GatewayError('INTEGRATION_FAILURE', {
        detail: `Network error (${outcome.outcome}): ${outcome.detail}`,
      })
    // The client went away or broke off its body: nobody reads the answer.
    case 'aborted':
      return new GatewayError('INTEGRATION_FAILURE', { detail: outcome.detail, source: 'client' })
  }
}

/** Documented: https://repost.aws/knowledge-center/api-gateway-ssl-certificate-errors (the words of its logs) */
const certificateFaults: Readonly<Record<CertificateFault, (hostname: string) => string>> = {
  name: (hostname) =>
    `Host name '${hostname}' does not match the certificate subject provided by the peer`,
  dates: () => 'PKIX path validation failed',
  authority: () => 'PKIX path building failed',
}
