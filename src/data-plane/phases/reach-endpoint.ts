import type { Call } from '../call.ts'
import { GatewayError } from '../gateway-error.ts'
import type { Gateway } from '../gateway.ts'
import { refuseClosed } from './closed-settings.ts'

/**
 * Decides whether the API can be reached at the address that the request came to. Every address that a
 * stage has today is its default endpoint's, which an API may disable; a private API is for a VPC, and
 * there is none yet.
 *
 * @throws {GatewayError} FORBIDDEN
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-disable-default-endpoint.html
 */
export function reachEndpoint(call: Call, gateway: Gateway): void {
  const { disableExecuteApiEndpoint, closedBy } = call.variant.deployment
  if (disableExecuteApiEndpoint) {
    throw new GatewayError('FORBIDDEN', { detail: 'disableExecuteApiEndpoint is set' })
  }
  if (closedBy.length === 0) return
  refuseClosed(call, gateway, { phase: 'reachEndpoint', settings: closedBy })
}
