import { isContentByte, isTokenByte, ResponseSyntaxError } from './response-head.ts'

const CR = 13
const LF = 10
const COLON = 58
const SEMICOLON = 59

/** Hexadecimal digits of a chunk's size: under 4 GiB a chunk. */
const sizeDigitsMax = 8
/** Bytes of the extensions of one chunk. */
const extensionBytesMax = 4096
/** Bytes of all trailer fields together. */
const trailerBytesMax = 16_384

type State =
  | 'size'
  | 'extension'
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
 * Sizes are at most eight hexadecimal digits; extensions are skipped, 4 KB a chunk; trailer fields are
 * checked, at most 16 KB, and dropped. White space after a size, bare CR or LF and a missing line end
 * throw {@link ResponseSyntaxError}.
 */
export class ChunkedDecoder {
  #state: State = 'size'
  #digitsCount = 0
  #remaining = 0
  #skippedBytes = 0

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
      case 'extension':
        if (byte === CR) this.#state = 'size-lf'
        else this.#skip(byte, extensionBytesMax, 'chunk extensions')
        return
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
      default:
        this.#takeTrailerByte(byte)
    }
  }

  #takeSizeByte(byte: number): void {
    const digit = hexDigit(byte)
    if (digit === -1) {
      if (this.#digitsCount === 0) throw new ResponseSyntaxError('a chunk without a size')
      if (byte === CR) this.#state = 'size-lf'
      else if (byte === SEMICOLON) this.#state = 'extension'
      else throw new ResponseSyntaxError('a chunk size that is not hexadecimal')
      return
    }
    this.#digitsCount += 1
    if (this.#digitsCount > sizeDigitsMax) throw new ResponseSyntaxError('a chunk size too large')
    this.#remaining = this.#remaining * 16 + digit
  }

  #takeTrailerByte(byte: number): void {
    switch (this.#state) {
      case 'trailer-start':
        if (byte === CR) this.#state = 'last-lf'
        else {
          if (!isTokenByte(byte)) throw new ResponseSyntaxError('malformed trailer field')
          this.#skip(byte, trailerBytesMax, 'trailer fields')
          this.#state = 'trailer-name'
        }
        return
      case 'trailer-name':
        if (byte === COLON) this.#state = 'trailer-value'
        else if (!isTokenByte(byte)) throw new ResponseSyntaxError('malformed trailer field')
        this.#skip(byte, trailerBytesMax, 'trailer fields')
        return
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

  #skip(byte: number, bytesMax: number, what: string): void {
    if (!isContentByte(byte)) throw new ResponseSyntaxError(`illegal byte ${byte} in ${what}`)
    this.#skippedBytes += 1
    if (this.#skippedBytes > bytesMax) {
      throw new ResponseSyntaxError(`more than ${bytesMax} bytes of ${what}`)
    }
  }
}

function expectByte(byte: number, expected: number, after: string): void {
  if (byte !== expected) throw new ResponseSyntaxError(`no line end after ${after}`)
}

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48
  const lower = byte | 32
  return lower >= 97 && lower <= 102 ? lower - 87 : -1
}
