import { addHistograms } from './histogram.ts'
import type { StageMetrics } from './metric-sink.ts'

/** The sums of several processes or workers as one, a row per stage, in order of first appearance. */
export function addMetrics(parts: readonly (readonly StageMetrics[])[]): readonly StageMetrics[] {
  const stages = new Map<string, StageMetrics>()
  for (const metrics of parts.flat()) {
    const key = `${metrics.restApiId}/${metrics.stage}`
    const known = stages.get(key)
    stages.set(key, known === undefined ? metrics : addStages(known, metrics))
  }
  return [...stages.values()]
}

function addStages(a: StageMetrics, b: StageMetrics): StageMetrics {
  return {
    restApiId: a.restApiId,
    stage: a.stage,
    count: a.count + b.count,
    clientErrorCount: a.clientErrorCount + b.clientErrorCount,
    serverErrorCount: a.serverErrorCount + b.serverErrorCount,
    countByClass: a.countByClass.map((count, index) => count + (b.countByClass[index] ?? 0)),
    cacheHitCount: a.cacheHitCount + b.cacheHitCount,
    cacheMissCount: a.cacheMissCount + b.cacheMissCount,
    latency: addHistograms(a.latency, b.latency),
    integrationLatency: addHistograms(a.integrationLatency, b.integrationLatency),
  }
}
