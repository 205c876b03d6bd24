import type { HeaderFields } from '../base/header-fields.ts'
import type { Clock } from '../ports/clock.ts'
import type { Call, Route } from './call.ts'
import type { GatewayError, GatewayErrorName } from './gateway-error.ts'
import { findShapingType } from './gateway-response.ts'
import type {
  EndpointResponse,
  IncomingRequest,
  IntegrationRequest,
  MethodRequest,
  MethodResponse,
} from './messages.ts'
import { endpointRequestOf, functionAnswerOf } from './execution-log-endpoint.ts'
import { maskSecret } from './mask-secrets.ts'
import { methodRequestFields } from './method-request-fields.ts'
import { apiKeyOf } from './phases/identify-caller.ts'
import { parseQuery } from './query-string.ts'
import {
  contentBytesMax,
  ContentRecord,
  type RecordedContent,
  recordedBody,
} from './recorded-content.ts'

/** Header and content of a message. */
export interface LoggedMessage {
  readonly headers: HeaderFields
  /** Still growing while content passes. */
  readonly body: RecordedContent
}

/** The key that a request was sent with, and where. */
export interface LoggedApiKey {
  /** Masked; empty: there was none. */
  readonly apiKey: string
  /** `a1b2c3/prod`. */
  readonly apiStage: string
}

/** One step of a request, in the words of the pipeline. `timeMs` counts from 1970. */
export type ExecutionEvent = { readonly timeMs: number } & ExecutionStep

export type ExecutionStep =
  | { readonly kind: 'received'; readonly extendedRequestId: string }
  | ({ readonly kind: 'verifying-usage-plan' } & LoggedApiKey)
  /** `method` as declared: `ANY /pets/{id}`. */
  | ({
      readonly kind: 'admitted'
      readonly method: string
      readonly isKeyRequired: boolean
    } & LoggedApiKey)
  | ({
      readonly kind: 'method-request'
      readonly httpMethod: string
      readonly path: string
      readonly pathParameters: Readonly<Record<string, string>>
      readonly query: Readonly<Record<string, readonly string[]>>
    } & LoggedMessage)
  | ({
      readonly kind: 'endpoint-request'
      readonly method: string
      readonly uri: string
    } & LoggedMessage)
  | { readonly kind: 'request-sent'; readonly uri: string }
  | ({
      readonly kind: 'endpoint-response'
      readonly status: number
      readonly latencyMs: number
    } & LoggedMessage)
  | ({ readonly kind: 'method-response'; readonly status: number } & LoggedMessage)
  | {
      readonly kind: 'failed'
      readonly errorName: GatewayErrorName
      readonly callerMessage: string | null
      readonly detail: string | undefined
      readonly isBug: boolean
    }
  /** The API's own answer to a failure; `responseType` is the one that the API sets. */
  | ({
      readonly kind: 'gateway-response'
      readonly responseType: string
      readonly status: number
    } & LoggedMessage)
  | { readonly kind: 'completed'; readonly status: number }

/**
 * What happened to one request, as values: `execution-log-lines.ts` words it as AWS does.
 *
 * Every `watch…` gives back what it was given, its content recorded on the way: the pipeline goes on with
 * that, and does with a log what it does without one.
 */
export class ExecutionLog {
  readonly #events: ExecutionEvent[] = []
  readonly #clock: Pick<Clock, 'nowMs'>
  readonly #incoming = new ContentRecord()
  /** What the endpoint gets when it gets the client's content as it passes. */
  #methodRequest: RecordedContent = this.#incoming

  constructor(clock: Pick<Clock, 'nowMs'>) {
    this.#clock = clock
  }

  get events(): readonly ExecutionEvent[] {
    return this.#events
  }

