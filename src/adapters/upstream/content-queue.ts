import type { BodyAbortedError } from '../../base/body.ts'
import { invariant } from '../../base/invariant.ts'

/** The connection behind a {@link ContentQueue}. */
export interface ContentSource {
  /** Enough is buffered: stop reading. */
  pauseContent(): void
  /** The buffer is empty and somebody waits: read on. */
  resumeContent(): void
  /** Nobody wants the rest. */
  abandonContent(): void
}

/** Bytes that a response may lie buffered before its connection stops reading. */
const bufferedBytesMax = 65_536

interface Waiting {
  readonly resolve: (result: IteratorResult<Uint8Array>) => void
  readonly reject: (error: Error) => void
}

const ended: IteratorResult<Uint8Array> = Object.freeze({ done: true, value: undefined })

/**
 * The content of a response between the connection that receives it and the reader that pulls it.
 *
 * Bounded: at 64 KB (and what one read brings) the source is paused until the reader has taken all.
 * A reader that stops early makes the source abandon the rest.
 */
export class ContentQueue implements AsyncIterableIterator<Uint8Array> {
  readonly #source: ContentSource
  #pieces: Uint8Array[] = []
  #taken = 0
  #bufferedBytes = 0
  #isPaused = false
  #isOver = false
  #failure: BodyAbortedError | undefined
  #waitedMs = 0
  #waiting: Waiting | undefined
  /** Monotonic time since which the reader waits for a piece; undefined when it does not. */
  waitingSinceMs: number | undefined

  constructor(source: ContentSource) {
    this.#source = source
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  /** Adds a piece, at once to a reader that waits. */
  push(piece: Uint8Array): void {
    if (this.#isOver || piece.length === 0) return
    const waiting = this.#takeWaiting()
    if (waiting !== undefined) return waiting.resolve({ done: false, value: piece })
    this.#pieces.push(piece)
    this.#bufferedBytes += piece.length
    if (this.#bufferedBytes < bufferedBytesMax || this.#isPaused) return
    this.#isPaused = true
    this.#source.pauseContent()
  }

  /** The content is complete. */
  end(): void {
    this.#isOver = true
    this.#takeWaiting()?.resolve(ended)
  }

  /** The content breaks off: what has come is delivered, then the reader gets the error. */
  fail(error: BodyAbortedError): void {
    if (this.#isOver) return
    this.#isOver = true
    const waiting = this.#takeWaiting()
    if (waiting === undefined) this.#failure = error
    else waiting.reject(error)
  }

  /** How long, in milliseconds, the reader has waited for pieces in all. */
  waitedMs(nowMs: number): number {
    return this.#waitedMs + (nowMs - (this.waitingSinceMs ?? nowMs))
  }

  next(): Promise<IteratorResult<Uint8Array>> {
    const piece = this.#pieces[this.#taken]
    if (piece !== undefined) return Promise.resolve(this.#take(piece))
    if (this.#failure !== undefined) {
      const error = this.#failure
      this.#failure = undefined
      return Promise.reject(error)
    }
    if (this.#isOver) return Promise.resolve(ended)
    invariant(this.#waiting === undefined, 'two readers of one response')
    this.waitingSinceMs = performance.now()
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      if (!this.#isPaused) return
      this.#isPaused = false
      this.#source.resumeContent()
    })
  }

  return(): Promise<IteratorResult<Uint8Array>> {
    this.#pieces = []
    this.#taken = 0
    this.#failure = undefined
    if (!this.#isOver) {
      this.#isOver = true
      this.#source.abandonContent()
    }
    this.#takeWaiting()?.resolve(ended)
    return Promise.resolve(ended)
  }

  #take(piece: Uint8Array): IteratorResult<Uint8Array> {
    this.#taken += 1
    this.#bufferedBytes -= piece.length
    if (this.#taken === this.#pieces.length) {
      this.#pieces = []
      this.#taken = 0
    }
    return { done: false, value: piece }
  }

  #takeWaiting(): Waiting | undefined {
    const waiting = this.#waiting
    if (waiting === undefined) return undefined
    this.#waitedMs = this.waitedMs(performance.now())
    this.#waiting = undefined
    this.waitingSinceMs = undefined
    return waiting
  }
}
