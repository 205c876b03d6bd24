/** Content of a response that somebody reads. */
export interface WaitedFor {
  /** Monotonic time since which its reader waits for a piece; undefined when it does not. */
  readonly waitingSinceMs: number | undefined
  /** How long, in milliseconds, its reader has waited for pieces in all. */
  waitedMs(nowMs: number): number
}

/** A client that sends nothing of a request for longer holds no connection to an endpoint any more. */
const clientLateMs = 30_000

/**
 * How much of an exchange's time its endpoint has used.
 *
 * AWS takes a request whole before it calls the endpoint, and an answer whole before it answers, so that
 * `timeoutInMillis` is the endpoint's alone. Both pass here while they come: what passes while the client
 * is waited for, to send or to take the next piece, is not counted.
 *
 * All times are monotonic, in milliseconds.
 */
export class EndpointTime {
  readonly #begunMs: number
  #clientMs = 0
  #clientSinceMs: number | undefined
  #headMs = 0
  #content: WaitedFor | undefined

  constructor(begunMs: number) {
    this.#begunMs = begunMs
  }

  /** The head has come: from now on time passes only while somebody waits for content. */
  beginContent(nowMs: number, content: WaitedFor): void {
    this.#headMs = this.usedMs(nowMs)
    this.#content = content
  }

  usedMs(nowMs: number): number {
    if (this.#content !== undefined) return this.#headMs + this.#content.waitedMs(nowMs)
    return nowMs - this.#begunMs - this.#clientMs - this.#waitingForClientMs(nowMs)
  }

  /** False while the client is waited for. */
  get isRunning(): boolean {
    if (this.#content !== undefined) return this.#content.waitingSinceMs !== undefined
    return this.#clientSinceMs === undefined
  }

  /** True when the client has sent nothing of its request for 30 seconds. */
  clientIsLate(nowMs: number): boolean {
    return this.#waitingForClientMs(nowMs) >= clientLateMs
  }

  /** The same pieces; while one of them is waited for, the time stands still. */
  paced(pieces: AsyncIterable<Uint8Array>): AsyncIterableIterator<Uint8Array> {
    const source = pieces[Symbol.asyncIterator]()
    const arrived = (result: IteratorResult<Uint8Array>) => {
      this.#clientMs += this.#waitingForClientMs(performance.now())
      this.#clientSinceMs = undefined
      return result
    }
    const paced: AsyncIterableIterator<Uint8Array> = {
      [Symbol.asyncIterator]: () => paced,
      next: () => {
        this.#clientSinceMs = performance.now()
        return source.next().then(arrived)
      },
      return: () => source.return?.() ?? Promise.resolve({ done: true, value: undefined }),
    }
    return paced
  }

  #waitingForClientMs(nowMs: number): number {
    return nowMs - (this.#clientSinceMs ?? nowMs)
  }
}
