import type { ThrottleLimits } from './usage-plan-declaration.ts'

/** What a limit comes to. Nobody is let in where one of them is 0. */
export interface BucketSize {
  /** Requests that come back in a second. */
  readonly ratePerSecond: number
  /** Requests at once. */
  readonly burst: number
}

/**
 * The bucket that limits make; undefined: they limit nothing.
 *
 * A rate of -1, or none, limits nothing, unless the burst is 0. Without a burst as many pass at once as come
 * in a second.
 *
 * Chosen: docs/decisions/0038-counters.md
 */
export function bucketSizeOf({ rateLimit, burstLimit }: ThrottleLimits): BucketSize | undefined {
  const rate = rateLimit ?? -1
  const burst = burstLimit ?? -1
  if (rate < 0 && burst !== 0) return undefined
  return {
    ratePerSecond: Math.max(0, rate),
    burst: burst < 0 ? Math.max(1, Math.ceil(rate)) : burst,
  }
}
