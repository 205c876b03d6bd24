import { type Body, streamBody } from './body.ts'

/** A body whose content somebody hands over piece by piece. */
export interface FedBody {
  readonly body: Body
  /** Bytes that were handed over and that no reader has taken. */
  heldBytes(): number
  /** The next piece, which is kept until it is read. Nothing is kept once nobody wants it. */
  feed(piece: Uint8Array): void
  /** Nothing follows. */
  end(): void
  /** The reader gets the error behind what was fed. */
  fail(error: Error): void
}

/** What the reader does, for whoever feeds. */
export interface FedBodyEvents {
  /** So many bytes were taken: that many more may be fed. */
  taken(bytes: number): void
  /** Nobody reads any further. Told once, and not after the end. */
  dropped(): void
}

/**
 * A body that is fed. It keeps whatever it is given: that no more is fed than may be kept is for the feeder
 * to see to, who is told what was taken.
 */
export function createFedBody(events: FedBodyEvents): FedBody {
  const feed = new Feed(events)
  return {
    body: streamBody(feed, undefined),
    heldBytes: () => feed.heldBytes,
    feed: (piece) => feed.add(piece),
    end: () => feed.finish({ kind: 'end' }),
    fail: (error) => feed.finish({ kind: 'error', error }),
  }
}

type Ending =
  | { readonly kind: 'end' | 'dropped' }
  | { readonly kind: 'error'; readonly error: Error }

class Feed implements AsyncIterableIterator<Uint8Array, undefined> {
  readonly #events: FedBodyEvents
  readonly #pieces: Uint8Array[] = []
  heldBytes = 0
  #ending: Ending | undefined
  #reader: PromiseWithResolvers<IteratorResult<Uint8Array, undefined>> | undefined

  constructor(events: FedBodyEvents) {
    this.#events = events
  }

  add(piece: Uint8Array): void {
    if (this.#ending !== undefined || piece.length === 0) return
    const reader = this.#reader
    this.#reader = undefined
    if (reader === undefined) {
      this.#pieces.push(piece)
      this.heldBytes += piece.length
      return
    }
    this.#events.taken(piece.length)
    reader.resolve({ done: false, value: piece })
  }

  finish(ending: Ending): void {
    if (this.#ending !== undefined) return
    this.#ending = ending
    const reader = this.#reader
    this.#reader = undefined
    if (reader === undefined) return
    if (ending.kind === 'error') reader.reject(ending.error)
    else reader.resolve(over)
  }

  next(): Promise<IteratorResult<Uint8Array, undefined>> {
    const piece = this.#pieces.shift()
    if (piece !== undefined) {
      this.heldBytes -= piece.length
      this.#events.taken(piece.length)
      return Promise.resolve({ done: false, value: piece })
    }
    if (this.#ending === undefined) {
      this.#reader = Promise.withResolvers()
      return this.#reader.promise
    }
    return this.#ending.kind === 'error'
      ? Promise.reject(this.#ending.error)
      : Promise.resolve(over)
  }

  return(): Promise<IteratorResult<Uint8Array, undefined>> {
    const hadEnded = this.#ending !== undefined
    this.#pieces.length = 0
    this.heldBytes = 0
    this.finish({ kind: 'dropped' })
    this.#ending = { kind: 'dropped' }
    if (!hadEnded) this.#events.dropped()
    return Promise.resolve(over)
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}

const over = Object.freeze({ done: true, value: undefined })
