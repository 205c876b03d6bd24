import type { Clock } from '../../src/ports/clock.ts'

interface Sleeper {
  readonly dueMs: number
  wake(): void
}

/** Time that stands still until the test moves it. It begins at 2026-01-01 and at 0 monotonic. */
export class VirtualClock implements Clock {
  readonly #startMs: number
  #elapsedMs = 0
  #sleepers: Sleeper[] = []

  constructor(startMs: number = Date.UTC(2026, 0, 1)) {
    this.#startMs = startMs
  }

  nowMs(): number {
    return Math.floor(this.#startMs + this.#elapsedMs)
  }

  monotonicMs(): number {
    return this.#elapsedMs
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    if (delayMs <= 0 || signal?.aborted === true) return Promise.resolve()
    return new Promise((resolve) => {
      const wake = (): void => {
        signal?.removeEventListener('abort', wake)
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper)
        resolve()
      }
      const sleeper: Sleeper = { dueMs: this.#elapsedMs + delayMs, wake }
      this.#sleepers.push(sleeper)
      signal?.addEventListener('abort', wake)
    })
  }

  /** How many sleep now. */
  get sleepersCount(): number {
    return this.#sleepers.length
  }

  /**
   * Lets `durationMs` pass. Sleepers wake in the order of their times, each at its own time and after
   * what the one before it started has come to rest; one that sleeps again within the time wakes again.
   */
  async advance(durationMs: number): Promise<void> {
    const endMs = this.#elapsedMs + durationMs
    await comeToRest()
    for (let next = this.#nextSleeper(endMs); next; next = this.#nextSleeper(endMs)) {
      this.#elapsedMs = Math.max(this.#elapsedMs, next.dueMs)
      next.wake()
      await comeToRest()
    }
    this.#elapsedMs = endMs
  }

  #nextSleeper(endMs: number): Sleeper | undefined {
    return this.#sleepers
      .filter(({ dueMs }) => dueMs <= endMs)
      .reduce<Sleeper | undefined>(
        (first, sleeper) => (first === undefined || sleeper.dueMs < first.dueMs ? sleeper : first),
        undefined,
      )
  }
}

/** Some turns of the event loop, in which promises that wait for nothing outside go on. */
async function comeToRest(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) {
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
}
