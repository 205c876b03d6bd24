import { isFieldName, type HeaderFields } from '../../base/header-fields.ts'

/** The bytes of an upstream are not an HTTP/1.1 response. The message is for the operator. */
export class ResponseSyntaxError extends Error {
  override readonly name = 'ResponseSyntaxError'
}

/** How the end of a body is found: `none` has no body, `close` ends with the connection. */
export type BodyFraming = 'none' | 'length' | 'chunked' | 'close'

/** A response's status line and fields, and what they say about the bytes that follow. */
export interface ResponseHead {
  /** 100 to 999. */
  readonly status: number
  /** As received, framing fields included. */
  readonly headers: HeaderFields
  /** Offset of the first byte after the head. */
  readonly end: number
  readonly framing: BodyFraming
  /** Bytes of the body when `framing` is `length`, otherwise 0. */
  readonly contentLength: number
  /** False when the connection ends with this response. */
  readonly keepAlive: boolean
  /** Seconds of the `Keep-Alive: timeout` hint; undefined without one. */
  readonly keepAliveSeconds: number | undefined
}

export interface ResponseHeadLimits {
  /** From the first byte of the status line to the empty line. */
  readonly headBytesMax: number
  readonly fieldsMax: number
}

/** 64 KB and 2,000 fields: more than any server's own default, and bounded. */
export const defaultResponseHeadLimits: ResponseHeadLimits = Object.freeze({
  headBytesMax: 65_536,
  fieldsMax: 2000,
})

const CR = 13
const LF = 10
const SP = 32
const HTAB = 9
const COLON = 58

/** Byte classes of RFC 9110 section 5: 1 = token character, 2 = field content, 3 = both. */
const TOKEN = 1
const CONTENT = 2
const byteClass = buildByteClasses()

function buildByteClasses(): Uint8Array {
  const classes = new Uint8Array(256)
  for (let byte = 0; byte < 256; byte += 1) {
    const isContent = byte === HTAB || (byte >= SP && byte !== 127)
    if (isContent) classes[byte] = CONTENT
  }
  for (const character of "!#$%&'*+-.^_`|~") classes[character.charCodeAt(0)] = TOKEN | CONTENT
  for (let byte = 48; byte < 58; byte += 1) classes[byte] = TOKEN | CONTENT
  for (let byte = 65; byte < 91; byte += 1) {
    classes[byte] = TOKEN | CONTENT
    classes[byte + 32] = TOKEN | CONTENT
  }
  return classes
}

/** True for a byte that a field name may hold. */
export function isTokenByte(byte: number): boolean {
  return ((byteClass[byte] ?? 0) & TOKEN) !== 0
}

/** True for a byte that a field value may hold: no CR, LF, NUL or other control but HTAB. */
export function isContentByte(byte: number): boolean {
  return ((byteClass[byte] ?? 0) & CONTENT) !== 0
}

/** Reads the head that begins at `start`; undefined while `end` comes before its empty line. */
export type ResponseHeadParser = (
  bytes: Buffer,
  start: number,
  end: number,
) => ResponseHead | undefined

/**
 * Makes a strict parser of response heads.
 *
 * Refused: anything but HTTP/1.0 and HTTP/1.1, a status that is not three digits, a name that is not a
 * token, white space around a name, folded lines, bare CR or LF, NUL and other controls, more bytes or
 * fields than the limits, Content-Length values that differ or are no number, Content-Length beside
 * Transfer-Encoding, and any transfer coding but one `chunked`. The space after the status may be
 * missing when there is no reason either, which several servers do and which nothing can exploit.
 *
 * The returned function throws {@link ResponseSyntaxError}. Cost: one pass over the bytes, one string
 * for the whole head of which names and values are slices.
 */
