import type { Clock } from '../../ports/clock.ts'
import type {
  Charge,
  ChargeOutcome,
  Counters,
  QuotaCounter,
  TokenBucket,
} from '../../ports/counters.ts'

/** The most buckets that are kept by default. */
export const bucketsMaxDefault = 100_000

interface BucketState {
  ratePerSecond: number
  burst: number
  /** When the bucket had `anchorTokens`; since then `takenCount` were taken. */
  anchorMs: number
  anchorTokens: number
  takenCount: number
}

/**
 * Token buckets of this process, exact: tokens are counted from the last time that a bucket was full,
 * never summed up step by step, so nothing drifts. A bucket begins full. A changed rate or burst holds
 * from the next take on: tokens above the new burst are gone, and a larger one fills at its rate.
 *
 * Bound: `bucketsMax` buckets. Above it the full ones are forgotten, which changes nothing; if there
 * are none, the oldest tenth, which lets some requests through and is counted in `forgottenCount`.
 */
export class MemoryCounters implements Counters {
  readonly #clock: Clock
  readonly #bucketsMax: number
  readonly #buckets = new Map<string, BucketState>()
  readonly #quotas = new Map<string, { readonly period: string; readonly used: number }>()
  #forgottenCount = 0

  constructor(clock: Clock, bucketsMax = bucketsMaxDefault) {
    this.#clock = clock
    this.#bucketsMax = bucketsMax
  }

  charge({ buckets, quota }: Charge): ChargeOutcome {
    const nowMs = this.#clock.monotonicMs()
    const taken: BucketState[] = []
    for (const [index, bucket] of buckets.entries()) {
      const state = this.#stateOf(bucket, nowMs)
      if (tokensOf(state, nowMs) < 1) {
        for (const earlier of taken) earlier.takenCount -= 1
        return { outcome: 'throttled', index }
      }
      state.takenCount += 1
      taken.push(state)
    }
    if (quota !== undefined && !this.#takeQuota(quota)) {
      for (const state of taken) state.takenCount -= 1
      return { outcome: 'quota-exceeded' }
    }
    if (this.#buckets.size > this.#bucketsMax) this.#shrink(nowMs)
    return { outcome: 'taken' }
  }

  /** Buckets forgotten that were not full. */
  forgottenCount(): number {
    return this.#forgottenCount
  }

  #takeQuota({ key, limit, period }: QuotaCounter): boolean {
    const known = this.#quotas.get(key)
    const used = known?.period === period ? known.used : 0
    if (used >= limit) return false
    this.#quotas.set(key, { period, used: used + 1 })
    return true
  }

  #stateOf({ key, ratePerSecond, burst }: TokenBucket, nowMs: number): BucketState {
    let state = this.#buckets.get(key)
    if (state === undefined) {
      state = { ratePerSecond, burst, anchorMs: nowMs, anchorTokens: burst, takenCount: 0 }
      this.#buckets.set(key, state)
      return state
    }
    const tokens = tokensOf(state, nowMs)
    const isChanged = state.ratePerSecond !== ratePerSecond || state.burst !== burst
    if (isChanged || tokens >= burst) {
      state.ratePerSecond = ratePerSecond
      state.burst = burst
      state.anchorMs = nowMs
      state.anchorTokens = Math.min(tokens, burst)
      state.takenCount = 0
    }
    return state
  }

  #shrink(nowMs: number): void {
    for (const [key, state] of this.#buckets) {
      if (tokensOf(state, nowMs) >= state.burst) this.#buckets.delete(key)
    }
    const keptMax = Math.floor(this.#bucketsMax * 0.9)
    if (this.#buckets.size <= this.#bucketsMax) return
    for (const key of this.#buckets.keys()) {
      if (this.#buckets.size <= keptMax) return
      this.#buckets.delete(key)
      this.#forgottenCount += 1
    }
  }
}

function tokensOf(state: BucketState, nowMs: number): number {
  const filled = ((nowMs - state.anchorMs) * state.ratePerSecond) / 1000
  return Math.min(state.burst, state.anchorTokens + filled - state.takenCount)
}
