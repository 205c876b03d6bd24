import { setTimeout as timeout } from 'node:timers/promises'
import type { Clock } from '../../ports/clock.ts'

/** The longest that one timer waits (about 24 days); a longer one would fire at once. */
const timerMsMax = 2 ** 31 - 1

/** The machine's clock. A sleeper keeps the process alive until it wakes or its signal aborts. */
export const systemClock: Clock = Object.freeze({
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep,
})

async function sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
  const endMs = performance.now() + delayMs
  // A timer may fire a little early, and waits only so long; so again until the time is there.
  for (let leftMs = delayMs; leftMs > 0; leftMs = endMs - performance.now()) {
    if (signal?.aborted === true) return
    const waitMs = Math.min(Math.ceil(leftMs), timerMsMax)
    try {
      await timeout(waitMs, undefined, signal === undefined ? {} : { signal })
    } catch {
      return
    }
  }
}
