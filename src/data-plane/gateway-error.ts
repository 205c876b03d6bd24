import { BodyAbortedError, BodyTimedOutError, BodyTooLargeError } from '../base/body.ts'
import { ContentCodingError } from '../base/content-coding-error.ts'
import { payloadBytesMax } from '../aws/limits.ts'
import type { GatewayResponseType } from '../aws/models/apigateway-types.ts'

/** Whose doing an error is: the first thing an operator wants to know. */
export type GatewayErrorSource = 'client' | 'upstream' | 'gateway'

/** A row of the catalogue: what the caller gets when nothing shapes the answer. */
export interface GatewayErrorRow {
  /** Which of the API's gateway responses shapes the answer; undefined: none can. */
  readonly responseType: GatewayResponseType | undefined
  readonly status: number
  /** Value of x-amzn-ErrorType; undefined: the answer carries none of AWS's headers. */
  readonly errorType: string | undefined
  /** Null is sent as `null`. */
  readonly message: string | null
  /**
   * How the default body is written. `compact`: `{"message":"…"}`, what the default template renders.
   * `spaced`: one blank behind the colon. `capital`: `{"Message":"…"}`. `text`: the message alone.
   */
  readonly body: 'compact' | 'spaced' | 'capital' | 'text'
  readonly source: GatewayErrorSource
}

/**
 * Every error that ends a request, by name. The names are AWS's response types, plus the refusals that
 * AWS gives without one of its own (`FORBIDDEN`, `FUNCTION_…`, `INCOMPLETE_SIGNATURE`,
 * `INVALID_JSON_BODY`).
 * `DEFAULT_4XX` and `DEFAULT_5XX` shape other types and end nothing, so they have no row.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
 * Observed: each row names its source.
 */
