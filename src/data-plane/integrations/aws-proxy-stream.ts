import { BodyAbortedError, streamBody, textBody } from '../../base/body.ts'
import { findLastField, type HeaderFields, isFieldName } from '../../base/header-fields.ts'
import type { Call } from '../call.ts'
import { GatewayError } from '../gateway-error.ts'
import type { Gateway } from '../gateway.ts'
import type { EndpointResponse, MethodResponse } from '../messages.ts'
import { readStreamHead } from './aws-proxy-answer.ts'
import { fieldsOf, functionFailure } from './aws-proxy-response.ts'
import { StreamContent } from './stream-content.ts'
import { streamHeadBytesMax, takeStreamHead } from './stream-head.ts'
import { timedPieces, type TimedPieces } from './timed-pieces.ts'

/** The bounds of an answer that is streamed, in milliseconds. */
export interface StreamBounds {
  readonly idleMs: number
  /** From the invocation to the last piece. */
  readonly timeoutMs: number
}

/**
 * The answer of a function that streams: status and fields as soon as they are there, then the content as it
 * comes. A function that gives its answer whole is read as one that streams.
 *
 * @throws {GatewayError} INTEGRATION_TIMEOUT; FUNCTION_FAILURE when the function fails before its content
 * begins; API_CONFIGURATION_ERROR for an answer that does not begin as one must.
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html
 * Chosen: docs/decisions/0035-streamed-answers-of-functions.md
 */
export async function streamedProxyResponse(
  call: Call,
  response: EndpointResponse,
  bounds: StreamBounds,
  gateway: Pick<Gateway, 'clock' | 'notices'>,
): Promise<MethodResponse> {
  const { result } = response
  if (result?.functionError !== undefined) throw functionFailure(result)
  const content = result === undefined ? response.body : textBody(result.payload)
  const wholeMs = bounds.timeoutMs - (call.integrationLatencyMs ?? 0)
  const { signal } = call.incoming
  const ports = { clock: gateway.clock, signal }
  const pieces = timedPieces(content, { idleMs: bounds.idleMs, wholeMs }, ports)
  const taken = await takeStreamHead(pieces).catch((error: unknown) =>
    failBeforeContent(error, pieces, response),
  )
  const read =
    taken.outcome === 'head'
      ? readStreamHead(taken.text)
      : ({ outcome: 'malformed', detail: missingHead(response) } as const)
  if (taken.outcome !== 'head' || read.outcome === 'malformed') {
    void pieces.return()
    throw new GatewayError('API_CONFIGURATION_ERROR', {
      detail: `Execution failed due to configuration error: Malformed Lambda proxy response: ${read.outcome === 'malformed' ? read.detail : ''}`,
      source: 'upstream',
    })
  }
  const { status, headers } = read.head
  const byteLength = declaredLength(headers)
  const noteBreak = (error: unknown) => note(error, { call, pieces, response, gateway })
  const rest = new StreamContent(taken.rest, pieces, { byteLength, noteBreak })
  return {
    status,
    headers: fieldsOf(call, byteLength === undefined ? headers : withoutLength(headers)),
    body: streamBody(rest, byteLength),
    isStreamed: true,
  }
}

/** Its own failure says more than that its content broke off. */
async function failBeforeContent(
  error: unknown,
  { breach }: TimedPieces,
  { stream }: EndpointResponse,
): Promise<never> {
  if (!(error instanceof BodyAbortedError)) throw error
  if (breach === 'client-gone') {
    throw new GatewayError('INTEGRATION_FAILURE', { detail: error.message, source: 'client' })
  }
  if (breach !== undefined) {
    throw new GatewayError('INTEGRATION_TIMEOUT', {
      detail: `Execution failed due to a timeout error: ${stream?.functionArn ?? ''} began no content in time`,
    })
  }
  const end = await stream?.ended
  const payload = end?.failure ?? JSON.stringify({ errorMessage: error.message })
  throw functionFailure({ payload, requestId: stream?.requestId ?? '' })
}

function missingHead({ result }: EndpointResponse): string {
  return result === undefined
    ? `no metadata that eight NUL bytes end within the first ${streamHeadBytesMax} bytes`
    : 'the function does not stream: it gave its answer whole, without metadata that eight NUL bytes end'
}

function declaredLength(headers: HeaderFields): number | undefined {
  const text = findLastField(headers, 'content-length')
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

function withoutLength(headers: HeaderFields): HeaderFields {
  return headers.filter((_, index) => !isFieldName(headers[index & ~1] ?? '', 'content-length'))
}

/** The client sees that the connection ends; why, the operator reads. */
function note(
  error: unknown,
  at: {
    readonly call: Call
    readonly pieces: TimedPieces
    readonly response: EndpointResponse
    readonly gateway: Pick<Gateway, 'notices'>
  },
): void {
  const { call, pieces, response, gateway } = at
  if (pieces.breach === 'client-gone' || call.isTest) return
  const ended = pieces.breach === undefined ? response.stream?.ended : undefined
  void Promise.resolve(ended).then((end) => {
    const { restApiId, stageName } = call.stage.declaration
    const method = `${call.route?.value.methodKey ?? ''} ${call.route?.value.resourcePath ?? ''}`
    const detail = end?.failure ?? (error instanceof Error ? error.message : String(error))
    gateway.notices.write('warn', {
      event: 'streamed-answer-broken-off',
      subject: `${restApiId}/${stageName} ${method}`,
      fields: { restApiId, stage: stageName, method, requestId: call.requestId, detail },
    })
  })
}
