import type { Exchange } from './exchange.ts'

/** Below this many leavers the line is not tidied: moving it would cost more than it holds. */
const leaversKept = 64

/**
 * Exchanges in the order in which they came, any of which may leave.
 *
 * Cost: constant on average for all operations; memory at most twice what waits, and a little.
 */
export class WaitingLine {
  #line: (Exchange | undefined)[] = []
  #first = 0
  #count = 0
  readonly #places = new Map<Exchange, number>()

  /** Exchanges that wait. */
  get size(): number {
    return this.#count
  }

  add(exchange: Exchange): void {
    this.#places.set(exchange, this.#line.length)
    this.#line.push(exchange)
    this.#count += 1
  }

  /** Takes the first one out; undefined when nobody waits. */
  shift(): Exchange | undefined {
    while (this.#first < this.#line.length) {
      const exchange = this.#line[this.#first]
      this.#line[this.#first] = undefined
      this.#first += 1
      if (exchange === undefined) continue
      this.#forget(exchange)
      return exchange
    }
    return undefined
  }

  /** Takes one out, wherever it stands. Does nothing when it does not wait. */
  remove(exchange: Exchange): void {
    const place = this.#places.get(exchange)
    if (place === undefined) return
    this.#line[place] = undefined
    this.#forget(exchange)
  }

  #forget(exchange: Exchange): void {
    this.#places.delete(exchange)
    this.#count -= 1
    if (this.#line.length <= this.#count * 2 + leaversKept) return
    this.#line = this.#line.filter((waiting) => waiting !== undefined)
    this.#first = 0
    for (const [place, waiting] of this.#line.entries()) {
      if (waiting !== undefined) this.#places.set(waiting, place)
    }
  }
}
