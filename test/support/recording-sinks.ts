import type { Clock } from '../../src/ports/clock.ts'
import type { MetricSink, RequestMetric } from '../../src/ports/metric-sink.ts'
import type { OperatorFields, OperatorLog } from '../../src/ports/operator-log.ts'

/** A line that was written for the operator. */
export interface OperatorLine {
  readonly level: 'info' | 'warn' | 'error'
  readonly event: string
  readonly fields: OperatorFields
}

/** An operator's log that keeps its lines. */
export function recordingLog(): OperatorLog & { readonly lines: readonly OperatorLine[] } {
  const lines: OperatorLine[] = []
  const keep = (level: OperatorLine['level']) => (event: string, fields: OperatorFields) => {
    lines.push({ level, event, fields })
  }
  return { lines, info: keep('info'), warn: keep('warn'), error: keep('error') }
}

/** A metric sink that keeps what it is given. */
export function recordingMetrics(): MetricSink & { readonly records: readonly RequestMetric[] } {
  const records: RequestMetric[] = []
  return { records, record: (metric) => void records.push(metric) }
}

/** A clock that stands still until it is moved. */
export interface StandingClock extends Clock {
  advance(byMs: number): void
}

/** Makes a clock that shows `nowMs` and goes on only by `advance`. */
export function standingClock(nowMs: number): StandingClock {
  let elapsedMs = 0
  return {
    nowMs: () => nowMs + elapsedMs,
    monotonicMs: () => elapsedMs,
    sleep: () => Promise.resolve(),
    advance: (byMs) => {
      elapsedMs += byMs
    },
  }
}
