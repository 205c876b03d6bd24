import type { Call } from '../call.ts'
import { GatewayError } from '../gateway-error.ts'
import type { Gateway } from '../gateway.ts'
import type { IntegrationRequest, VpcLinkReference } from '../messages.ts'

/**
 * Sends the request of a private integration to the target of its VPC link. Host, path, and the name that
 * TLS speaks of stay those of the URI, as on AWS; only the connection goes elsewhere: to the address that
 * the operator gave for the target.
 *
 * @throws {GatewayError} API_CONFIGURATION_ERROR when there is no such link, or no address for its target.
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-api-with-vpclink-cli.html
 * Chosen: docs/decisions/0011-vpc-links.md
 */
export function reachVpcLink(
  call: Call,
  request: IntegrationRequest,
  gateway: Gateway,
): IntegrationRequest {
  if (request.kind !== 'http' || request.through === undefined) return request
  const targetArn = targetOf(call, request.through, gateway)
  const address = gateway.vpcLinkTargets.find(targetArn)
  if (address === undefined) {
    throw new GatewayError('API_CONFIGURATION_ERROR', {
      detail:
        `VPC link ${request.through.vpcLinkId}: no address is configured for its target ` +
        `${targetArn}; give one with --vpc-link-target`,
    })
  }
  const { hostname, port = request.upstream.origin.port } = address
  return { ...request, upstream: { ...request.upstream, connectTo: { hostname, port } } }
}

function targetOf(
  { stage }: Call,
  { vpcLinkId, integrationTarget }: VpcLinkReference,
  { accounts }: Gateway,
): string {
  const { account, region } = stage.declaration
  const link = accounts.find('vpc-link', { account, region, id: vpcLinkId })
  const targetArn = link && (integrationTarget ?? link.targetArns[0])
  if (targetArn !== undefined) return targetArn
  throw new GatewayError('API_CONFIGURATION_ERROR', {
    detail: `Invalid Vpc Link: ${vpcLinkId} is no VPC link of account ${account} in ${region}`,
  })
}
