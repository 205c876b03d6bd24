import { latencyBoundsMs, type HistogramSnapshot } from '../../adapters/memory/histogram.ts'
import type { StageMetrics } from '../../adapters/memory/metric-sink.ts'
import type { StageCacheState } from '../../adapters/shared-memory/stage-cache-clusters.ts'
import { functionMetrics } from '../functions/function-metrics.ts'
import type { FunctionsFigures } from '../functions/functions-figures.ts'
import type { PrometheusMetric, PrometheusSample } from './prometheus-text.ts'
import type { QuotaKeeperFigures } from '../counters/quota-keeper.ts'
import { stageCacheMetrics } from './stage-cache-metrics.ts'
import type { CounterStoreFigures } from '../counters/store-counters.ts'
import type { WorkerFigures } from '../workers/worker-figures.ts'

/** Everything that `/_stagedoor/metrics` tells. */
export interface OperatorState {
  readonly isReady: boolean
  readonly uptimeSeconds: number
  readonly stagesServed: number
  readonly workers: readonly WorkerState[]
  /** Of the workers that are there and of those that were replaced. */
  readonly figures: WorkerFigures
  readonly replacedByReason: ReadonlyMap<string, number>
  /** Undefined: no functions are run here, or none yet. */
  readonly functions: FunctionsFigures | undefined
  /** Threads that ran functions. */
  readonly functionThreadsReplaced: ReadonlyMap<string, number>
  readonly connectionsRefused: number
  readonly connectionsWaiting: number
  readonly managementCalls: ReadonlyMap<string, number>
  readonly feedFailures: number
  /** Throttle buckets that were forgotten before they were full. */
  readonly forgottenBuckets: number
  /** Undefined: quotas are not kept by this server. */
  readonly quotaKeeper: QuotaKeeperFigures | undefined
  /** Of the caches of stages in this process. */
  readonly stageCaches: readonly StageCacheState[]
  readonly droppedLogLines: number
  readonly memory: { readonly residentBytes: number; readonly heapUsedBytes: number }
  readonly cpuSeconds: { readonly user: number; readonly system: number }
}

/** One worker now. */
export interface WorkerState {
  readonly id: number
  readonly openConnections: number
  readonly requestsInFlight: number
  readonly isServing: boolean
  readonly eventLoopDelayMsMax: number
  readonly eventLoopUtilization: number
}

/** The state as Prometheus metrics. */
export function operatorMetrics(state: OperatorState): readonly PrometheusMetric[] {
  return [
    ...serverMetrics(state),
    ...requestMetrics(state.figures),
    ...stageCacheMetrics(state),
    ...workerMetrics(state),
    ...(state.functions === undefined ? [] : functionMetrics(state.functions)),
    ...functionThreadMetrics(state),
    ...counterMetrics(state),
    ...resourceMetrics(state),
  ]
}

function serverMetrics(state: OperatorState): readonly PrometheusMetric[] {
  return [
    gauge('stagedoor_ready', '1 when requests are taken.', state.isReady ? 1 : 0),
    gauge('stagedoor_uptime_seconds', 'Since the server began.', state.uptimeSeconds),
    gauge('stagedoor_stages', 'Stages that are served.', state.stagesServed),
    {
      name: 'stagedoor_management_calls_total',
      type: 'counter',
      help: 'Management calls answered, by status class.',
      samples: byLabel('class', state.managementCalls),
    },
    counter(
      'stagedoor_feed_failures_total',
      'Changes that a worker could not apply: it went on serving the last good state.',
      state.feedFailures,
    ),
    counter(
      'stagedoor_operator_log_dropped_total',
      'Lines of the operator log that were dropped.',
      state.droppedLogLines +
        state.figures.droppedLogLines +
        (state.functions?.droppedLogLines ?? 0),
    ),
  ]
}

function requestMetrics({ stages }: WorkerFigures): readonly PrometheusMetric[] {
  return [
    {
      name: 'stagedoor_requests_total',
      type: 'counter',
      help: 'Requests that a stage answered, by status class.',
      samples: stages.flatMap(requestSamples),
    },
    {
      name: 'stagedoor_request_duration_seconds',
      type: 'histogram',
      help: 'From the request to the answer.',
      samples: stages.flatMap((stage) => durationSamples(stage, stage.latency)),
    },
    {
      name: 'stagedoor_integration_duration_seconds',
      type: 'histogram',
      help: 'Of the requests that called an integration: from the call to its answer.',
      samples: stages.flatMap((stage) => durationSamples(stage, stage.integrationLatency)),
    },
  ]
}

const classNames = ['1xx', '2xx', '3xx', '4xx', '5xx'] as const

function requestSamples({ restApiId, stage, countByClass }: StageMetrics): PrometheusSample[] {
  return classNames.flatMap((name, index) => {
    const value = countByClass[index] ?? 0
    return value === 0 ? [] : [{ labels: { api: restApiId, stage, class: name }, value }]
  })
}

