import { type Body, BodyTooLargeError } from '../base/body.ts'

/**
 * The same body with an end put to it: whoever reads past `bytesMax` gets `BodyTooLargeError`.
 *
 * A body of declared length is returned as it is: its length can be looked at, and is kept by whoever
 * parsed the message. Cost: nothing for such a body; one addition per piece otherwise.
 */
export function boundedBody(body: Body, bytesMax: number): Body {
  return body.byteLength === undefined ? new BoundedBody(body, bytesMax) : body
}

/** A body without declared length that is counted while it passes. */
export class BoundedBody implements Body {
  readonly byteLength = undefined
  readonly bytes = undefined
  readonly #body: Body
  readonly #bytesMax: number
  #failure: unknown

  constructor(body: Body, bytesMax: number) {
    this.#body = body
    this.#bytesMax = bytesMax
  }

  /** What ended it before its end, for a reader or at its source; undefined: nothing yet. */
  get failure(): unknown {
    return this.#failure
  }

  get release(): Body['release'] {
    return this.#body.release
  }

  peek(bytesMax: number): Promise<Uint8Array> {
    return this.#body.peek(bytesMax)
  }

  async readAll(bytesMax: number): Promise<Uint8Array> {
    try {
      return await this.#body.readAll(Math.min(bytesMax, this.#bytesMax))
    } catch (error) {
      this.#failure = error
      throw error
    }
  }

  async *stream(): AsyncGenerator<Uint8Array> {
    let bytesCount = 0
    try {
      for await (const piece of this.#body.stream()) {
        bytesCount += piece.length
        if (bytesCount > this.#bytesMax) throw new BodyTooLargeError(this.#bytesMax)
        yield piece
      }
    } catch (error) {
      this.#failure = error
      throw error
    }
  }

  discard(): void {
    this.#body.discard()
  }
}
