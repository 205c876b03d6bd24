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
  #isExceeded = false

  constructor(body: Body, bytesMax: number) {
    this.#body = body
    this.#bytesMax = bytesMax
  }

  /** True once a reader was refused the rest. */
  get isExceeded(): boolean {
    return this.#isExceeded
  }

  peek(bytesMax: number): Promise<Uint8Array> {
    return this.#body.peek(bytesMax)
  }

  async readAll(bytesMax: number): Promise<Uint8Array> {
    try {
      return await this.#body.readAll(Math.min(bytesMax, this.#bytesMax))
    } catch (error) {
      this.#isExceeded = error instanceof BodyTooLargeError
      throw error
    }
  }

  async *stream(): AsyncGenerator<Uint8Array> {
    let bytesCount = 0
    for await (const piece of this.#body.stream()) {
      bytesCount += piece.length
      if (bytesCount > this.#bytesMax) {
        this.#isExceeded = true
        throw new BodyTooLargeError(this.#bytesMax)
      }
      yield piece
    }
  }

  discard(): void {
    this.#body.discard()
  }
}
