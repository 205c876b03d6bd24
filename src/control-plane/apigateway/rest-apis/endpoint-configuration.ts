import type { EndpointConfiguration } from '../../../aws/models/apigateway-types.ts'
import { refusals } from '../errors.ts'
import { checkedList } from '../list-rules.ts'
import type { RestApiRecord } from '../records.ts'

/**
 * The endpoint configuration of a new API, with AWS's defaults: EDGE and ipv4, or dualstack for PRIVATE.
 *
 * @throws {ServiceError} BadRequestException for no type or two, for ipv4 on PRIVATE, and for VPC
 * endpoints on anything else.
 * Observed: management/create-rest-api-*
 */
export function endpointConfigurationOf(
  given: EndpointConfiguration = {},
): RestApiRecord['endpointConfiguration'] {
  const types = given.types ?? ['EDGE']
  const [type] = types
  if (type === undefined) throw refusals.noEndpointType()
  if (types.length > 1) throw refusals.manyEndpointTypes()
  const isPrivate = type === 'PRIVATE'
  if (isPrivate && given.ipAddressType === 'ipv4') throw refusals.privateNeedsDualstack()
  const vpcEndpointIds = checkedList(given.vpcEndpointIds) ?? []
  if (vpcEndpointIds.length > 0 && !isPrivate) throw refusals.vpcEndpointsNeedPrivate()
  return {
    types: [type],
    ipAddressType: given.ipAddressType ?? (isPrivate ? 'dualstack' : 'ipv4'),
    ...(vpcEndpointIds.length === 0 ? {} : { vpcEndpointIds: [...new Set(vpcEndpointIds)] }),
  }
}
