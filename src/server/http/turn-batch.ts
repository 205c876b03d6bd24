/**
 * Collects what one turn of the event loop has to send, and sends it together at the end of it. What is
 * alone waits for nothing but the events that the turn found ready.
 */
export class TurnBatch<T> {
  readonly #send: (items: readonly T[]) => void
  #items: T[] = []

  constructor(send: (items: readonly T[]) => void) {
    this.#send = send
  }

  add(item: T): void {
    if (this.#items.length === 0) setImmediate(this.#sendAll)
    this.#items.push(item)
  }

  readonly #sendAll = (): void => {
    const items = this.#items
    this.#items = []
    this.#send(items)
  }
}