  watchIncoming(incoming: IncomingRequest): IncomingRequest {
    const body = recordedBody(incoming.body, this.#incoming)
    if (body === incoming.body) return incoming
    const { method, path, contextPath, rawQuery, headers, sourceIp, host } = incoming
    return {
      ...{ method, path, contextPath, rawQuery, headers, sourceIp, host, body },
      get signal() {
        return incoming.signal
      },
    }
  }

  received({ extendedRequestId }: Call): void {
    this.#add({ kind: 'received', extendedRequestId })
  }

  verifyingUsagePlan(call: Call): void {
    this.#add({ kind: 'verifying-usage-plan', ...loggedApiKeyOf(call) })
  }

  admitted(call: Call, { value: { methodKey, resourcePath, apiKeySource } }: Route): void {
    const method = `${methodKey} ${resourcePath}`
    const isKeyRequired = apiKeySource !== undefined
    this.#add({ kind: 'admitted', method, isKeyRequired, ...loggedApiKeyOf(call) })
  }

  watchMethodRequest(call: Call, request: MethodRequest, route: Route): MethodRequest {
    const { incoming, httpMethod } = call
    const isDecoded = request.body !== incoming.body
    const record = isDecoded ? new ContentRecord() : this.#incoming
    this.#methodRequest = record
    this.#add({
      kind: 'method-request',
      httpMethod,
      path: incoming.path,
      pathParameters: Object.fromEntries(route.pathParameters),
      query: Object.fromEntries(parseQuery(incoming.rawQuery)),
      headers: methodRequestFields(call),
      body: record,
    })
    return isDecoded ? { ...request, body: recordedBody(request.body, record) } : request
  }

  endpointCalled(call: Call, request: IntegrationRequest): void {
    const endpointRequest = endpointRequestOf(call, request, this.#methodRequest)
    if (endpointRequest === undefined) return
    this.#add({ kind: 'endpoint-request', ...endpointRequest })
    this.#add({ kind: 'request-sent', uri: endpointRequest.uri })
  }

  watchEndpointResponse(
    call: Call,
    request: IntegrationRequest,
    response: EndpointResponse,
  ): EndpointResponse | Promise<EndpointResponse> {
    const { status, headers, body, result } = response
    const latencyMs = Math.round(call.integrationLatencyMs ?? 0)
    if (request.kind === 'mock') return response
    if (result !== undefined) {
      const answer = functionAnswerOf(call, result, this.#clock.nowMs())
      this.#add({ kind: 'endpoint-response', status, latencyMs, ...answer })
      return response
    }
    const record = new ContentRecord()
    this.#add({ kind: 'endpoint-response', status, latencyMs, headers, body: record })
    // The beginning of a stream is not waited for here: it may be long in coming.
    if (!call.isTest || isStreamed(request, response)) {
      return { ...response, body: recordedBody(body, record) }
    }
    // Whoever tests is shown what the endpoint said even where nothing comes of it.
    return body.peek(contentBytesMax).then((begin) => {
      record.add(begin)
      return response
    })
  }

  watchMethodResponse(response: MethodResponse): MethodResponse {
    const { status, headers, body } = response
    const record = new ContentRecord()
    this.#add({ kind: 'method-response', status, headers, body: record })
    return { ...response, body: recordedBody(body, record) }
  }

  failed(call: Call, error: GatewayError, answer: MethodResponse): MethodResponse {
    const { errorName, callerMessage, detail, isBug } = error
    this.#add({ kind: 'failed', errorName, callerMessage, detail, isBug })
    const responseType = findShapingType(error.row, call.variant.deployment.gatewayResponses)
    if (responseType === undefined) return answer
    const record = new ContentRecord()
    const { status, headers } = answer
    this.#add({ kind: 'gateway-response', responseType, status, headers, body: record })
    return { status, headers, body: recordedBody(answer.body, record) }
  }

  completed({ status }: MethodResponse): void {
    this.#add({ kind: 'completed', status })
  }

  #add(step: ExecutionStep): void {
    this.#events.push({ timeMs: this.#clock.nowMs(), ...step })
  }
}

function loggedApiKeyOf(call: Call): LoggedApiKey {
  const { restApiId, stageName } = call.stage.declaration
  return { apiKey: maskSecret(apiKeyOf(call) ?? ''), apiStage: `${restApiId}/${stageName}` }
}

function isStreamed(request: IntegrationRequest, { stream }: EndpointResponse): boolean {
  return (
    stream !== undefined ||
    (request.kind === 'http' && request.upstream.timeoutCoversContent === true)
  )
}
