/** A token bucket: what a throttling limit is counted in. */
export interface TokenBucket {
  /**
   * Names the bucket; one bucket for one key on all workers and nodes. It begins with its kind, its account
   * and its region, `account/000000000000/us-east-1`: a store of several parts keeps those of one account in
   * a region together.
   */
  readonly key: string
  /** Tokens that come back in a second. */
  readonly ratePerSecond: number
  /** Tokens that it holds when it is full, as it is at first. */
  readonly burst: number
}

/** A counter of requests in a period. It begins at 0 with every period. */
export interface QuotaCounter {
  /** Names the counter, as a bucket's does; one for one key on all workers and nodes. */
  readonly key: string
  /** The most requests in this period. */
  readonly limit: number
  /** The first day of the period, UTC: `2026-11-01`. */
  readonly period: string
  /** The day under which the request is noted, UTC: `2026-11-22`. */
  readonly day: string
}

/** What one request costs. */
export interface Charge {
  /** In the order in which they are asked. */
  readonly buckets: readonly TokenBucket[]
  /** Asked after the buckets; undefined: nothing is counted. */
  readonly quota: QuotaCounter | undefined
}

export type ChargeOutcome =
  | { readonly outcome: 'taken' }
  /** Index of the first bucket that refused; nothing was charged. */
  | { readonly outcome: 'throttled'; readonly index: number }
  /** The counter is at its limit; nothing was charged. */
  | { readonly outcome: 'quota-exceeded' }
  /** The store is gone, and the operator wants nobody let in then. */
  | { readonly outcome: 'unavailable'; readonly detail: string }

/** What was used on a day, and what was left at its end. */
export interface DayUsage {
  /** UTC: `2026-11-22`. */
  readonly day: string
  /** Requests. */
  readonly used: number
  /** Requests of the day's period. */
  readonly remaining: number
  /** What the limit and the period were when `remaining` was noted; see `QuotaCounter`. */
  readonly limit: number
  readonly period: string
}

/**
 * Throttle buckets. `charge` decides and records in one step: one token of every bucket and one request of
 * the quota, or nothing. It answers at once where the counters are this process's own.
 *
 * Exact on one node whatever the number of workers, and on all nodes that share a store. Time is the stage
 * clock's, or the store's own. Failure policy: the operator's (`local`: each node counts for itself;
 * `allow`; `deny`), counted and visible. Never rejects.
 */
export interface Counters {
  charge(charge: Charge): ChargeOutcome | Promise<ChargeOutcome>
}

/**
 * The counters of quotas as the control plane reads and writes them. Kept: `usageDaysKept` days. What was
 * charged in the last second before a crash may be lost. Failure policy: what cannot be read or written
 * rejects with `StateStoreError`.
 */
export interface QuotaLedger {
  /** The days from `firstDay` to `lastDay` in which anything was charged or set, in their order. */
  usage(key: string, range: { firstDay: string; lastDay: string }): Promise<readonly DayUsage[]>
  /** From now on `remaining` more requests pass in the period; durable when it resolves. */
  setRemaining(counter: QuotaCounter, remaining: number): Promise<void>
  /** Forgets the counters of these keys. */
  remove(keys: readonly string[]): Promise<void>
}
