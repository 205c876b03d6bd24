import type { MetricSink, RequestMetric } from '../../ports/metric-sink.ts'
import { emptyHistogram, observe, readHistogram, type HistogramSnapshot } from './histogram.ts'
import type { Histogram } from './histogram.ts'

/** What a stage served since this process started, as `AWS/ApiGateway` counts it. */
export interface StageMetrics {
  readonly restApiId: string
  readonly stage: string
  readonly count: number
  /** Answers of 400 to 499, and of 500 to 599. */
  readonly clientErrorCount: number
  readonly serverErrorCount: number
  /** Answers by class: 1xx, 2xx, 3xx, 4xx, 5xx. */
  readonly countByClass: readonly number[]
  /** Requests of cached methods that the stage's cache answered, and those that it did not. */
  readonly cacheHitCount: number
  readonly cacheMissCount: number
  readonly latency: HistogramSnapshot
  /** Of the requests that called an integration. */
  readonly integrationLatency: HistogramSnapshot
}

interface StageSeries {
  readonly restApiId: string
  readonly stage: string
  count: number
  clientErrorCount: number
  serverErrorCount: number
  readonly countByClass: number[]
  cacheHitCount: number
  cacheMissCount: number
  readonly latency: Histogram
  readonly integrationLatency: Histogram
}

/**
 * Sums of this process per stage, to be read whenever somebody asks. Nothing is ever dropped but whole
 * stages: above `stagesMax` the one seen first goes, and begins anew when it is called again.
 *
 * Cost: a map look-up and some additions a request.
 */
export class MemoryMetricSink implements MetricSink {
  readonly #stagesMax: number
  readonly #stages = new Map<string, StageSeries>()

  constructor(stagesMax = 10_000) {
    this.#stagesMax = stagesMax
  }

  record(metric: RequestMetric): void {
    const series = this.#seriesOf(metric)
    series.count += 1
    if (metric.status >= 500) series.serverErrorCount += 1
    else if (metric.status >= 400) series.clientErrorCount += 1
    const statusClass = Math.min(5, Math.max(1, Math.floor(metric.status / 100))) - 1
    series.countByClass[statusClass] = (series.countByClass[statusClass] ?? 0) + 1
    if (metric.isCacheHit === true) series.cacheHitCount += 1
    else if (metric.isCacheHit === false) series.cacheMissCount += 1
    observe(series.latency, metric.latencyMs)
    if (metric.integrationLatencyMs !== undefined) {
      observe(series.integrationLatency, metric.integrationLatencyMs)
    }
  }

  /** The sums now, in the order in which the stages were first called. Plain, so that it can be sent. */
  snapshot(): readonly StageMetrics[] {
    return [...this.#stages.values()].map((series) => ({
      ...series,
      countByClass: [...series.countByClass],
      latency: readHistogram(series.latency),
      integrationLatency: readHistogram(series.integrationLatency),
    }))
  }

  #seriesOf({ restApiId, stage }: RequestMetric): StageSeries {
    const key = `${restApiId}/${stage}`
    const known = this.#stages.get(key)
    if (known !== undefined) return known
    const series: StageSeries = {
      restApiId,
      stage,
      count: 0,
      clientErrorCount: 0,
      serverErrorCount: 0,
      countByClass: [0, 0, 0, 0, 0],
      cacheHitCount: 0,
      cacheMissCount: 0,
      latency: emptyHistogram(),
      integrationLatency: emptyHistogram(),
    }
    const [eldest] = this.#stages.keys()
    if (this.#stages.size >= this.#stagesMax && eldest !== undefined) this.#stages.delete(eldest)
    this.#stages.set(key, series)
    return series
  }
}
