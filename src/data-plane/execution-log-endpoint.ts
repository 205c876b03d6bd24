import type { HeaderFields } from '../base/header-fields.ts'
import type { FunctionInvocation } from '../ports/functions.ts'
import type { UpstreamRequest } from '../ports/upstream.ts'
import type { Call } from './call.ts'
import type { LoggedMessage } from './execution-log.ts'
import type { FunctionResult, IntegrationRequest } from './messages.ts'
import { ContentRecord, type RecordedContent, recordedText } from './recorded-content.ts'

/** What an endpoint is asked, as a log tells it. */
export interface LoggedEndpointRequest extends LoggedMessage {
  readonly method: string
  readonly uri: string
}

/**
 * What the endpoint is asked; undefined: there is none. `passing`: the client's content, which an endpoint
 * gets in pieces.
 */
export function endpointRequestOf(
  call: Call,
  request: IntegrationRequest,
  passing: RecordedContent,
): LoggedEndpointRequest | undefined {
  if (request.kind === 'mock') return undefined
  if (request.kind === 'function') return invocationOf(call, request.invocation)
  return { ...upstreamOf(request.upstream), body: sentContent(request.upstream, passing) }
}

function upstreamOf({ method, origin, target, headers }: UpstreamRequest) {
  const { protocol, hostname, port } = origin
  const isDefaultPort = port === (protocol === 'https:' ? 443 : 80)
  const name = hostname.includes(':') ? `[${hostname}]` : hostname
  const host = isDefaultPort ? name : `${name}:${port}`
  return { method, uri: `${protocol}//${host}${target}`, headers: inLoggedOrder(headers) }
}

/** The gateway's own fields as a log names them, in a log's order. */
const gatewayFields: readonly string[] = [
  'x-amzn-apigateway-api-id',
  'accept',
  'user-agent',
  'host',
  'x-amzn-trace-id',
  'content-type',
]

/**
 * What mappings and the client set comes first.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/request-response-data-mappings.html
 */
function inLoggedOrder(headers: HeaderFields): HeaderFields {
  const first: string[] = []
  const own = gatewayFields.map((): string[] => [])
  for (let i = 0; i < headers.length; i += 2) {
    const [name = '', value = ''] = [headers[i], headers[i + 1]]
    const place = gatewayFields.indexOf(name.toLowerCase())
    const shown = place === 0 ? (gatewayFields[0] ?? name) : name
    ;(own[place] ?? first).push(shown, value)
  }
  return [...first, ...own.flat()]
}

function sentContent({ body }: UpstreamRequest, passing: RecordedContent): RecordedContent {
  if (body.bytes === undefined) return passing
  const record = new ContentRecord()
  record.add(body.bytes)
  return record
}

/**
 * An invocation as AWS tells of it: a call of Lambda over HTTPS. What would sign it is left out, as nothing
 * here is signed.
 *
 * Observed: cases/execution-log/aws-proxy
 */
function invocationOf(call: Call, invocation: FunctionInvocation): LoggedEndpointRequest {
  const { functionArn, caller, payload, invocationType, isJson } = invocation
  const host = lambdaHost(functionArn)
  const { userAgent, declaration } = call.stage
  const headers = [
    ...['x-amzn-apigateway-api-id', declaration.restApiId, 'Accept', 'application/json'],
    ...['User-Agent', userAgent, 'Host', host],
    ...['X-Amzn-Trace-Id', call.traceId ?? '', 'x-amzn-lambda-integration-tag', call.requestId],
  ]
  if (caller.kind === 'service') headers.push('X-Amz-Source-Arn', caller.sourceArn)
  if (invocationType !== 'RequestResponse') headers.push('X-Amz-Invocation-Type', invocationType)
  if (isJson !== true) headers.push('Content-Type', 'application/json')
  const path = invocation.isStreamed
    ? `2021-11-15/functions/${functionArn}/response-streaming-invocations`
    : `2015-03-31/functions/${functionArn}/invocations`
  const uri = `https://${host}/${path}`
  return { method: 'POST', uri, headers, body: recordedText(payload) }
}

function lambdaHost(functionArn: string): string {
  const [, partition, , region] = functionArn.split(':')
  return `lambda.${region}.amazonaws.com${partition === 'aws-cn' ? '.cn' : ''}`
}

/**
 * Lambda's answer as AWS tells of it.
 *
 * Observed: cases/execution-log/aws-proxy, cases/execution-log/aws-proxy-function-error
 */
export function functionAnswerOf(
  { traceId }: Call,
  { payload, functionError, executedVersion, requestId }: FunctionResult,
  timeMs: number,
): LoggedMessage {
  const body = recordedText(payload)
  const headers = [
    ...['Date', new Date(timeMs).toUTCString(), 'Content-Type', 'application/json'],
    ...['Content-Length', String(body.byteLength), 'Connection', 'keep-alive'],
    ...['x-amzn-RequestId', requestId],
  ]
  if (functionError !== undefined) headers.push('X-Amz-Function-Error', functionError)
  headers.push('x-amzn-Remapped-Content-Length', '0')
  if (executedVersion !== undefined) headers.push('X-Amz-Executed-Version', executedVersion)
  if (traceId !== undefined) headers.push('X-Amzn-Trace-Id', asLambdaSays(traceId))
  return { headers: headers satisfies HeaderFields, body }
}

/** Lambda gives the trace back with its names in lower case. */
function asLambdaSays(traceId: string): string {
  return traceId
    .replace('Root=', 'root=')
    .replace('Parent=', 'parent=')
    .replace('Sampled=', 'sampled=')
}
