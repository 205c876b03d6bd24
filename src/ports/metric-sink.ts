/** One request of a stage, as the metrics of `AWS/ApiGateway` count it. */
export interface RequestMetric {
  readonly restApiId: string
  readonly stage: string
  /** Template of the resource, undefined when none matched. */
  readonly resourcePath: string | undefined
  readonly httpMethod: string
  readonly status: number
  readonly latencyMs: number
  /** Undefined when no integration was called. */
  readonly integrationLatencyMs: number | undefined
  /** Undefined: the method is not cached. */
  readonly isCacheHit?: boolean | undefined
}

/** Where request metrics go. Failure policy: never blocks, never fails a request. */
export interface MetricSink {
  record(metric: RequestMetric): void
}
