import type { Body } from '../base/body.ts'
import type { HeaderFields } from '../base/header-fields.ts'
import type { Overrides } from '../engines/vtl/index.ts'
import type { FunctionInvocation, FunctionStreamEnd } from '../ports/functions.ts'
import type { Upstream, UpstreamRequest } from '../ports/upstream.ts'

/**
 * The values of a request, in order of their birth:
 * `incoming` → `methodRequest` → `integrationRequest` → `endpointResponse` → `methodResponse`.
 * All are plain values: the pipeline never sees a socket, `node:http` or a client library.
 */

/** A request as the client sent it, addressed to a stage. */
export interface IncomingRequest {
  /** Upper case as sent; not yet overridden. */
  readonly method: string
  /** Path below the stage, raw (not decoded), beginning with `/`; `/` for the stage itself. */
  readonly path: string
  /** Path with the stage in front, as `$context.path` shows it. */
  readonly contextPath: string
  /** Raw query without `?`; empty when there is none. */
  readonly rawQuery: string
  readonly headers: HeaderFields
  readonly body: Body
  /** The client's address without port. */
  readonly sourceIp: string
  /** Value of Host, as sent; empty when absent. */
  readonly host: string
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal | undefined
}

/** A request that passed every check of its method, its content as it was before any coding. */
export interface MethodRequest {
  readonly headers: HeaderFields
  readonly body: Body
}

/** What the integration is asked for. */
export type IntegrationRequest = EndpointCall & {
  /** What the request template set of `$context`, for the way back. */
  readonly overrides?: Overrides | undefined
}

/** By whom and how an endpoint is called. */
export type EndpointCall =
  /** Nobody is called: the gateway plays the endpoint. */
  | { readonly kind: 'mock'; readonly statusCode: number }
  | {
      readonly kind: 'http'
      readonly upstream: UpstreamRequest
      /** Undefined: the origin's own address is connected to. */
      readonly through: VpcLinkReference | undefined
      /** Who carries it; absent: the gateway's own upstream. */
      readonly by?: Upstream | undefined
    }
  | { readonly kind: 'function'; readonly invocation: FunctionInvocation }

/** The VPC link through which a request goes. */
export interface VpcLinkReference {
  readonly vpcLinkId: string
  /** ARN; undefined: the target of the link. */
  readonly integrationTarget: string | undefined
}

/** What the endpoint of an integration answered. */
export interface EndpointResponse {
  readonly status: number
  /** As received, framing fields included. */
  readonly headers: HeaderFields
  /** Consumed or discarded by whoever builds the method response. */
  readonly body: Body
  /** What a function gave, in place of header and body. Undefined: the endpoint is none. */
  readonly result?: FunctionResult
  /** What a function gives piece by piece, as `body`. Undefined: the endpoint does not. */
  readonly stream?: FunctionStream
}

/** A function's answer that has begun. */
export interface FunctionStream {
  readonly functionArn: string
  /** Of the invocation, as the function knows it. */
  readonly requestId: string
  /** Resolves when the function has ended. */
  readonly ended: Promise<FunctionStreamEnd>
}

/** What a function gave, or what its failure was. */
export interface FunctionResult {
  readonly functionArn: string
  /** JSON text; empty when nobody waited for it. */
  readonly payload: string
  /** Undefined: the function succeeded. */
  readonly functionError: 'Handled' | 'Unhandled' | undefined
  /** `$LATEST` or a number; undefined: not said. */
  readonly executedVersion: string | undefined
  /** Text; undefined when it was not asked for. */
  readonly logTail: string | undefined
  /** Of the invocation, as the function knows it. */
  readonly requestId: string
}

/** The answer to the client. Content-Length follows from the body; Date and Connection from the server. */
export interface MethodResponse {
  readonly status: number
  readonly headers: HeaderFields
  readonly body: Body
  /** It goes to the client as it comes: nothing may wait for more of it. */
  readonly isStreamed?: true
  /** What it has in common with other answers: its status, the first of its fields, and its body. */
  readonly common?: CommonAnswer
}

/** An answer that is given again and again, without what is one request's own. */
export interface CommonAnswer {
  readonly status: number
  readonly headers: HeaderFields
  /** In memory. */
  readonly body: Body
}
