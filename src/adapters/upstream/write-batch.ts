/** Something corked. `uncork` sends what was written since it was. */
export interface Corked {
  uncork(): void
}

/**
 * Lets sockets that are written to in one turn of the event loop send together, at the end of it.
 *
 * Writing to a peer that sleeps costs several times as much as writing to one that is awake, and when
 * many are written to in one go, most are. Nothing waits for more than the events that the turn found
 * ready when it began: alone, a message leaves as if it had not been held.
 *
 * Measured: docs/performance.md
 */
export class WriteBatch {
  #held: Corked[] = []

  /** Holds back what is written to the socket from now to the end of the turn. */
  hold(socket: Corked & { cork(): void }): void {
    socket.cork()
    this.add(socket)
  }

  /** Uncorks at the end of the turn. */
  add(socket: Corked): void {
    if (this.#held.length === 0) setImmediate(this.#sendAll)
    this.#held.push(socket)
  }

  readonly #sendAll = (): void => {
    const held = this.#held
    this.#held = []
    for (const socket of held) socket.uncork()
  }
}
