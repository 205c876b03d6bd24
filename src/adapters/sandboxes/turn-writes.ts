/** What takes bytes. */
export interface Written {
  write(bytes: Buffer): unknown
}

/**
 * Writes at the end of the turn of the event loop what the turn had to say to programs, one after the other.
 *
 * Whoever is written to is woken, and may be run at once in place of the writer: done between two requests
 * of a turn, that delays the rest and wakes a core for each. Alone, a message waits for nothing but the events
 * that the turn found ready.
 *
 * Measured: docs/performance.md
 */
export class TurnWrites {
  #held: { readonly to: Written; readonly bytes: Buffer }[] = []

  add(to: Written, bytes: Buffer): void {
    if (this.#held.length === 0) setImmediate(this.#writeAll)
    this.#held.push({ to, bytes })
  }

  readonly #writeAll = (): void => {
    const held = this.#held
    this.#held = []
    for (const { to, bytes } of held) to.write(bytes)
  }
}
