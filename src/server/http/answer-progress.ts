import type { Socket } from 'node:net'

/** Watches whether a client takes what is written to it. Costs nothing between two looks. */
export class AnswerProgress {
  readonly #socket: Socket
  #takenBytes = -1
  #looksInVain = 0

  constructor(socket: Socket) {
    this.#socket = socket
  }

  /**
   * How many looks in a row, this one among them, found something to take and nothing taken since the
   * look before.
   *
   * Taken is what the system took off our hands, in the middle of a large piece too: a client that reads
   * a little at a time makes progress.
   */
  look(): number {
    const takenBytes = this.#socket.writableLength === 0 ? undefined : bytesTaken(this.#socket)
    if (takenBytes === undefined) {
      this.#takenBytes = -1
      this.#looksInVain = 0
    } else if (takenBytes === this.#takenBytes) this.#looksInVain += 1
    else {
      this.#takenBytes = takenBytes
      this.#looksInVain = 0
    }
    return this.#looksInVain
  }
}

/**
 * What is counted as written, less what the system has not taken of it yet. Node's own timeout of a
 * socket reads the same figure, and has no public name for it. Undefined: the socket is closed.
 */
function bytesTaken(socket: Socket): number | undefined {
  const wrapped: unknown = Reflect.get(socket, '_handle')
  if (typeof wrapped !== 'object' || wrapped === null) return undefined
  const writtenBytes: unknown = Reflect.get(wrapped, 'bytesWritten')
  const queuedBytes: unknown = Reflect.get(wrapped, 'writeQueueSize')
  if (typeof writtenBytes !== 'number' || typeof queuedBytes !== 'number') return undefined
  return writtenBytes - queuedBytes
}
