import { payloadBytesMax } from '../../aws/limits.ts'
import { readBase64, writeBase64 } from '../../base/base64.ts'
import { type Body, bytesBody, textBody } from '../../base/body.ts'
import { findLastField, type HeaderFields } from '../../base/header-fields.ts'
import type { MediaRanges } from '../../engines/media-ranges.ts'
import type { ContentHandling } from '../../snapshot/definition.ts'
import { GatewayError } from '../gateway-error.ts'
import { type ContentHolder, readContent } from '../read-content.ts'
import { mediaTypeOf } from './template-choice.ts'

/** Content on its way through an integration that is no proxy. */
export type Content =
  /** `bytes`: the text's own, when it is what came. */
  | { readonly kind: 'text'; readonly text: string; readonly bytes: Uint8Array | undefined }
  | { readonly kind: 'binary'; readonly bytes: Uint8Array }

/** What content is, and what it has to become. */
export interface ContentConversion {
  readonly isBinary: boolean
  readonly becomesBinary: boolean
}

const noBytes = new Uint8Array(0)
const decoder = new TextDecoder()

/** Text that stays text. */
export const noConversion: ContentConversion = Object.freeze({
  isBinary: false,
  becomesBinary: false,
})

/**
 * How the content of a request is converted: content of a binary media type stays binary, other content text,
 * unless `contentHandling` says what it becomes.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings-workflow.html
 * Observed: cases/rest/binary
 */
export function requestConversion(
  headers: HeaderFields,
  binaryMediaTypes: MediaRanges | undefined,
  contentHandling: ContentHandling | undefined,
): ContentConversion {
  const isBinary = isBinaryType(headers, binaryMediaTypes)
  return conversion(isBinary, isBinary, contentHandling)
}

/**
 * The same of an endpoint's answer: without `contentHandling` it becomes what the client accepts, by the first
 * type of its Accept alone.
 */
export function responseConversion(
  response: { readonly headers: HeaderFields; readonly requestHeaders: HeaderFields },
  binaryMediaTypes: MediaRanges | undefined,
  contentHandling: ContentHandling | undefined,
): ContentConversion {
  const isBinary = isBinaryType(response.headers, binaryMediaTypes)
  const isAccepted = acceptsBinary(response.requestHeaders, binaryMediaTypes)
  return conversion(isBinary, isAccepted, contentHandling)
}

/** True when the first type that a client accepts is a binary media type. */
export function acceptsBinary(
  requestHeaders: HeaderFields,
  binaryMediaTypes: MediaRanges | undefined,
): boolean {
  if (binaryMediaTypes === undefined) return false
  const accept = findLastField(requestHeaders, 'accept') ?? ''
  return binaryMediaTypes.match(mediaTypeOf(accept.split(',', 1)[0] ?? ''))
}

/** True when the content of a message is of a binary media type. */
export function isBinaryType(
  headers: HeaderFields,
  binaryMediaTypes: MediaRanges | undefined,
): boolean {
  if (binaryMediaTypes === undefined) return false
  return binaryMediaTypes.match(mediaTypeOf(findLastField(headers, 'content-type') ?? ''))
}

function conversion(
  isBinary: boolean,
  isWantedBinary: boolean,
  contentHandling: ContentHandling | undefined,
): ContentConversion {
  const becomesBinary =
    contentHandling === undefined ? isWantedBinary : contentHandling === 'CONVERT_TO_BINARY'
  return isBinary || becomesBinary ? { isBinary, becomesBinary } : noConversion
}

/**
 * Content, converted. Text that is no UTF-8 is lost where it is none, as on AWS.
 *
 * @throws {GatewayError} API_CONFIGURATION_ERROR for text that is no base64 and has to become binary.
 */
export function convertContent(bytes: Uint8Array, conversion: ContentConversion): Content {
  const { isBinary, becomesBinary } = conversion
  if (isBinary) {
    return becomesBinary
      ? { kind: 'binary', bytes }
      : { kind: 'text', text: writeBase64(bytes), bytes: undefined }
  }
  const text = decoder.decode(bytes)
  if (!becomesBinary) return { kind: 'text', text, bytes: isLost(text) ? undefined : bytes }
  const decoded = readBase64(withoutQuotes(text))
  if (decoded !== undefined) return { kind: 'binary', bytes: decoded }
  throw new GatewayError('API_CONFIGURATION_ERROR', {
    detail: 'Execution failed due to configuration error: Unable to base64 decode the body.',
  })
}

/** True for a text in which something may stand for what was no UTF-8. */
function isLost(text: string): boolean {
  return text.includes('\uFFFD')
}

/** A function gives base64 as a text of JSON. */
function withoutQuotes(text: string): string {
  return text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text
}

/** Content as a body to send. */
export function contentBody(content: Content): Body {
  if (content.kind === 'binary') return bytesBody(content.bytes)
  return content.bytes === undefined ? textBody(content.text) : bytesBody(content.bytes)
}

/** What a function of a body's bytes comes to: at once when the body is in memory, else a promise. `holder` accounts for what is read. */
export function withBytes<Result>(
  holder: ContentHolder,
  body: Body,
  use: (bytes: Uint8Array) => Result | Promise<Result>,
): Result | Promise<Result> {
  if (body.byteLength === 0) return use(noBytes)
  const { bytes } = body
  if (bytes !== undefined && bytes.length <= payloadBytesMax) return use(bytes)
  return readContent(holder, body).then(use)
}
