import { isContentByte, isTokenByte, ResponseSyntaxError } from './response-head.ts'

const CR = 13
const LF = 10
const COLON = 58
const SEMICOLON = 59
const EQUALS = 61
const QUOTE = 34
const BACKSLASH = 92

/** Hexadecimal digits of a chunk's size: under 4 GiB a chunk. */
const sizeDigitsMax = 8
/** Bytes of the extensions of one chunk. */
const extensionBytesMax = 4096
/** Bytes of all trailer fields together. */
const trailerBytesMax = 16_384

type State =
  | 'size'
  | 'extension-start'
  | 'extension-name'
  | 'extension-value-start'
  | 'extension-value'
  | 'extension-quoted'
  | 'extension-escaped'
  | 'extension-end'
  | 'size-lf'
  | 'content'
  | 'content-cr'
  | 'content-lf'
  | 'trailer-start'
  | 'trailer-name'
  | 'trailer-value'
  | 'trailer-lf'
  | 'last-lf'
  | 'done'

/**
 * Takes the chunked transfer coding off a body, byte-exact at any split.
 *
 * Sizes are at most eight hexadecimal digits; extensions (names, with a token or a quoted text as value)
 * are checked and dropped, 4 KB a chunk; so are trailer fields, 16 KB in all, and a framing field among
 * them is refused. White space after a size, bare CR or LF and a missing line end throw
 * {@link ResponseSyntaxError}.
 */
export class ChunkedDecoder {
  #state: State = 'size'
  #digitsCount = 0
  #remaining = 0
  #skippedBytes = 0
  #trailerName = ''

  /** True once the empty line after the last chunk has been read. */
  get isDone(): boolean {
    return this.#state === 'done'
  }

  /** Makes the decoder ready for another body. */
  reset(): void {
    this.#state = 'size'
    this.#digitsCount = 0
    this.#remaining = 0
    this.#skippedBytes = 0
  }

  /**
   * Decodes from `start` until the body is done or `end` is reached; gives the offset after the last
   * byte it took. `onContent` is told where content lies in `bytes`.
   */
  decode(
    bytes: Buffer,
    start: number,
    end: number,
    onContent: (bytes: Buffer, start: number, end: number) => void,
  ): number {
    let position = start
    while (position < end && this.#state !== 'done') {
      if (this.#state === 'content') {
        const pieceEnd = Math.min(end, position + this.#remaining)
        onContent(bytes, position, pieceEnd)
        this.#remaining -= pieceEnd - position
        if (this.#remaining === 0) this.#state = 'content-cr'
        position = pieceEnd
      } else {
        this.#takeByte(bytes[position] ?? 0)
        position += 1
      }
    }
    return position
  }

  #takeByte(byte: number): void {
    switch (this.#state) {
      case 'size':
        return this.#takeSizeByte(byte)
      case 'size-lf':
        expectByte(byte, LF, 'a chunk size')
        this.#skippedBytes = 0
        this.#state = this.#remaining === 0 ? 'trailer-start' : 'content'
        return
      case 'content-cr':
        expectByte(byte, CR, 'a chunk')
        this.#state = 'content-lf'
        return
      case 'content-lf':
        expectByte(byte, LF, 'a chunk')
        this.#digitsCount = 0
        this.#state = 'size'
        return
      case 'content':
      case 'done':
        return
      case 'trailer-start':
      case 'trailer-name':
      case 'trailer-value':
      case 'trailer-lf':
      case 'last-lf':
        return this.#takeTrailerByte(byte)
      default:
        return this.#takeExtensionByte(byte)
    }
  }

  #takeSizeByte(byte: number): void {
    const digit = hexDigit(byte)
    if (digit === -1) {
      if (this.#digitsCount === 0) throw new ResponseSyntaxError('a chunk without a size')
      if (byte === CR) this.#state = 'size-lf'
      else if (byte === SEMICOLON) this.#state = 'extension-start'
      else throw new ResponseSyntaxError('a chunk size that is not hexadecimal')
      return
    }
    this.#digitsCount += 1
    if (this.#digitsCount > sizeDigitsMax) throw new ResponseSyntaxError('a chunk size too large')
    this.#remaining = this.#remaining * 16 + digit
  }

  #takeExtensionByte(byte: number): void {
    if (this.#state === 'extension-quoted' || this.#state === 'extension-escaped') {
      this.#skip(byte, extensionBytesMax, 'chunk extensions')
      if (this.#state === 'extension-escaped') this.#state = 'extension-quoted'
      else if (byte === BACKSLASH) this.#state = 'extension-escaped'
      else if (byte === QUOTE) this.#state = 'extension-end'
      return
    }
    const isEmpty = this.#state === 'extension-start' || this.#state === 'extension-value-start'
    if (byte === CR && !isEmpty) this.#state = 'size-lf'
    else {
      this.#skip(byte, extensionBytesMax, 'chunk extensions')
      this.#state = afterExtensionByte(this.#state, byte)
    }
  }

  #takeTrailerByte(byte: number): void {
    switch (this.#state) {
      case 'trailer-start':
        if (byte === CR) this.#state = 'last-lf'
        else {
          this.#trailerName = ''
          this.#state = 'trailer-name'
          this.#takeTrailerNameByte(byte)
        }
        return
      case 'trailer-name':
        return this.#takeTrailerNameByte(byte)
      case 'trailer-value':
        if (byte === CR) this.#state = 'trailer-lf'
        else this.#skip(byte, trailerBytesMax, 'trailer fields')
        return
      case 'trailer-lf':
        expectByte(byte, LF, 'a trailer field')
        this.#state = 'trailer-start'
        return
      default:
        expectByte(byte, LF, 'the last chunk')
        this.#state = 'done'
    }
  }

  #takeTrailerNameByte(byte: number): void {
    this.#skip(byte, trailerBytesMax, 'trailer fields')
    if (isTokenByte(byte)) {
      this.#trailerName += String.fromCharCode(byte)
      return
    }
    const name = this.#trailerName.toLowerCase()
    if (byte !== COLON || name === '') throw new ResponseSyntaxError('malformed trailer field')
    if (name === 'content-length' || name === 'transfer-encoding') {
      throw new ResponseSyntaxError(`${name} after the content`)
    }
    this.#state = 'trailer-value'
  }

  #skip(byte: number, bytesMax: number, what: string): void {
    if (!isContentByte(byte)) throw new ResponseSyntaxError(`illegal byte ${byte} in ${what}`)
    this.#skippedBytes += 1
    if (this.#skippedBytes > bytesMax) {
      throw new ResponseSyntaxError(`more than ${bytesMax} bytes of ${what}`)
    }
  }
}

/** The state after a byte outside quotes, where a name or a value has to begin, goes on or ends. */
function afterExtensionByte(state: State, byte: number): State {
  const isToken = isTokenByte(byte)
  switch (state) {
    case 'extension-start':
      if (isToken) return 'extension-name'
      break
    case 'extension-value-start':
      if (byte === QUOTE) return 'extension-quoted'
      if (isToken) return 'extension-value'
      break
    default:
      if (byte === SEMICOLON) return 'extension-start'
      if (byte === EQUALS && state === 'extension-name') return 'extension-value-start'
      if (isToken && state !== 'extension-end') return state
  }
  throw new ResponseSyntaxError('malformed chunk extension')
}

function expectByte(byte: number, expected: number, after: string): void {
  if (byte !== expected) throw new ResponseSyntaxError(`no line end after ${after}`)
}

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48
  const lower = byte | 32
  return lower >= 97 && lower <= 102 ? lower - 87 : -1
}
