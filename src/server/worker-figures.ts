/** Upper bounds of the latency histogram's buckets, in seconds; above the last there is no bound. */
export const latencyBoundsSeconds = Object.freeze([
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
])

/** What one stage has answered since its worker began. */
export interface StageFigures {
  readonly restApiId: string
  readonly stage: string
  /** By status class: 1xx, 2xx, 3xx, 4xx, 5xx. */
  readonly countByClass: readonly number[]
  /** One per bound of `latencyBoundsSeconds`, and one above; not cumulative. */
  readonly latencyCounts: readonly number[]
  readonly latencySumMs: number
}

/** What a worker reports when it is asked. */
export interface WorkerFigures {
  readonly stages: readonly StageFigures[]
  /** Requests of stages that found no room in the table of stages. */
  readonly uncountedRequests: number
  readonly droppedLogLines: number
  readonly droppedLogEvents: number
  /** The longest that a timer was late since the last report, in milliseconds. */
  readonly eventLoopDelayMsMax: number
  /** Share of time that the event loop was busy since the last report, 0 to 1. */
  readonly eventLoopUtilization: number
  readonly heapUsedBytes: number
}

/** Nothing counted yet. */
export const noFigures: WorkerFigures = Object.freeze({
  stages: [],
  uncountedRequests: 0,
  droppedLogLines: 0,
  droppedLogEvents: 0,
  eventLoopDelayMsMax: 0,
  eventLoopUtilization: 0,
  heapUsedBytes: 0,
})

/** The sum of what two workers counted; delays and shares are the greater of the two. */
export function addFigures(a: WorkerFigures, b: WorkerFigures): WorkerFigures {
  const stages = new Map<string, StageFigures>()
  for (const stage of [...a.stages, ...b.stages]) {
    const key = `${stage.restApiId}/${stage.stage}`
    const sum = stages.get(key)
    stages.set(key, sum === undefined ? stage : addStages(sum, stage))
  }
  return {
    stages: [...stages.values()],
    uncountedRequests: a.uncountedRequests + b.uncountedRequests,
    droppedLogLines: a.droppedLogLines + b.droppedLogLines,
    droppedLogEvents: a.droppedLogEvents + b.droppedLogEvents,
    eventLoopDelayMsMax: Math.max(a.eventLoopDelayMsMax, b.eventLoopDelayMsMax),
    eventLoopUtilization: Math.max(a.eventLoopUtilization, b.eventLoopUtilization),
    heapUsedBytes: a.heapUsedBytes + b.heapUsedBytes,
  }
}

function addStages(a: StageFigures, b: StageFigures): StageFigures {
  const sum = (left: readonly number[], right: readonly number[]) =>
    left.map((value, index) => value + (right[index] ?? 0))
  return {
    restApiId: a.restApiId,
    stage: a.stage,
    countByClass: sum(a.countByClass, b.countByClass),
    latencyCounts: sum(a.latencyCounts, b.latencyCounts),
    latencySumMs: a.latencySumMs + b.latencySumMs,
  }
}
