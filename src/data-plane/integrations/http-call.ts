import { payloadBytesMax } from '../../aws/limits.ts'
import { type Body, BodyTooLargeError } from '../../base/body.ts'
import type { HeaderFields } from '../../base/header-fields.ts'
import type { HttpTarget } from '../../engines/uri-template.ts'
import type {
  CompiledHttpCall,
  CompiledStream,
  CompiledVpcLink,
} from '../../snapshot/compiled-deployment.ts'
import { boundedBody } from '../bounded-body.ts'
import type { Call } from '../call.ts'
import { GatewayError } from '../gateway-error.ts'
import type { EndpointResponse, IntegrationRequest, VpcLinkReference } from '../messages.ts'
import { withQuery } from '../query-string.ts'
import type { ContentHolder } from '../read-content.ts'
import { withBytes } from './content.ts'
import {
  mapRequestParameters,
  type MappedParameters,
  type MappingSurroundings,
} from './request-parameters.ts'

/** The address of an HTTP endpoint, once it is known to be one. */
export type HttpEndpoint = Extract<HttpTarget, { readonly outcome: 'target' }>

/** Where an HTTP integration's request goes, and what its mappings came to. */
export interface HttpCallParts {
  readonly endpoint: HttpEndpoint
  readonly mapped: MappedParameters
}

/**
 * Evaluates the mappings and the URI of an HTTP integration.
 *
 * @throws {GatewayError} API_CONFIGURATION_ERROR when the URI comes to no http(s) address; what
 * `mapRequestParameters` says.
 */
export function prepareHttpCall(
  call: Call,
  { requestParameters, uri }: CompiledHttpCall,
  given: MappingSurroundings,
): HttpCallParts {
  const mapped = mapRequestParameters(call, requestParameters, given)
  const target = uri.target(call.variant.variables, mapped.pathParameters)
  if (target.outcome === 'target') return { endpoint: target, mapped }
  throw new GatewayError('API_CONFIGURATION_ERROR', {
    detail: `Invalid endpoint address: ${target.detail}`,
  })
}

/** The request of an HTTP integration, complete. `rawQuery` is added to the query of the URI. */
export function httpRequest(
  call: Call,
  integration: CompiledHttpCall,
  parts: {
    readonly endpoint: HttpEndpoint
    readonly rawQuery: string
    readonly headers: HeaderFields
    readonly body: Body
    /** Undefined: the response is bounded as one that is buffered. */
    readonly stream?: CompiledStream | undefined
  },
): IntegrationRequest {
  const { endpoint } = parts
  return {
    kind: 'http',
    through: integration.vpcLink && vpcLinkOf(call, integration.vpcLink),
    upstream: {
      origin: endpoint.origin,
      method: integrationMethod(call, integration),
      target: withQuery(endpoint.target, parts.rawQuery),
      headers: parts.headers,
      body: boundedBody(parts.body, payloadBytesMax),
      timeoutMs: integration.timeoutMs,
      contentIdleMs: parts.stream?.idleMs,
      timeoutCoversContent: parts.stream !== undefined,
      tls: integration.insecureSkipVerification ? anyAuthority : undefined,
      signal: call.incoming.signal,
    },
  }
}

/** @throws {GatewayError} API_CONFIGURATION_ERROR when the stage lacks the variable that names the link. */
function vpcLinkOf(
  { variant: { variables } }: Call,
  { id, integrationTarget }: CompiledVpcLink,
): VpcLinkReference {
  if (id.from === 'literal') return { vpcLinkId: id.vpcLinkId, integrationTarget }
  const vpcLinkId = Object.hasOwn(variables, id.name) ? variables[id.name] : undefined
  if (vpcLinkId !== undefined) return { vpcLinkId, integrationTarget }
  throw new GatewayError('API_CONFIGURATION_ERROR', {
    detail: `Invalid Vpc Link: the stage has no variable ${id.name}`,
  })
}

const anyAuthority = Object.freeze({ insecureSkipVerification: true })

/** The verb that the endpoint is called with: ANY stands for the request's own. */
export function integrationMethod(
  call: Call,
  { httpMethod }: Pick<CompiledHttpCall, 'httpMethod'>,
): string {
  return httpMethod === 'ANY' ? call.httpMethod : httpMethod
}

/**
 * The endpoint's body within the bounds of a response. One without a declared length breaks off when it
 * grows too long: its head has gone to the client by then.
 *
 * @throws {GatewayError} API_CONFIGURATION_ERROR when the declared length is over 10 MB.
 * Chosen: docs/decisions/0016-data-plane-answers-that-aws-does-not-show.md
 */
export function endpointBody({ body }: EndpointResponse): Body {
  if (body.byteLength === undefined || body.byteLength <= payloadBytesMax) {
    return boundedBody(body, payloadBytesMax)
  }
  body.discard()
  throw new GatewayError('API_CONFIGURATION_ERROR', {
    detail: `Integration response of reported length ${body.byteLength} is larger than allowed maximum of ${payloadBytesMax} bytes.`,
  })
}

/**
 * What a function of an endpoint's whole body comes to; a promise when the body has not arrived.
 *
 * @throws {GatewayError} API_CONFIGURATION_ERROR when it proves longer than 10 MB.
 */
export function withEndpointBytes<Result>(
  holder: ContentHolder,
  response: EndpointResponse,
  use: (bytes: Uint8Array) => Result | Promise<Result>,
): Result | Promise<Result> {
  const read = withBytes(holder, endpointBody(response), use)
  if (!(read instanceof Promise)) return read
  return read.catch((error: unknown) => {
    if (!(error instanceof BodyTooLargeError)) throw error
    throw new GatewayError('API_CONFIGURATION_ERROR', {
      detail: `Integration response is larger than allowed maximum of ${payloadBytesMax} bytes.`,
      cause: error,
    })
  })
}