function durationSamples(
  { restApiId, stage }: StageMetrics,
  { counts, count, sumMs }: HistogramSnapshot,
): PrometheusSample[] {
  const labels = { api: restApiId, stage }
  let cumulative = 0
  const buckets = [...latencyBoundsMs, Infinity].map((boundMs, index) => {
    cumulative += counts[index] ?? 0
    const le = boundMs === Infinity ? '+Inf' : String(boundMs / 1000)
    return { suffix: '_bucket', labels: { ...labels, le }, value: cumulative }
  })
  return [
    ...buckets,
    { suffix: '_sum', labels, value: sumMs / 1000 },
    { suffix: '_count', labels, value: count },
  ]
}

function workerMetrics(state: OperatorState): readonly PrometheusMetric[] {
  const perWorker = (name: string, help: string, valueOf: (worker: WorkerState) => number) => ({
    name,
    type: 'gauge' as const,
    help,
    samples: state.workers.map((worker) => ({
      labels: { worker: String(worker.id) },
      value: valueOf(worker),
    })),
  })
  const replaced = [...state.replacedByReason.values()].reduce((sum, count) => sum + count, 0)
  return [
    perWorker('stagedoor_worker_serving', '1 when the worker takes connections.', (worker) =>
      worker.isServing ? 1 : 0,
    ),
    perWorker('stagedoor_connections', 'Open connections.', (worker) => worker.openConnections),
    perWorker(
      'stagedoor_requests_in_flight',
      'Requests begun and not answered.',
      (worker) => worker.requestsInFlight,
    ),
    perWorker(
      'stagedoor_event_loop_delay_seconds_max',
      'The longest that a timer was late since the last reading.',
      (worker) => worker.eventLoopDelayMsMax / 1000,
    ),
    perWorker(
      'stagedoor_event_loop_utilization',
      'Share of time that the event loop was busy since the last reading.',
      (worker) => worker.eventLoopUtilization,
    ),
    counter('stagedoor_worker_replacements_total', 'Workers that were replaced.', replaced),
    {
      name: 'stagedoor_worker_replacements_by_reason_total',
      type: 'counter',
      help: 'Workers that were replaced, by reason.',
      samples: byLabel('reason', state.replacedByReason),
    },
    gauge(
      'stagedoor_connections_waiting',
      'Accepted connections that wait for a worker.',
      state.connectionsWaiting,
    ),
    counter(
      'stagedoor_connections_refused_total',
      'Connections closed at once because a bound was reached.',
      state.connectionsRefused,
    ),
  ]
}

function functionThreadMetrics({
  functions,
  functionThreadsReplaced,
}: OperatorState): readonly PrometheusMetric[] {
  if (functions === undefined && functionThreadsReplaced.size === 0) return []
  return [
    {
      name: 'stagedoor_function_thread_replacements_total',
      type: 'counter',
      help: 'Threads that ran functions and were replaced, by reason.',
      samples: byLabel('reason', functionThreadsReplaced),
    },
  ]
}

function counterMetrics(state: OperatorState): readonly PrometheusMetric[] {
  return [
    counter(
      'stagedoor_throttle_buckets_forgotten_total',
      'Throttle buckets that were forgotten before they were full, for want of room.',
      state.forgottenBuckets,
    ),
    ...(state.quotaKeeper === undefined ? [] : quotaKeeperMetrics(state.quotaKeeper)),
    ...(state.figures.counterStore === undefined
      ? []
      : counterStoreMetrics(state.figures.counterStore)),
  ]
}

function quotaKeeperMetrics({ syncs, failures }: QuotaKeeperFigures): readonly PrometheusMetric[] {
  return [
    counter(
      'stagedoor_quota_syncs_total',
      'Times that everything quotas had counted was written to the store: once a second.',
      syncs,
    ),
    counter(
      'stagedoor_quota_sync_failures_total',
      'Times that the store could not take what quotas had counted.',
      failures,
    ),
  ]
}

function counterStoreMetrics({ isUp, failures }: CounterStoreFigures): readonly PrometheusMetric[] {
  return [
    gauge(
      'stagedoor_counter_store_up',
      '1 when all workers reach the store that gateways share.',
      isUp ? 1 : 0,
    ),
    counter(
      'stagedoor_counter_store_failures_total',
      'Requests whose throttles and quotas that store did not decide in time.',
      failures,
    ),
  ]
}

function resourceMetrics({
  memory,
  cpuSeconds,
  figures,
  functions,
}: OperatorState): readonly PrometheusMetric[] {
  return [
    gauge('process_resident_memory_bytes', 'Resident memory.', memory.residentBytes),
    counter(
      'process_cpu_seconds_total',
      'Time on a processor, user and system.',
      cpuSeconds.user + cpuSeconds.system,
    ),
    gauge(
      'stagedoor_heap_used_bytes',
      'JavaScript heap in use, of all threads.',
      memory.heapUsedBytes + figures.heapUsedBytes + (functions?.heapUsedBytes ?? 0),
    ),
  ]
}

function gauge(name: string, help: string, value: number): PrometheusMetric {
  return { name, type: 'gauge', help, samples: [{ value }] }
}

function counter(name: string, help: string, value: number): PrometheusMetric {
  return { name, type: 'counter', help, samples: [{ value }] }
}

function byLabel(label: string, counts: ReadonlyMap<string, number>): PrometheusSample[] {
  return [...counts].map(([name, value]) => ({ labels: { [label]: name }, value }))
}