export const gatewayErrors = {
  /**
   * With a capital M, whatever the default template says.
   * Documented: https://repost.aws/knowledge-center/api-gateway-troubleshoot-403-forbidden
   */
  ACCESS_DENIED: {
    responseType: 'ACCESS_DENIED',
    status: 403,
    errorType: 'AccessDeniedException',
    message: 'User is not authorized to access this resource',
    body: 'capital',
    source: 'client',
  },
  /** Observed: cases/rest/mapped-headers/content-length-is-refused (36 bytes: a blank behind the colon). */
  API_CONFIGURATION_ERROR: {
    responseType: 'API_CONFIGURATION_ERROR',
    status: 500,
    errorType: 'InternalServerErrorException',
    message: 'Internal server error',
    body: 'spaced',
    source: 'gateway',
  },
  /** Observed: https://github.com/aws/chalice/issues/670 */
  AUTHORIZER_CONFIGURATION_ERROR: {
    responseType: 'AUTHORIZER_CONFIGURATION_ERROR',
    status: 500,
    errorType: 'AuthorizerConfigurationException',
    message: null,
    body: 'compact',
    source: 'gateway',
  },
  /** Chosen: docs/decisions/0016-data-plane-answers-that-aws-does-not-show.md (body as for the row above). */
  AUTHORIZER_FAILURE: {
    responseType: 'AUTHORIZER_FAILURE',
    status: 500,
    errorType: 'AuthorizerFailureException',
    message: null,
    body: 'compact',
    source: 'upstream',
  },
  /** Observed: https://github.com/localstack/localstack (test_api_gateway_request_validator). */
  BAD_REQUEST_BODY: {
    responseType: 'BAD_REQUEST_BODY',
    status: 400,
    errorType: 'BadRequestException',
    message: 'Invalid request body',
    body: 'compact',
    source: 'client',
  },
  /** Observed: https://github.com/localstack/localstack (test_api_gateway_request_validator). */
  BAD_REQUEST_PARAMETERS: {
    responseType: 'BAD_REQUEST_PARAMETERS',
    status: 400,
    errorType: 'BadRequestException',
    message: 'Missing required request parameters: []',
    body: 'compact',
    source: 'client',
  },
  EXPIRED_TOKEN: {
    responseType: 'EXPIRED_TOKEN',
    status: 403,
    errorType: 'ExpiredTokenException',
    message: 'The security token included in the request is expired',
    body: 'compact',
    source: 'client',
  },
  /** The stage, or the way to it, does not exist. Observed: cases/rest/addressing/unknown-stage */
  FORBIDDEN: {
    responseType: undefined,
    status: 403,
    errorType: 'ForbiddenException',
    message: 'Forbidden',
    body: 'compact',
    source: 'client',
  },
  /**
   * A function failed, or gave what is no answer.
   * Observed: https://github.com/DataBiosphere/azul/issues/8258 (502 and the response type)
   */
  FUNCTION_FAILURE: {
    responseType: 'INTEGRATION_FAILURE',
    status: 502,
    errorType: 'InternalServerErrorException',
    message: 'Internal server error',
    body: 'spaced',
    source: 'upstream',
  },
  /** What a template or a body came to is no JSON. Observed: https://github.com/serverless/serverless/issues/2270 */
  FUNCTION_PAYLOAD_INVALID: {
    responseType: 'DEFAULT_4XX',
    status: 400,
    errorType: 'BadRequestException',
    message: 'Could not parse request body into json',
    body: 'spaced',
    source: 'client',
  },
  /** Observed: https://github.com/koki-develop/lgtm-generator/issues/10 (31 bytes). */
  FUNCTION_PAYLOAD_TOO_LARGE: {
    responseType: 'DEFAULT_4XX',
    status: 413,
    errorType: 'BadRequestException',
    message: 'Request Too Long',
    body: 'spaced',
    source: 'client',
  },
  /**
   * Lambda has no room for another invocation, or none at all.
   * Observed: https://github.com/DataBiosphere/azul/pull/6624 (the response type)
   * Documented: https://repost.aws/knowledge-center/api-gateway-internal-server-error (500)
   */
  FUNCTION_UNAVAILABLE: {
    responseType: 'INTEGRATION_FAILURE',
    status: 500,
    errorType: 'InternalServerErrorException',
    message: 'Internal server error',
    body: 'spaced',
    source: 'upstream',
  },
  /** Observed: https://github.com/DataBiosphere/azul/issues/7470 (access logs show DEFAULT_4XX for it). */
  INCOMPLETE_SIGNATURE: {
    responseType: 'DEFAULT_4XX',
    status: 403,
    errorType: 'IncompleteSignatureException',
    message: 'Invalid key=value pair (missing equal-sign) in Authorization header',
    body: 'compact',
    source: 'client',
  },
  /** Observed: https://github.com/RhinoSecurityLabs/IPRotate_Burp_Extension/issues/17 (56 bytes). */
  INTEGRATION_FAILURE: {
    responseType: 'INTEGRATION_FAILURE',
    status: 504,
    errorType: 'InternalServerErrorException',
    message: 'Network error communicating with endpoint',
    body: 'spaced',
    source: 'upstream',
  },
  /** Observed: https://github.com/DataBiosphere/azul/pull/7502 */
  INTEGRATION_TIMEOUT: {
    responseType: 'INTEGRATION_TIMEOUT',
    status: 504,
    errorType: 'InternalServerErrorException',
    message: 'Endpoint request timed out',
    body: 'spaced',
    source: 'upstream',
  },
  /** Documented: https://repost.aws/knowledge-center/api-gateway-troubleshoot-403-forbidden */
  INVALID_API_KEY: {
    responseType: 'INVALID_API_KEY',
    status: 403,
    errorType: 'ForbiddenException',
    message: 'Forbidden',
    body: 'compact',
    source: 'client',
  },
  /** A mapping reads a member of a body that is not JSON. Chosen: docs/decisions/0016-data-plane-answers-that-aws-does-not-show.md */
  INVALID_JSON_BODY: {
    responseType: 'DEFAULT_4XX',
    status: 400,
    errorType: 'BadRequestException',
    message: 'Invalid JSON in request body',
    body: 'compact',
    source: 'client',
  },
  /** Documented: https://repost.aws/knowledge-center/api-gateway-troubleshoot-403-forbidden */
  INVALID_SIGNATURE: {
    responseType: 'INVALID_SIGNATURE',
    status: 403,
    errorType: 'InvalidSignatureException',
    message:
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    body: 'compact',
    source: 'client',
  },
  /** Observed: https://github.com/serverless-operations/serverless-apigateway-service-proxy/issues/110 (42 bytes). */
  MISSING_AUTHENTICATION_TOKEN: {
    responseType: 'MISSING_AUTHENTICATION_TOKEN',
    status: 403,
    errorType: 'MissingAuthenticationTokenException',
    message: 'Missing Authentication Token',
    body: 'compact',
    source: 'client',
  },
  QUOTA_EXCEEDED: {
    responseType: 'QUOTA_EXCEEDED',
    status: 429,
    errorType: 'LimitExceededException',
    message: 'Limit Exceeded',
    body: 'compact',
    source: 'client',
  },
  /**
   * Sent before the API is looked at: plain text, no API shapes it, none of AWS's headers.
   * Observed: https://github.com/koki-develop/lgtm-generator/issues/10 (44 bytes).
   */
  REQUEST_TOO_LARGE: {
    responseType: undefined,
    status: 413,
    errorType: undefined,
    message: `HTTP content length exceeded ${payloadBytesMax} bytes.`,
    body: 'text',
    source: 'client',
  },
  RESOURCE_NOT_FOUND: {
    responseType: 'RESOURCE_NOT_FOUND',
    status: 404,
    errorType: 'NotFoundException',
    message: 'Not Found',
    body: 'compact',
    source: 'client',
  },
  /** Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html */
  THROTTLED: {
    responseType: 'THROTTLED',
    status: 429,
    errorType: 'TooManyRequestsException',
    message: 'Too Many Requests',
    body: 'compact',
    source: 'client',
  },
  /** Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html */
  UNAUTHORIZED: {
    responseType: 'UNAUTHORIZED',
    status: 401,
    errorType: 'UnauthorizedException',
    message: 'Unauthorized',
    body: 'compact',
    source: 'client',
  },
  /** Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/integration-passthrough-behaviors.html */
  UNSUPPORTED_MEDIA_TYPE: {
    responseType: 'UNSUPPORTED_MEDIA_TYPE',
    status: 415,
    errorType: 'BadRequestException',
    message: 'Unsupported Media Type',
    body: 'compact',
    source: 'client',
  },
  /** Documented: https://repost.aws/knowledge-center/api-gateway-troubleshoot-403-forbidden */
  WAF_FILTERED: {
    responseType: 'WAF_FILTERED',
    status: 403,
    errorType: 'ForbiddenException',
    message: 'Forbidden',
    body: 'compact',
    source: 'client',
  },
} as const satisfies Readonly<Record<string, GatewayErrorRow>>

