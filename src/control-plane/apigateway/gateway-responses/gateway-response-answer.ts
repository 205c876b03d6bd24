import {
  defaultGatewayResponseTemplate,
  gatewayResponseStatuses,
} from '../../../aws/gateway-response-types.ts'
import type { GatewayResponse, GatewayResponseType } from '../../../aws/models/apigateway-types.ts'
import type { GatewayResponseRecord } from '../records.ts'

/** The gateway responses that an API sets, by type. */
export type SetGatewayResponses = ReadonlyMap<string, GatewayResponseRecord>

/**
 * A gateway response as AWS shows it. A type that the API sets has AWS's own values for what it leaves
 * out; one that it does not set has those of DEFAULT_4XX or DEFAULT_5XX where these are set, and is a
 * default response all the same.
 *
 * Observed: management/get-gateway-responses-inherit, management/put-gateway-response-of-one-member
 */
export function gatewayResponseAnswer(
  responseType: GatewayResponseType,
  set: SetGatewayResponses,
): GatewayResponse {
  const own = set.get(responseType)
  const shaping = own ?? set.get(fallbackOf(responseType))
  const { responseParameters = {}, responseTemplates } = shaping ?? {}
  const statusCode = shaping?.statusCode ?? defaultStatusOf(responseType)
  return {
    responseType,
    ...(statusCode === undefined ? {} : { statusCode }),
    responseParameters,
    responseTemplates: responseTemplates ?? { 'application/json': defaultGatewayResponseTemplate },
    defaultResponse: own === undefined,
  }
}

function defaultStatusOf(responseType: GatewayResponseType): string | undefined {
  const status = gatewayResponseStatuses[responseType]
  return status === undefined ? undefined : String(status)
}

function fallbackOf(responseType: GatewayResponseType): string {
  const status = gatewayResponseStatuses[responseType]
  if (status === undefined) return responseType
  return status < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX'
}
