import type { StageCacheState } from '../../adapters/shared-memory/stage-cache-clusters.ts'
import type { PrometheusMetric, PrometheusSample } from './prometheus-text.ts'
import type { WorkerFigures } from '../workers/worker-figures.ts'

/** What the caches of stages did, and how full those of this process are. */
export function stageCacheMetrics(state: {
  readonly figures: Pick<WorkerFigures, 'stages' | 'caches'>
  readonly stageCaches: readonly StageCacheState[]
}): readonly PrometheusMetric[] {
  const { stages, caches } = state.figures
  const cached = stages.filter((stage) => stage.cacheHitCount + stage.cacheMissCount > 0)
  return [
    {
      name: 'stagedoor_cache_requests_total',
      type: 'counter',
      help: "Requests of cached methods that the stage's cache answered, and that it did not.",
      samples: cached.flatMap(({ restApiId, stage, cacheHitCount, cacheMissCount }) => [
        { labels: { api: restApiId, stage, outcome: 'hit' }, value: cacheHitCount },
        { labels: { api: restApiId, stage, outcome: 'miss' }, value: cacheMissCount },
      ]),
    },
    {
      name: 'stagedoor_cache_unavailable_total',
      type: 'counter',
      help: 'Misses because the cache did not answer in time, or at all.',
      samples: [{ value: caches.unavailableCount }],
    },
    {
      name: 'stagedoor_cache_dropped_total',
      type: 'counter',
      help: 'Answers that a cache did not keep, for want of room, time, a store or a key.',
      samples: [{ value: caches.droppedCount }],
    },
    ...fullness(state.stageCaches),
  ]
}

function fullness(caches: readonly StageCacheState[]): readonly PrometheusMetric[] {
  const perCache = (valueOf: (cache: StageCacheState) => number): PrometheusSample[] =>
    caches.map((cache) => ({
      labels: { api: cache.place.restApiId, stage: cache.place.stageName },
      value: valueOf(cache),
    }))
  return [
    {
      name: 'stagedoor_cache_bytes',
      type: 'gauge',
      help: "Memory of the stage's cache in this process, used or not.",
      samples: perCache(({ heldBytes }) => heldBytes),
    },
    {
      name: 'stagedoor_cache_entries',
      type: 'gauge',
      help: "Entries of the stage's cache in this process, some of them perhaps gone by now.",
      samples: perCache(({ entriesCount }) => entriesCount),
    },
    {
      name: 'stagedoor_cache_evictions_total',
      type: 'counter',
      help: 'Entries that left before their time, for want of room.',
      samples: perCache(({ evictionsCount }) => evictionsCount),
    },
  ]
}