export function createResponseHeadParser(limits: ResponseHeadLimits): ResponseHeadParser {
  // Four offsets a field: begin and end of its name and of its value.
  const offsets = new Int32Array(limits.fieldsMax * 4)

  return (bytes, start, end) => {
    const lineEnd = scanStatusLine(bytes, start, end)
    if (lineEnd === -1) return refuseLongHead(start, end, limits)
    let fieldsCount = 0
    let position = lineEnd
    for (;;) {
      if (position + 2 > end) return refuseLongHead(start, end, limits)
      if (bytes[position] === CR) {
        if (bytes[position + 1] !== LF) throw new ResponseSyntaxError('bare CR in the head')
        break
      }
      if (fieldsCount === limits.fieldsMax) {
        throw new ResponseSyntaxError(`more than ${limits.fieldsMax} header fields`)
      }
      position = scanField(bytes, position, end, offsets, fieldsCount * 4)
      if (position === -1) return refuseLongHead(start, end, limits)
      fieldsCount += 1
    }
    const headEnd = position + 2
    refuseLongHead(start, headEnd, limits)
    return readHead(bytes, { start, headEnd, offsets, fieldsCount })
  }
}

function refuseLongHead(start: number, end: number, limits: ResponseHeadLimits): undefined {
  if (end - start > limits.headBytesMax) {
    throw new ResponseSyntaxError(`the head is longer than ${limits.headBytesMax} bytes`)
  }
  return undefined
}

const protocolBytes = [72, 84, 84, 80, 47, 49, 46] // HTTP/1.

/** Offset after the status line, -1 while it is incomplete. */
function scanStatusLine(bytes: Buffer, start: number, end: number): number {
  refuseOtherProtocol(bytes, start, end)
  if (end - start < 13) return -1
  if (bytes[start + 8] !== SP) throw new ResponseSyntaxError('malformed status line')
  for (let i = start + 9; i < start + 12; i += 1) {
    const byte = bytes[i] ?? 0
    if (byte < 48 || byte > 57) throw new ResponseSyntaxError('the status is not three digits')
  }
  if (bytes[start + 9] === 48) throw new ResponseSyntaxError('the status is below 100')
  let position = start + 12
  if (bytes[position] !== SP && bytes[position] !== CR) {
    throw new ResponseSyntaxError('malformed status line')
  }
  while (position < end && isContentByte(bytes[position] ?? 0)) position += 1
  return scanLineEnd(bytes, position, end)
}

/** Says at once that something else than HTTP/1 speaks, however few bytes have come. */
export function refuseOtherProtocol(bytes: Buffer, start: number, end: number): void {
  const known = Math.min(end - start, protocolBytes.length)
  for (let i = 0; i < known; i += 1) {
    if (bytes[start + i] !== protocolBytes[i]) {
      throw new ResponseSyntaxError('the answer does not begin with HTTP/1.')
    }
  }
  if (end - start <= 7) return
  const minor = bytes[start + 7]
  if (minor !== 48 && minor !== 49) {
    throw new ResponseSyntaxError('the version is neither HTTP/1.0 nor HTTP/1.1')
  }
}

/** Offset after the CR LF at `position`, -1 when it has not come yet. */
function scanLineEnd(bytes: Buffer, position: number, end: number): number {
  if (position >= end) return -1
  if (bytes[position] !== CR) {
    throw new ResponseSyntaxError(`illegal byte ${bytes[position]} in the head`)
  }
  if (position + 1 >= end) return -1
  if (bytes[position + 1] !== LF) throw new ResponseSyntaxError('bare CR in the head')
  return position + 2
}

/** Notes the four offsets of a field; gives the offset of the next line, -1 while it is incomplete. */
function scanField(
  bytes: Buffer,
  start: number,
  end: number,
  offsets: Int32Array,
  slot: number,
): number {
  let position = start
  while (position < end && ((byteClass[bytes[position] ?? 0] ?? 0) & TOKEN) !== 0) position += 1
  if (position >= end) return -1
  if (bytes[position] !== COLON || position === start) {
    throw new ResponseSyntaxError('malformed header field')
  }
  offsets[slot] = start
  offsets[slot + 1] = position
  position += 1
  while (position < end && (bytes[position] === SP || bytes[position] === HTAB)) position += 1
  offsets[slot + 2] = position
  while (position < end && ((byteClass[bytes[position] ?? 0] ?? 0) & CONTENT) !== 0) position += 1
  const next = scanLineEnd(bytes, position, end)
  if (next === -1) return -1
  const valueStart = offsets[slot + 2] ?? 0
  while (position > valueStart && isBlank(bytes[position - 1])) position -= 1
  offsets[slot + 3] = position
  return next
}

