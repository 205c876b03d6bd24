import type { Socket } from 'node:net'
import type { Body } from '../../base/body.ts'

/** Why a body could not be sent as it was declared. */
export interface UploadFailure {
  readonly outcome: 'aborted' | 'invalid'
  readonly detail: string
}

interface UploadInput {
  readonly socket: Socket
  readonly body: Body
  /** The content of the body, in place of its own `stream`. */
  readonly pieces: AsyncIterable<Uint8Array>
  readonly isChunked: boolean
  readonly onFailure: (failure: UploadFailure) => void
}

/**
 * Sends a streamed request body, taking the next piece only when the socket has taken the last.
 *
 * A body that is longer or shorter than declared, or breaks off, fails; never is a byte sent past the
 * declared length. After `stop` nothing is sent any more, and the source is told so as soon as it
 * gives its next piece.
 */
export class RequestUpload {
  readonly #socket: Socket
  readonly #body: Body
  readonly #pieces: AsyncIterable<Uint8Array>
  readonly #isChunked: boolean
  readonly #onFailure: (failure: UploadFailure) => void
  #isStopped = false
  #resume: (() => void) | undefined
  /** True when all content has been given to the socket. */
  isDone = false

  constructor({ socket, body, pieces, isChunked, onFailure }: UploadInput) {
    this.#socket = socket
    this.#body = body
    this.#pieces = pieces
    this.#isChunked = isChunked
    this.#onFailure = onFailure
  }

  /** Never rejects. */
  async run(): Promise<void> {
    const declared = this.#isChunked ? Infinity : (this.#body.byteLength ?? 0)
    let sentBytes = 0
    try {
      for await (const piece of this.#pieces) {
        if (this.#isStopped) return
        sentBytes += piece.length
        if (sentBytes > declared) return this.#fail('invalid', 'the body is longer than declared')
        await this.#send(piece)
      }
    } catch (error) {
      return this.#fail('aborted', `the request body broke off: ${describe(error)}`)
    }
    if (this.#isStopped) return
    if (!this.#isChunked && sentBytes < declared) {
      return this.#fail('invalid', 'the body is shorter than declared')
    }
    if (this.#isChunked) this.#socket.write('0\r\n\r\n', 'latin1')
    this.isDone = true
  }

  /** Sends nothing more. */
  stop(): void {
    this.#isStopped = true
    this.continue()
  }

  /** The socket has room again. */
  continue(): void {
    const resume = this.#resume
    this.#resume = undefined
    resume?.()
  }

  #send(piece: Uint8Array): Promise<void> | undefined {
    // An empty chunk would be the last one.
    if (piece.length === 0) return undefined
    const { release } = this.#body
    const onSent = release === undefined ? undefined : () => release(piece)
    const hasRoom = this.#isChunked
      ? this.#writeChunk(piece, onSent)
      : this.#socket.write(piece, onSent)
    if (hasRoom || this.#isStopped) return undefined
    return new Promise((resolve) => {
      this.#resume = resolve
    })
  }

  #writeChunk(piece: Uint8Array, onSent: (() => void) | undefined): boolean {
    this.#socket.cork()
    this.#socket.write(`${piece.length.toString(16)}\r\n`, 'latin1')
    this.#socket.write(piece, onSent)
    const hasRoom = this.#socket.write('\r\n', 'latin1')
    this.#socket.uncork()
    return hasRoom
  }

  #fail(outcome: UploadFailure['outcome'], detail: string): void {
    if (!this.#isStopped) this.#onFailure({ outcome, detail })
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
