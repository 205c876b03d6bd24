export interface TokenBucket {
  /** Names the bucket; one bucket for one key on all workers and nodes. */
  readonly key: string
  readonly ratePerSecond: number
  readonly burst: number
}

export type TakeOutcome =
  | { readonly outcome: 'taken' }
  /** Index of the first bucket that refused; no bucket was charged. */
  | { readonly outcome: 'refused'; readonly index: number }

/**
 * Throttle buckets. `take` decides and records in one step: one token of every bucket, or of none.
 * Failure policy: open (a request that could be served is served), counted.
 */
export interface Counters {
  take(buckets: readonly TokenBucket[]): TakeOutcome | Promise<TakeOutcome>
}
