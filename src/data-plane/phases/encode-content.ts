import { findField, findLastField, isFieldName } from '../../base/header-fields.ts'
import type { ContentCoding } from '../../ports/content-coder.ts'
import type { Call } from '../call.ts'
import type { Gateway } from '../gateway.ts'
import type { MethodResponse } from '../messages.ts'

/**
 * The answer, compressed when the API says so (`minimumCompressionSize`), the client prefers a coding that is
 * known, the content is at least so long, and it is neither coded already nor streamed. A promise only where the length of the
 * content has to be found out by reading.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-receive-response-with-compressed-payload.html
 * Chosen: docs/decisions/0017-compressed-content.md (empty content, content of unknown length)
 */
export function encodeContent(
  call: Call,
  response: MethodResponse,
  gateway: Gateway,
): MethodResponse | Promise<MethodResponse> {
  const { minimumCompressionSize } = call.variant.deployment
  if (minimumCompressionSize === undefined || !mayBeEncoded(call, response)) return response
  const coding = preferredCoding(findLastField(call.incoming.headers, 'accept-encoding') ?? '')
  if (coding === undefined) return response
  const { body } = response
  if (body.byteLength !== undefined) {
    return body.byteLength >= minimumCompressionSize ? encoded(response, coding, gateway) : response
  }
  const bytesMin = Math.max(1, minimumCompressionSize)
  return body
    .peek(bytesMin)
    .then((begin) => (begin.length >= bytesMin ? encoded(response, coding, gateway) : response))
}

function mayBeEncoded({ incoming }: Call, response: MethodResponse): boolean {
  const { status, headers, body, isStreamed } = response
  if (isStreamed === true) return false
  if (body.byteLength === 0 || incoming.method === 'HEAD') return false
  if (status === 204 || status === 304) return false
  return findField(headers, 'content-encoding') === undefined
}

function encoded(
  response: MethodResponse,
  coding: ContentCoding,
  { contentCoder }: Gateway,
): MethodResponse {
  const { status, headers, body } = response
  // A length that a mapping or the endpoint gave is that of other content.
  const kept = headers.filter(
    (_, index) => !isFieldName(headers[index & ~1] ?? '', 'content-length'),
  )
  return {
    status,
    headers: [...kept, 'Content-Encoding', coding],
    body: contentCoder.encode(body, coding),
  }
}

/**
 * The coding that an Accept-Encoding puts first: the greatest weight, of equal ones what comes first.
 * Undefined when that is none of ours: no second choice is looked at, and `*` asks for none by name.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-enable-compression.html
 */
function preferredCoding(acceptEncoding: string): ContentCoding | undefined {
  if (acceptEncoding === '') return undefined
  let preferred = ''
  let greatest = 0
  for (const part of acceptEncoding.split(',')) {
    const [name = '', ...parameters] = part.split(';')
    const weight = weightOf(parameters)
    if (weight <= greatest) continue
    preferred = name.trim().toLowerCase()
    greatest = weight
  }
  return preferred === 'gzip' || preferred === 'deflate' ? preferred : undefined
}

/** 1 when there is no `q`; 0 when it is no weight. */
function weightOf(parameters: readonly string[]): number {
  for (const parameter of parameters) {
    const [name = '', value = ''] = parameter.split('=')
    if (name.trim().toLowerCase() !== 'q') continue
    return /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(value.trim()) ? Number(value) : 0
  }
  return 1
}
