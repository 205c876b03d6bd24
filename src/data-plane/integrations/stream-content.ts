import { BodyAbortedError } from '../../base/body.ts'
import type { TimedPieces } from './timed-pieces.ts'

/** What is known of a content, and who is told when it breaks off. */
export interface ContentTerms {
  /** Undefined: nobody declared it. */
  readonly byteLength: number | undefined
  readonly noteBreak: (error: unknown) => void
}

type Piece = IteratorResult<Uint8Array, undefined>

/**
 * The content behind a head, which came with the first of it. One whose length is declared breaks off when it
 * proves another: what the client was told cannot be taken back.
 */
export class StreamContent implements AsyncIterableIterator<Uint8Array, undefined> {
  readonly #pieces: TimedPieces
  readonly #terms: ContentTerms
  #first: Uint8Array | undefined
  #bytesCount = 0

  constructor(first: Uint8Array, pieces: TimedPieces, terms: ContentTerms) {
    this.#first = first.length === 0 ? undefined : first
    this.#pieces = pieces
    this.#terms = terms
  }

  async next(): Promise<Piece> {
    try {
      const piece = await this.#take()
      this.#count(piece)
      return piece
    } catch (error) {
      void this.#pieces.return()
      this.#terms.noteBreak(error)
      throw error
    }
  }

  #take(): Piece | Promise<Piece> {
    const value = this.#first
    this.#first = undefined
    return value === undefined ? this.#pieces.next() : { done: false, value }
  }

  #count({ done, value }: Piece): void {
    const { byteLength } = this.#terms
    if (done !== true) this.#bytesCount += value.length
    if (byteLength === undefined) return
    const fits = done === true ? this.#bytesCount === byteLength : this.#bytesCount <= byteLength
    if (fits) return
    throw new BodyAbortedError(`the content is not of the ${byteLength} bytes that were declared`)
  }

  return(): Promise<Piece> {
    return this.#pieces.return()
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}
