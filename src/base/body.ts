import { InvariantError } from './invariant.ts'

/** A body is longer than the reader accepts. The rest of it has been discarded. */
export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError'
  readonly bytesMax: number

  constructor(bytesMax: number) {
    super(`body is longer than ${bytesMax} bytes`)
    this.bytesMax = bytesMax
  }
}

/** A body broke off before its end: the peer went away or broke the protocol. */
export class BodyAbortedError extends Error {
  override readonly name: string = 'BodyAbortedError'
}

/** A body broke off because the time for it was over. */
export class BodyTimedOutError extends BodyAbortedError {
  override readonly name = 'BodyTimedOutError'
}

/**
 * The content of a message, on its way through.
 *
 * A body is consumed once: by `stream`, by `readAll` or by `discard`. `peek` may come before any of
 * them and takes nothing away. So a phase that inspects, signs or validates does not care whether the
 * content has arrived, and one that only forwards never holds it in memory.
 */
export interface Body {
  /** Length in bytes when the sender declared it; undefined for chunked content. */
  readonly byteLength: number | undefined
  /** The whole content when it is in memory already: the fast path that waits for nothing. */
  readonly bytes: Uint8Array | undefined
  /** The first `bytesMax` bytes, or all when there are fewer. */
  peek(bytesMax: number): Promise<Uint8Array>
  /** @throws {BodyTooLargeError} @throws {BodyAbortedError} */
  readAll(bytesMax: number): Promise<Uint8Array>
  /** The content in pieces; taking the next piece is the back-pressure. @throws {BodyAbortedError} */
  stream(): AsyncIterable<Uint8Array>
  /** Nobody wants it: the source is told to stop. Does nothing on a body already consumed. */
  discard(): void
  /**
   * Gives the memory of a piece of `stream` back, for whoever has sent it and will not look at it again.
   * Undefined: somebody else may. Nobody has to: what is not given back is collected, which costs more.
   */
  readonly release?: ((piece: Uint8Array) => void) | undefined
}

const noBytes = new Uint8Array(0)

/** A body whose content is in memory. */
export function bytesBody(bytes: Uint8Array): Body {
  return {
    byteLength: bytes.length,
    bytes,
    peek: (bytesMax) => Promise.resolve(bytes.subarray(0, bytesMax)),
    readAll: (bytesMax) =>
      bytes.length > bytesMax
        ? Promise.reject(new BodyTooLargeError(bytesMax))
        : Promise.resolve(bytes),
    stream: () => singlePiece(bytes),
    discard: () => {},
  }
}

const encoder = new TextEncoder()

/** A body of UTF-8 text. */
export function textBody(text: string): Body {
  return bytesBody(encoder.encode(text))
}

/** The body of a message that has none. */
export const emptyBody: Body = Object.freeze(bytesBody(noBytes))

/**
 * A body that arrives in pieces.
 *
 * `byteLength` is what the sender declared (undefined: chunked). `discard` on the returned body calls
 * the source iterator's `return`, which must release the source. A source that keeps no piece that it has
 * given may offer `release`, as a rule {@link freePiece}.
 */
export function streamBody(
  source: AsyncIterable<Uint8Array>,
  byteLength: number | undefined,
  release?: (piece: Uint8Array) => void,
): Body {
  return new StreamedBody(source, byteLength, release)
}

/** Below this size an array shares its memory with others, or is not worth the call. */
const freedBytesMin = 4096

/**
 * Frees the memory of an array that nobody will look at again; whoever does finds it empty. Does nothing
 * for an array that is only a part of its buffer.
 *
 * Pieces that wait for the garbage collector make it mark the whole heap again and again: a third of what
 * passing 1 MB on costs. Measured: docs/performance.md
 */
export function freePiece({ buffer, byteLength }: Uint8Array): void {
  if (byteLength < freedBytesMin || byteLength !== buffer.byteLength) return
  if (buffer instanceof ArrayBuffer) buffer.transfer(0)
}

class StreamedBody implements Body {
  readonly byteLength: number | undefined
  readonly bytes = undefined
  readonly #source: AsyncIterator<Uint8Array>
  #peeked: Uint8Array[] = []
  #ended = false
  #consumed = false
  release: ((piece: Uint8Array) => void) | undefined

  constructor(
    source: AsyncIterable<Uint8Array>,
    byteLength: number | undefined,
    release: ((piece: Uint8Array) => void) | undefined,
  ) {
    this.byteLength = byteLength
    this.release = release
    this.#source = source[Symbol.asyncIterator]()
  }

  async peek(bytesMax: number): Promise<Uint8Array> {
    if (this.#consumed) throw new InvariantError('peek at a body that was consumed')
    let bytesCount = this.#peeked.reduce((sum, piece) => sum + piece.length, 0)
    while (bytesCount < bytesMax && !this.#ended) {
      const next = await this.#source.next()
      if (next.done === true) this.#ended = true
      else {
        this.#peeked.push(next.value)
        bytesCount += next.value.length
      }
    }
    // Whoever has peeked may look at it for as long as they like: of several pieces it is a copy.
    if (this.#peeked.length === 1) this.release = undefined
    return concatBytes(this.#peeked).subarray(0, bytesMax)
  }

  async readAll(bytesMax: number): Promise<Uint8Array> {
    if (this.byteLength !== undefined && this.byteLength > bytesMax) {
      this.discard()
      throw new BodyTooLargeError(bytesMax)
    }
    if (this.#consumed) throw new InvariantError('a body is consumed once')
    this.#consumed = true
    // Not by `stream()`: each piece would pass through a generator, and wait for it.
    const pieces = this.#peeked
    this.#peeked = []
    let bytesCount = pieces.reduce((sum, piece) => sum + piece.length, 0)
    try {
      while (!this.#ended && bytesCount <= bytesMax) {
        const next = await this.#source.next()
        if (next.done === true) this.#ended = true
        else {
          pieces.push(next.value)
          bytesCount += next.value.length
        }
      }
    } finally {
      if (!this.#ended) await this.#source.return?.()
    }
    if (bytesCount > bytesMax) throw new BodyTooLargeError(bytesMax)
    return concatBytes(pieces)
  }

  async *stream(): AsyncGenerator<Uint8Array> {
    if (this.#consumed) throw new InvariantError('a body is consumed once')
    this.#consumed = true
    try {
      yield* this.#peeked
      this.#peeked = []
      while (!this.#ended) {
        const next = await this.#source.next()
        if (next.done === true) this.#ended = true
        else yield next.value
      }
    } finally {
      if (!this.#ended) await this.#source.return?.()
    }
  }

  discard(): void {
    if (this.#consumed) return
    this.#consumed = true
    this.#peeked = []
    // A source that fails while it is told to stop has nobody left to tell.
    if (!this.#ended) void Promise.resolve(this.#source.return?.()).catch(() => {})
  }
}

async function* singlePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield bytes
}

/** One array with the content of all. */
export function concatBytes(pieces: readonly Uint8Array[]): Uint8Array {
  if (pieces.length === 1 && pieces[0] !== undefined) return pieces[0]
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
  let offset = 0
  for (const piece of pieces) {
    whole.set(piece, offset)
    offset += piece.length
  }
  return whole
}
