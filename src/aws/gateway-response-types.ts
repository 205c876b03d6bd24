import type { GatewayResponseType } from './models/apigateway-types.ts'

/**
 * The status of each gateway response that an API does not shape, by response type, in order of the
 * names, which is the order in which AWS lists them. Undefined: the type has none, because it shapes
 * others.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
 * Observed: management/get-gateway-responses-of-a-new-api
 */
export const gatewayResponseStatuses = {
  ACCESS_DENIED: 403,
  API_CONFIGURATION_ERROR: 500,
  AUTHORIZER_CONFIGURATION_ERROR: 500,
  AUTHORIZER_FAILURE: 500,
  BAD_REQUEST_BODY: 400,
  BAD_REQUEST_PARAMETERS: 400,
  DEFAULT_4XX: undefined,
  DEFAULT_5XX: undefined,
  EXPIRED_TOKEN: 403,
  INTEGRATION_FAILURE: 504,
  INTEGRATION_TIMEOUT: 504,
  INVALID_API_KEY: 403,
  INVALID_SIGNATURE: 403,
  MISSING_AUTHENTICATION_TOKEN: 403,
  QUOTA_EXCEEDED: 429,
  REQUEST_TOO_LARGE: 413,
  RESOURCE_NOT_FOUND: 404,
  THROTTLED: 429,
  UNAUTHORIZED: 401,
  UNSUPPORTED_MEDIA_TYPE: 415,
  WAF_FILTERED: 403,
} as const satisfies Readonly<Record<GatewayResponseType, number | undefined>>

/** All response types in order of their names. */
export const gatewayResponseTypes = Object.freeze(
  // The table's own keys are all there are.
  Object.keys(gatewayResponseStatuses) as GatewayResponseType[],
)

/** The template of every type that an API does not shape: the message as a JSON string. */
export const defaultGatewayResponseTemplate = '{"message":$context.error.messageString}'
