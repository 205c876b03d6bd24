/** A ratio with its 95% interval. */
export interface Interval {
  readonly middle: number
  readonly low: number
  readonly high: number
}

/**
 * The geometric mean of paired ratios with its 95% interval (Student's t on the logarithms). Pairs are
 * bursts next to each other in time, so what the machine does to both cancels out.
 */
export function pairedRatio(ratios: readonly number[]): Interval {
  const logs = ratios.map(Math.log)
  const mean = logs.reduce((sum, x) => sum + x, 0) / logs.length
  const variance = logs.reduce((sum, x) => sum + (x - mean) ** 2, 0) / Math.max(1, logs.length - 1)
  const margin = studentT(logs.length - 1) * Math.sqrt(variance / logs.length)
  return { middle: Math.exp(mean), low: Math.exp(mean - margin), high: Math.exp(mean + margin) }
}

/** Two-sided 95% quantile of Student's t. */
function studentT(degrees: number): number {
  const table = [
    12.71, 4.3, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.2, 2.18, 2.16, 2.14, 2.13, 2.12,
    2.11, 2.1, 2.09, 2.09,
  ]
  return table[degrees - 1] ?? 2
}

export function format({ middle, low, high }: Interval): string {
  return `${middle.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
