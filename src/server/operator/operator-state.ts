import { performance } from 'node:perf_hooks'
import type { WorkerFeed } from '../workers/feed.ts'
import type { FiguresOfWorkers } from '../workers/figures-of-workers.ts'
import type { GatewayCaches } from '../caches/gateway-caches.ts'
import type { GatewayCounters } from '../counters/gateway-counters.ts'
import type { GatewayFunctions } from '../functions/gateway-functions.ts'
import type { Management } from '../management/management.ts'
import type { OperatorState, WorkerState } from './operator-metrics.ts'
import { addFigures, noFigures, type WorkerFigures } from '../workers/worker-figures.ts'
import type { WorkerPool } from '../workers/worker-pool.ts'
import type { WorkerThread } from '../workers/worker-thread.ts'

/** The parts of a running server that have something to tell. */
export interface StateSources {
  readonly pool: WorkerPool
  readonly feed: WorkerFeed
  readonly figures: FiguresOfWorkers
  readonly management: Management
  readonly functions: GatewayFunctions
  isReady(): boolean
  feedFailures(): number
  readonly counters: GatewayCounters
  readonly caches: GatewayCaches
  droppedLogLines(): number
}

/** Everything that the metrics tell, as it is now. */
export async function collectOperatorState(sources: StateSources): Promise<OperatorState> {
  const { pool, feed, figures, management } = sources
  const threads = pool.threads
  const byWorker = await figures.collect(threads.filter(({ state }) => state === 'serving'))
  const functionFigures = await sources.functions.collect()
  const total = [...byWorker.values()].reduce(addFigures, figures.ofGone(byWorker))
  const { rss, heapUsed } = process.memoryUsage()
  const cpu = process.cpuUsage()
  return {
    isReady: sources.isReady(),
    uptimeSeconds: performance.now() / 1000,
    stagesServed: feed.stageCount(),
    workers: threads.map((thread) => workerState(thread, byWorker.get(thread.id) ?? noFigures)),
    figures: total,
    replacedByReason: pool.replacedCounts,
    functions: functionFigures,
    functionThreadsReplaced: sources.functions.replacedCounts,
    connectionsRefused: pool.refusedCount,
    connectionsWaiting: pool.waitingCount,
    managementCalls: management.callCounts,
    feedFailures: sources.feedFailures(),
    forgottenBuckets: sources.counters.forgottenBuckets(),
    quotaKeeper: sources.counters.keeperFigures(),
    stageCaches: sources.caches.figures(),
    droppedLogLines: sources.droppedLogLines(),
    memory: { residentBytes: rss, heapUsedBytes: heapUsed },
    cpuSeconds: { user: cpu.user / 1e6, system: cpu.system / 1e6 },
  }
}

function workerState(thread: WorkerThread, figures: WorkerFigures): WorkerState {
  return {
    id: thread.id,
    openConnections: thread.signals.openCount(),
    requestsInFlight: thread.signals.inFlightCount(),
    isServing: thread.state === 'serving',
    eventLoopDelayMsMax: figures.eventLoopDelayMsMax,
    eventLoopUtilization: figures.eventLoopUtilization,
  }
}
