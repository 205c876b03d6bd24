import { Socket } from 'node:net'
import type { Corked, WriteBatch } from '../../adapters/upstream/write-batch.ts'

/**
 * Holds back the whole answers of one connection until the end of the turn of the event loop, so that
 * those of all connections leave together.
 *
 * `node:http` uncorks a socket at the end of each answer, whoever corked it; so what waits is the
 * socket's own `uncork`. What is written while `isHolding` is false leaves at once: the pieces of a
 * streamed answer, and what closes a connection.
 */
export class HeldAnswers implements Corked {
  readonly #socket: Socket
  /** Whether an answer that ends now is held. */
  isHolding = false

  constructor(socket: Socket, batch: WriteBatch) {
    this.#socket = socket
    socket.uncork = () => {
      if (this.isHolding) batch.add(this)
      else this.uncork()
    }
  }

  /** Sends what is held now: before the connection is destroyed, say. */
  uncork(): void {
    Socket.prototype.uncork.call(this.#socket)
  }
}
