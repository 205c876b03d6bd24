/** Upper bounds of the buckets in milliseconds, inclusive; a last bucket takes what is above. */
export const latencyBoundsMs: readonly number[] = Object.freeze([
  1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000,
])

/** Durations counted in fixed buckets, while it grows. */
export interface Histogram {
  sumMs: number
  /** One more than there are bounds; each bucket counts its own values only. */
  readonly counts: number[]
}

export interface HistogramSnapshot {
  readonly sumMs: number
  readonly count: number
  /** Per bucket, not cumulative: `latencyBoundsMs`, then what is above. */
  readonly counts: readonly number[]
}

/** A histogram that has seen nothing. */
export function emptyHistogram(): Histogram {
  return { sumMs: 0, counts: Array.from({ length: latencyBoundsMs.length + 1 }, () => 0) }
}

/** Counts one duration. */
export function observe(histogram: Histogram, durationMs: number): void {
  histogram.sumMs += durationMs
  let bucket = 0
  while (bucket < latencyBoundsMs.length && durationMs > (latencyBoundsMs[bucket] ?? 0)) bucket += 1
  histogram.counts[bucket] = (histogram.counts[bucket] ?? 0) + 1
}

/** What was counted until now. */
export function readHistogram({ sumMs, counts }: Histogram): HistogramSnapshot {
  return { sumMs, count: counts.reduce((sum, count) => sum + count, 0), counts: [...counts] }
}

/** Both together, as if one histogram had seen all. */
export function addHistograms(a: HistogramSnapshot, b: HistogramSnapshot): HistogramSnapshot {
  return {
    sumMs: a.sumMs + b.sumMs,
    count: a.count + b.count,
    counts: a.counts.map((count, bucket) => count + (b.counts[bucket] ?? 0)),
  }
}