export type GatewayErrorName = keyof typeof gatewayErrors

/** What an error says beyond its row. */
export interface GatewayErrorDetails {
  readonly callerMessage?: string | undefined
  readonly validationErrorString?: string
  readonly detail?: string
  readonly source?: GatewayErrorSource
  readonly isBug?: boolean
  readonly cause?: unknown
}

/**
 * Ends a request: the API's gateway response for it is the answer.
 *
 * `message` is for the caller. `detail` is for the operator alone and never sent; it is worded as an
 * execution log would have it.
 */
export class GatewayError extends Error {
  override readonly name = 'GatewayError'
  /** Which row of the catalogue. */
  readonly errorName: GatewayErrorName
  /** What the caller reads instead of the row's message. */
  readonly callerMessage: string | null
  readonly detail: string | undefined
  /** What validation has against a body, for the API's own answer alone; undefined: it was not about one. */
  readonly validationErrorString: string | undefined
  /** The row's, unless this error is known to be somebody else's doing. */
  readonly source: GatewayErrorSource
  /** Nothing that was foreseen: `cause` is what was thrown. */
  readonly isBug: boolean

  constructor(errorName: GatewayErrorName, more: GatewayErrorDetails = {}) {
    super(more.detail ?? errorName, more.cause === undefined ? undefined : { cause: more.cause })
    this.errorName = errorName
    this.callerMessage = more.callerMessage ?? gatewayErrors[errorName].message
    this.detail = more.detail
    this.validationErrorString = more.validationErrorString
    this.source = more.source ?? gatewayErrors[errorName].source
    this.isBug = more.isBug ?? false
  }

  get row(): GatewayErrorRow {
    return gatewayErrors[this.errorName]
  }
}

/**
 * The gateway error that anything thrown on the way ends as. What is neither a gateway error nor a body's
 * own failure is our bug: API_CONFIGURATION_ERROR, with the thrown value as its cause.
 */
export function toGatewayError(thrown: unknown): GatewayError {
  if (thrown instanceof GatewayError) return thrown
  if (thrown instanceof BodyTooLargeError) {
    return new GatewayError('REQUEST_TOO_LARGE', { cause: thrown })
  }
  if (thrown instanceof ContentCodingError) {
    return new GatewayError('UNSUPPORTED_MEDIA_TYPE', { detail: thrown.message, cause: thrown })
  }
  if (thrown instanceof BodyTimedOutError) {
    return new GatewayError('INTEGRATION_TIMEOUT', {
      detail: 'Execution failed due to a timeout error',
      cause: thrown,
    })
  }
  if (thrown instanceof BodyAbortedError) {
    return new GatewayError('INTEGRATION_FAILURE', { detail: thrown.message, cause: thrown })
  }
  return new GatewayError('API_CONFIGURATION_ERROR', {
    detail: thrown instanceof Error ? thrown.message : String(thrown),
    isBug: true,
    cause: thrown,
  })
}
