import type { HeaderFields } from '../base/header-fields.ts'
import type { ExecutionEvent, ExecutionStep } from './execution-log.ts'
import { failureLines } from './execution-log-failures.ts'
import { maskField } from './mask-secrets.ts'

/** A line of an execution log, without what stands before it. */
export interface ExecutionLine {
  /** Since 1970. */
  readonly timeMs: number
  readonly text: string
  /** `ERROR`: a stage that logs errors alone logs it, too. */
  readonly level: 'ERROR' | 'INFO'
  /** Header or content of a message: logged where a stage traces data. */
  readonly isDataTrace: boolean
}

/** Characters of a line. Observed: cases/execution-log/long-lines-are-cut */
const lineLengthMax = 1024

/**
 * The execution log of a request in AWS's words, order and bounds: a line is cut at 1,024 characters, secrets
 * in headers are stars but for their end.
 *
 * Observed: cases/execution-log
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
 */
export function executionLogLines(
  events: readonly ExecutionEvent[],
  requestId: string,
): readonly ExecutionLine[] {
  const hasFailed = events.some(({ kind }) => kind === 'failed')
  return events.flatMap((event) =>
    textsOf(event, requestId, hasFailed).map((text) => ({
      timeMs: event.timeMs,
      text: cut(text),
      level: errorKinds.has(event.kind) ? 'ERROR' : 'INFO',
      isDataTrace: messageKinds.has(event.kind),
    })),
  )
}

const errorKinds: ReadonlySet<ExecutionStep['kind']> = new Set(['failed', 'gateway-response'])
const messageKinds: ReadonlySet<ExecutionStep['kind']> = new Set([
  'method-request',
  'endpoint-request',
  'endpoint-response',
  'method-response',
  'gateway-response',
])

/** The log as TestInvokeMethod answers it. Observed: cases/execution-log */
export function testInvokeLog(events: readonly ExecutionEvent[], requestId: string): string {
  const lines = executionLogLines(events, requestId).map(
    ({ timeMs, text }) => `${javaDate(timeMs)} : ${text}\n`,
  )
  return `Execution log for request ${requestId}\n${lines.join('')}`
}

function cut(text: string): string {
  return text.length <= lineLengthMax ? text : `${text.slice(0, lineLengthMax)} [TRUNCATED]`
}

function textsOf(event: ExecutionStep, requestId: string, hasFailed: boolean): readonly string[] {
  switch (event.kind) {
    case 'received':
      return [`Extended Request Id: ${event.extendedRequestId}`]
    case 'verifying-usage-plan': {
      const { apiKey, apiStage } = event
      return [
        `Verifying Usage Plan for request: ${requestId}. API Key: ${apiKey} API Stage: ${apiStage}`,
      ]
    }
    case 'admitted':
      return admittedTexts(event)
    case 'method-request':
      return methodRequestTexts(event, requestId)
    case 'endpoint-request':
      return [
        `Endpoint request URI: ${event.uri}`,
        `Endpoint request headers: ${fieldsText(event.headers)}`,
        `Endpoint request body after transformations: ${event.body.text}`,
      ]
    case 'request-sent':
      return [`Sending request to ${event.uri}`]
    case 'endpoint-response':
      return [
        `Received response. Status: ${event.status}, Integration latency: ${event.latencyMs} ms`,
        `Endpoint response headers: ${fieldsText(event.headers)}`,
        `Endpoint response body before transformations: ${event.body.text}`,
      ]
    case 'method-response':
      return [
        `Method response body after transformations: ${event.body.text}`,
        `Method response headers: ${fieldsText(asIntegrated(withoutIds(event.headers)))}`,
      ]
    case 'failed':
      return failureLines(event)
    case 'gateway-response':
      return [
        `Gateway response type: ${event.responseType} with status code: ${event.status}`,
        `Gateway response body: ${event.body.text}`,
        `Gateway response headers: ${fieldsText(withoutIds(event.headers))}`,
      ]
    case 'completed': {
      const completed = `Method completed with status: ${event.status}`
      return hasFailed ? [completed] : ['Successfully completed execution', completed]
    }
  }
}

/** A method that asks for no key lets any key, and none, through. */
function admittedTexts({
  method,
  isKeyRequired,
  apiKey,
  apiStage,
}: Extract<ExecutionStep, { kind: 'admitted' }>): readonly string[] {
  const succeeded = `Usage Plan check succeeded for API Key ${apiKey} and API Stage ${apiStage}`
  if (isKeyRequired) return [succeeded]
  return [
    `API Key ${apiKey} authorized because method '${method}' does not require API Key. ` +
      'Request will not contribute to throttle or quota limits',
    succeeded,
  ]
}

/** What AWS calls the resource's path is the request's. */
function methodRequestTexts(
  event: Extract<ExecutionStep, { kind: 'method-request' }>,
  requestId: string,
): readonly string[] {
  const query = Object.entries(event.query).map(([name, values]) => [name, values.at(-1) ?? ''])
  return [
    `Starting execution for request: ${requestId}`,
    `HTTP Method: ${event.httpMethod}, Resource Path: ${event.path}`,
    `Method request path: ${mapText(Object.entries(event.pathParameters))}`,
    `Method request query string: ${mapText(query)}`,
    `Method request headers: ${fieldsText(event.headers)}`,
    `Method request body before transformations: ${event.body.text}`,
  ]
}

/** As Java prints a map. */
function mapText(entries: readonly (readonly string[])[]): string {
  return `{${entries.map(([name = '', value = '']) => `${name}=${value}`).join(', ')}}`
}

/** Values of a repeated field are one, joined with commas. */
function fieldsText(fields: HeaderFields): string {
  const values = new Map<string, string>()
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i] ?? ''
    const value = maskField(name, fields[i + 1] ?? '')
    const before = values.get(name)
    values.set(name, before === undefined ? value : `${before},${value}`)
  }
  return mapText([...values])
}

const ids: ReadonlySet<string> = new Set(['x-amzn-requestid', 'x-amz-apigw-id'])

/** AWS's front adds them after what it logs. */
function withoutIds(fields: HeaderFields): HeaderFields {
  return fields.filter((_, i) => !ids.has((fields[i & ~1] ?? '').toLowerCase()))
}

const remapped = /^x-amzn-remapped-/i

/**
 * AWS's front renames fields after what it logs, too.
 *
 * Observed: cases/execution-log/http-proxy
 */
function asIntegrated(fields: HeaderFields): HeaderFields {
  return fields.map((text, i) => (i % 2 === 0 ? text.replace(remapped, '') : text))
}

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `EEE MMM dd HH:mm:ss zzz yyyy`, in UTC. */
function javaDate(timeMs: number): string {
  const time = new Date(timeMs)
  const two = (number: number) => String(number).padStart(2, '0')
  const clock = [time.getUTCHours(), time.getUTCMinutes(), time.getUTCSeconds()].map(two).join(':')
  const day = `${days[time.getUTCDay()]} ${months[time.getUTCMonth()]} ${two(time.getUTCDate())}`
  return `${day} ${clock} UTC ${time.getUTCFullYear()}`
}
