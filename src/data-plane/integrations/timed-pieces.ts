import { BodyAbortedError, type Body } from '../../base/body.ts'
import type { Clock } from '../../ports/clock.ts'

/** The bounds of a content that arrives in pieces. */
export interface TimeBounds {
  /** How long its reader waits for a piece, in milliseconds. */
  readonly idleMs: number
  /** How long all of it may take, in milliseconds. */
  readonly wholeMs: number
}

/** Why content was given up before its end. */
export type TimeBreach = 'idle' | 'whole' | 'client-gone'

/** The pieces of a content within its time. */
export interface TimedPieces extends AsyncIterableIterator<Uint8Array, undefined> {
  return(): Promise<IteratorResult<Uint8Array, undefined>>
  /** Undefined: it is within its bounds. */
  readonly breach: TimeBreach | undefined
}

/**
 * The pieces of a body. Whoever waits for one when the time is over, or when nobody wants it any more, gets
 * `BodyAbortedError`, and the source is told to stop. Cost: one sleep of the clock for each bound that is near.
 */
export function timedPieces(
  body: Body,
  bounds: TimeBounds,
  ports: { readonly clock: Clock; readonly signal: AbortSignal | undefined },
): TimedPieces {
  const pieces = new Timed(body, bounds, ports)
  // What is in memory has arrived: there is nothing to wait for.
  if (body.bytes === undefined) pieces.watch()
  return pieces
}

type Piece = IteratorResult<Uint8Array, undefined>

class Timed implements TimedPieces {
  readonly #source: AsyncIterator<Uint8Array>
  readonly #bounds: TimeBounds
  readonly #clock: Clock
  readonly #signal: AbortSignal | undefined
  readonly #endMs: number
  readonly #over = new AbortController()
  #waiting: { readonly sinceMs: number; readonly reject: (error: Error) => void } | undefined
  breach: TimeBreach | undefined

  constructor(
    body: Body,
    bounds: TimeBounds,
    { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal | undefined },
  ) {
    this.#source = body.stream()[Symbol.asyncIterator]()
    this.#bounds = bounds
    this.#clock = clock
    this.#signal = signal
    this.#endMs = clock.monotonicMs() + bounds.wholeMs
  }

  watch(): void {
    if (this.#signal?.aborted === true) return this.#clientGone()
    this.#signal?.addEventListener('abort', this.#clientGone)
    void this.#watch()
  }

  readonly #clientGone = (): void => this.#break('client-gone')

  async #watch(): Promise<void> {
    while (!this.#over.signal.aborted) {
      const nowMs = this.#clock.monotonicMs()
      const idleEndMs = (this.#waiting?.sinceMs ?? nowMs) + this.#bounds.idleMs
      if (nowMs >= this.#endMs) return this.#break('whole')
      if (nowMs >= idleEndMs) return this.#break('idle')
      await this.#clock.sleep(Math.min(idleEndMs, this.#endMs) - nowMs, this.#over.signal)
      // A clock that stands still gets nowhere by being asked again.
      if (this.#clock.monotonicMs() === nowMs) return
    }
  }

  #break(breach: TimeBreach): void {
    if (this.#over.signal.aborted) return
    this.breach = breach
    this.#finish()
    this.#waiting?.reject(new BodyAbortedError(breachTexts[breach]))
    this.#waiting = undefined
    this.#stopSource()
  }

  #finish(): void {
    this.#over.abort()
    this.#signal?.removeEventListener('abort', this.#clientGone)
  }

  #stopSource(): void {
    // A source that fails while it is told to stop has nobody left to tell.
    void Promise.resolve(this.#source.return?.()).catch(() => {})
  }

  next(): Promise<Piece> {
    if (this.breach !== undefined) {
      return Promise.reject(new BodyAbortedError(breachTexts[this.breach]))
    }
    return new Promise((resolve, reject) => {
      this.#waiting = { sinceMs: this.#clock.monotonicMs(), reject }
      this.#source.next().then(
        ({ done, value }) => {
          this.#waiting = undefined
          if (done === true) this.#finish()
          resolve(done === true ? over : { done: false, value })
        },
        (error: unknown) => {
          this.#waiting = undefined
          this.#finish()
          reject(error instanceof Error ? error : new BodyAbortedError(String(error)))
        },
      )
    })
  }

  return(): Promise<Piece> {
    this.#finish()
    this.#stopSource()
    return Promise.resolve(over)
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}

const over = Object.freeze({ done: true, value: undefined })

const breachTexts: Readonly<Record<TimeBreach, string>> = Object.freeze({
  idle: 'nothing came for too long',
  whole: 'it took too long as a whole',
  'client-gone': 'the client is gone',
})
