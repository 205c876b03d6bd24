import { payloadBytesMax } from '../../aws/limits.ts'
import { type Body, bytesBody } from '../../base/body.ts'
import { findLastField } from '../../base/header-fields.ts'
import type { ContentCoding } from '../../ports/content-coder.ts'
import type { Call } from '../call.ts'
import { GatewayError } from '../gateway-error.ts'
import type { Gateway } from '../gateway.ts'
import type { MethodRequest } from '../messages.ts'

/** Up to this size content is decoded before the endpoint is called; of more, what comes behind is not. */
const aheadBytesMax = 65_536

/**
 * The request with its content decompressed, whatever `minimumCompressionSize` says. A promise only for
 * content that is coded.
 *
 * @throws {GatewayError} UNSUPPORTED_MEDIA_TYPE for a coding that is neither gzip, deflate nor identity. What
 * is not in the coding that it names ends in the same way, here or where the rest of it is read; what is
 * longer than 10 MB decompressed as REQUEST_TOO_LARGE.
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-make-request-with-compressed-payload.html
 * Chosen: docs/decisions/0017-compressed-content.md (the place in the order, the bound)
 */
export function decodeContent(
  call: Call,
  gateway: Gateway,
): MethodRequest | Promise<MethodRequest> {
  const { headers, body } = call.incoming
  if (body.byteLength === 0) return call.incoming
  const field = findLastField(headers, 'content-encoding')
  if (field === undefined) return call.incoming
  const coding = codingOf(field)
  if (coding === undefined) return call.incoming
  const decoded = gateway.contentCoder.decode(body, coding, payloadBytesMax)
  return beginOf(decoded).then((content) => ({ headers, body: content }))
}

/** Undefined: the content is not coded. */
function codingOf(field: string): ContentCoding | undefined {
  const coding = field.trim().toLowerCase()
  if (coding === 'gzip' || coding === 'deflate') return coding
  if (coding === '' || coding === 'identity') return undefined
  throw new GatewayError('UNSUPPORTED_MEDIA_TYPE', {
    detail: `Content-Encoding ${field} is not supported`,
  })
}

/** Content that is short is known to be good, and its length with it, before anybody is called. */
async function beginOf(decoded: Body): Promise<Body> {
  const begin = await decoded.peek(aheadBytesMax + 1)
  return begin.length > aheadBytesMax ? decoded : bytesBody(begin)
}
