import { addMetrics } from '../../adapters/memory/add-metrics.ts'
import type { StageMetrics } from '../../adapters/memory/metric-sink.ts'
import type { StageCacheFailures } from '../../ports/stage-caches.ts'
import type { CounterStoreFigures } from '../counters/store-counters.ts'

/** What a worker reports when it is asked. */
export interface WorkerFigures {
  readonly stages: readonly StageMetrics[]
  /** Undefined: there is no store of counters that gateways share. */
  readonly counterStore: CounterStoreFigures | undefined
  readonly caches: StageCacheFailures
  readonly droppedLogLines: number
  /** The longest that a timer was late since the last report, in milliseconds. */
  readonly eventLoopDelayMsMax: number
  /** Share of time that the event loop was busy since the last report, 0 to 1. */
  readonly eventLoopUtilization: number
  readonly heapUsedBytes: number
}

/** Nothing counted yet. */
export const noFigures: WorkerFigures = Object.freeze({
  stages: [],
  counterStore: undefined,
  caches: Object.freeze({ unavailableCount: 0, droppedCount: 0 }),
  droppedLogLines: 0,
  eventLoopDelayMsMax: 0,
  eventLoopUtilization: 0,
  heapUsedBytes: 0,
})

/** The sum of what two workers counted; delays and shares are the greater of the two. */
export function addFigures(a: WorkerFigures, b: WorkerFigures): WorkerFigures {
  return {
    stages: addMetrics([a.stages, b.stages]),
    counterStore: addStores(a.counterStore, b.counterStore),
    caches: {
      unavailableCount: a.caches.unavailableCount + b.caches.unavailableCount,
      droppedCount: a.caches.droppedCount + b.caches.droppedCount,
    },
    droppedLogLines: a.droppedLogLines + b.droppedLogLines,
    eventLoopDelayMsMax: Math.max(a.eventLoopDelayMsMax, b.eventLoopDelayMsMax),
    eventLoopUtilization: Math.max(a.eventLoopUtilization, b.eventLoopUtilization),
    heapUsedBytes: a.heapUsedBytes + b.heapUsedBytes,
  }
}

/** It is up where every worker reaches it. */
function addStores(
  a: CounterStoreFigures | undefined,
  b: CounterStoreFigures | undefined,
): CounterStoreFigures | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return { isUp: a.isUp && b.isUp, failures: a.failures + b.failures }
}