function isBlank(byte: number | undefined): boolean {
  return byte === SP || byte === HTAB
}

interface ScannedHead {
  readonly start: number
  readonly headEnd: number
  readonly offsets: Int32Array
  readonly fieldsCount: number
}

function readHead(
  bytes: Buffer,
  { start, headEnd, offsets, fieldsCount }: ScannedHead,
): ResponseHead {
  const text = bytes.toString('latin1', start, headEnd)
  const framing = new FramingFields()
  const headers: string[] = []
  for (let slot = 0; slot < fieldsCount * 4; slot += 4) {
    const name = text.slice((offsets[slot] ?? 0) - start, (offsets[slot + 1] ?? 0) - start)
    const value = text.slice((offsets[slot + 2] ?? 0) - start, (offsets[slot + 3] ?? 0) - start)
    headers.push(name, value)
    const length = name.length
    if (length === 14 || length === 17 || length === 10) framing.note(name, value)
    if (length === 17 && isFieldName(name, 'transfer-encoding')) {
      refuseTabAfter(text, (offsets[slot + 3] ?? 0) - start)
    }
  }
  const isOld = bytes[start + 7] === 48
  if (isOld && framing.isChunked) {
    throw new ResponseSyntaxError('Transfer-Encoding in an HTTP/1.0 response')
  }
  const { isChunked, contentLength } = framing
  return {
    status:
      digitAt(bytes, start + 9) * 100 +
      digitAt(bytes, start + 10) * 10 +
      digitAt(bytes, start + 11),
    headers,
    end: headEnd,
    framing: isChunked ? 'chunked' : contentLength === undefined ? 'close' : 'length',
    contentLength: contentLength ?? 0,
    keepAlive: !isOld && !framing.isClosing,
    keepAliveSeconds: framing.keepAliveSeconds,
  }
}

// White space by the standard, but parsers in wide use read another coding there and look for its end.
function refuseTabAfter(text: string, valueEnd: number): void {
  const blanks = text.slice(valueEnd, text.indexOf('\r', valueEnd))
  if (blanks.includes('\t')) throw new ResponseSyntaxError('a tab after the transfer coding')
}

function digitAt(bytes: Buffer, offset: number): number {
  return (bytes[offset] ?? 48) - 48
}

const contentLengthPattern = /^[0-9]{1,15}$/
const closePattern = /(?:^|,)[ \t]*close[ \t]*(?:,|$)/i
const keepAliveTimeoutPattern = /(?:^|[,;])[ \t]*timeout[ \t]*=[ \t]*"?([0-9]{1,6})/i

/** The fields of a head that decide about framing and reuse, gathered in the order they come. */
class FramingFields {
  contentLength: number | undefined
  isChunked = false
  isClosing = false
  keepAliveSeconds: number | undefined

  note(name: string, value: string): void {
    const lower = name.toLowerCase()
    if (lower === 'content-length') this.#noteContentLength(value)
    else if (lower === 'transfer-encoding') this.#noteTransferEncoding(value)
    else if (lower === 'connection') this.isClosing ||= closePattern.test(value)
    else if (lower === 'keep-alive') {
      const seconds = keepAliveTimeoutPattern.exec(value)?.[1]
      if (seconds !== undefined) this.keepAliveSeconds = Number(seconds)
    }
  }

  #noteContentLength(value: string): void {
    if (!contentLengthPattern.test(value)) {
      throw new ResponseSyntaxError('Content-Length is not a number')
    }
    const contentLength = Number(value)
    if (this.contentLength !== undefined && this.contentLength !== contentLength) {
      throw new ResponseSyntaxError('Content-Length is given twice and differs')
    }
    if (this.isChunked) throw new ResponseSyntaxError('Content-Length beside Transfer-Encoding')
    this.contentLength = contentLength
  }

  #noteTransferEncoding(value: string): void {
    if (this.isChunked || value.toLowerCase() !== 'chunked') {
      throw new ResponseSyntaxError('a transfer coding other than chunked')
    }
    if (this.contentLength !== undefined) {
      throw new ResponseSyntaxError('Content-Length beside Transfer-Encoding')
    }
    this.isChunked = true
  }
}
