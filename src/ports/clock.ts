/** Time, so that a test can own it. Milliseconds since 1970, UTC. */
export interface Clock {
  nowMs(): number
  /** Monotonic, with fractions: for durations only. */
  monotonicMs(): number
  /** Resolves after `delayMs`, or at once when `signal` aborts (never rejects). */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>
}
