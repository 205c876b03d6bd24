import { payloadBytesMax } from '../../aws/limits.ts'
import { readBase64 } from '../../base/base64.ts'
import { type Body, bytesBody, emptyBody, textBody } from '../../base/body.ts'
import type { HeaderFields } from '../../base/header-fields.ts'
import type { MediaRanges } from '../../engines/media-ranges.ts'
import type { Call } from '../call.ts'
import { GatewayError } from '../gateway-error.ts'
import type { FunctionResult, MethodResponse } from '../messages.ts'
import { readProxyAnswer } from './aws-proxy-answer.ts'
import { acceptsBinary } from './content.ts'
import { refuseLongHead } from './head-bound.ts'
import { functionFieldRules, remappedName } from './header-rules.ts'

/**
 * The answer that a function says, by the format of proxy answers.
 *
 * @throws {GatewayError} FUNCTION_FAILURE when the function failed, or what it gave is no answer;
 * API_CONFIGURATION_ERROR for headers or content that are too long, and for content that is no base64.
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 * Observed: cases/rest/aws-proxy-response, cases/rest/aws-proxy-binary
 */
export function proxyResponse(
  call: Call,
  result: FunctionResult,
  binaryMediaTypes: MediaRanges | undefined,
): MethodResponse {
  if (result.functionError !== undefined) throw functionFailure(result)
  const read = readProxyAnswer(result.payload)
  if (read.outcome === 'malformed') {
    throw new GatewayError('FUNCTION_FAILURE', {
      detail: `Execution failed due to configuration error: Malformed Lambda proxy response: ${read.detail}`,
    })
  }
  const { answer } = read
  const isDecoded = answer.isBase64Encoded && acceptsBinary(call.incoming.headers, binaryMediaTypes)
  return {
    status: answer.status,
    headers: fieldsOf(call, answer.headers),
    body: withinBounds(isDecoded ? decodedBody(answer.body) : plainBody(answer.body)),
  }
}

function plainBody(text: string): Body {
  return text === '' ? emptyBody : textBody(text)
}

function decodedBody(text: string): Body {
  const bytes = readBase64(text)
  if (bytes !== undefined) return bytesBody(bytes)
  throw new GatewayError('API_CONFIGURATION_ERROR', {
    detail: 'Execution failed due to configuration error: Unable to base64 decode the body.',
    source: 'upstream',
  })
}

function withinBounds(body: Body): Body {
  const { byteLength = 0 } = body
  if (byteLength <= payloadBytesMax) return body
  throw new GatewayError('API_CONFIGURATION_ERROR', {
    detail: `Integration response of reported length ${byteLength} is larger than allowed maximum of ${payloadBytesMax} bytes.`,
    source: 'upstream',
  })
}

/**
 * The fields of an answer that a function says, with those that the gateway adds.
 *
 * @throws {GatewayError} API_CONFIGURATION_ERROR for more than there may be.
 */
export function fieldsOf(call: Call, headers: HeaderFields): readonly string[] {
  const fields: string[] = []
  let hasType = false
  let bytes = 0
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] ?? ''
    const rule = functionFieldRules.find(name)
    if (rule === 'drop') continue
    if (rule === 'type') hasType = true
    const value = headers[i + 1] ?? ''
    bytes += name.length + value.length
    fields.push(rule === 'remap' ? remappedName(name) : name, value)
  }
  refuseLongHead(bytes, 'upstream')
  if (!hasType) fields.push('Content-Type', 'application/json')
  fields.push('x-amzn-RequestId', call.requestId, 'x-amz-apigw-id', call.extendedRequestId)
  if (call.traceId !== undefined) fields.push('X-Amzn-Trace-Id', call.traceId)
  return fields
}

/** In AWS's words; the message is the function's own. */
export function functionFailure({
  payload,
  requestId,
}: Pick<FunctionResult, 'payload' | 'requestId'>): GatewayError {
  return new GatewayError('FUNCTION_FAILURE', {
    detail: `Lambda execution failed with status 200 due to customer function error: ${errorMessageOf(payload)}. Lambda request id: ${requestId}`,
  })
}

/** The `errorMessage` of a function's failure; empty when it says none. */
export function errorMessageOf(payload: string): string {
  try {
    const value: unknown = JSON.parse(payload)
    if (typeof value !== 'object' || value === null || !('errorMessage' in value)) return ''
    return typeof value.errorMessage === 'string' ? value.errorMessage : ''
  } catch {
    return ''
  }
}
