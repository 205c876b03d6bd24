import type { ConnectionPool, OriginConnection } from './connection-pool.ts'

interface Unripe {
  readonly connection: OriginConnection
  readonly pool: ConnectionPool
}

/**
 * Holds connections back until the event loop has polled once more after their last response.
 *
 * A server that writes two answers to one request (a response split by whoever controls part of it) has
 * the second one lying in the socket when the first is read. A connection that is reused at once would
 * take it for the answer to somebody else's request; one that has been polled is seen to speak out of
 * turn and is closed. Cost: two passes of the event loop for a batch of any size.
 */
export class Ripener {
  #young: Unripe[] = []
  #polledNext: Unripe[] = []
  #isScheduled = false

  add(connection: OriginConnection, pool: ConnectionPool): void {
    this.#young.push({ connection, pool })
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(this.#step)
  }

  // The first step runs before the next poll, the second after it.
  readonly #step = (): void => {
    const ripe = this.#polledNext
    this.#polledNext = this.#young
    this.#young = []
    this.#isScheduled = this.#polledNext.length > 0
    if (this.#isScheduled) setImmediate(this.#step)
    for (const { connection, pool } of ripe) pool.takeRipe(connection)
  }
}
