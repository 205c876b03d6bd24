import { flushCompileCache } from 'node:module'
import type { Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { MessagePort } from 'node:worker_threads'
import { MemoryMetricSink } from '../../adapters/memory/metric-sink.ts'
import { systemClock } from '../../adapters/node/clock.ts'
import { createContentCoder } from '../../adapters/node/content-coder.ts'
import { createSystemRandom } from '../../adapters/node/random.ts'
import { openStageClock } from '../../adapters/node/stage-clock.ts'
import { createUpstream } from '../../adapters/upstream/upstream.ts'
import { createAccountTable, type ServedAccountTable } from '../../data-plane/account-table.ts'
import { createContentMemory } from '../../data-plane/content-memory.ts'
import {
  createRequestTraces,
  type RequestTrace,
  type RequestTraces,
} from '../../data-plane/request-traces.ts'
import { createExecuteApi } from '../../data-plane/server.ts'
import { createStageTable, type StageTable } from '../../data-plane/stage-table.ts'
import type { ServingChange } from '../../ports/deployment-feed.ts'
import type { MethodTest, MethodTester } from '../../ports/method-tester.ts'
import { awsServicesOf } from '../management/aws-services.ts'
import { createHttpFront, type HttpFront } from '../http/http-front.ts'
import { startLongTasks } from './long-task-thread.ts'
import { openLazyRedis } from '../lazy-redis.ts'
import { createOwnServices } from '../management/own-services.ts'
import { createOwnerCalls, type OwnerCalls } from './owner-calls.ts'
import type { PlaneSet } from '../http/planes.ts'
import { openRemoteFunctions } from '../functions/remote-functions.ts'
import { vpcLinkTargetsOf } from '../configuration/vpc-link-targets.ts'
import { createWorkerCaches, type WorkerCaches } from '../caches/worker-caches.ts'
import { createWorkerCounters, type WorkerCounters } from '../counters/worker-counters.ts'
import type { WorkerFigures } from './worker-figures.ts'
import { createWorkerFunctions, type WorkerFunctions } from '../functions/worker-functions.ts'
import { createWorkerLog, type WorkerLog } from './worker-log.ts'
import type {
  ApplyFailure,
  MethodTestReport,
  OwnerMessage,
  WorkerMessage,
  WorkerSettings,
} from './worker-messages.ts'
import { beatIntervalMs, writeSignals } from './worker-signals.ts'

/**
 * Runs a worker thread: HTTP and the data plane for the connections that the owner hands over.
 *
 * It never listens and stores nothing. What it serves comes as changes, in order, and is acknowledged
 * one by one; everything else it needs from outside it asks the owner for, by message.
 */
export function runWorker(port: MessagePort, settings: WorkerSettings): void {
  const post = (message: WorkerMessage) => port.postMessage(message)
  const calls = createOwnerCalls(post)
  const log = createWorkerLog(post)
  const metrics = new MemoryMetricSink()
  const signals = writeSignals(settings.signals)
  const stages = createStageTable({
    clock: systemClock,
    yieldToOthers: nextTurn,
    source: calls,
    log,
  })
  const accounts = createAccountTable()
  const functions = createWorkerFunctions(() => post({ kind: 'link-functions' }))
  const { remoteLambda, upstreamCa } = settings
  const ownServices = createOwnServices(calls, settings.frontBounds.forwardedMax)
  const { traceRequests } = settings
  const requestTraces = traceRequests === 0 ? undefined : createRequestTraces(traceRequests)
  const stageClock = openStageClock(settings.stageClock)
  const redis = settings.redis && openLazyRedis(settings.redis)
  const counters = createWorkerCounters(settings, { stageClock, redis, log })
  const caches = createWorkerCaches(settings, { stageClock, log })
  const contentMemory = createContentMemory(settings.contentBytesMax)
  const executeApi = createExecuteApi({
    stages,
    accounts,
    vpcLinkTargets: vpcLinkTargetsOf(settings.vpcLinkTargets),
    awsServices: awsServicesOf(settings.awsServices, ownServices),
    upstream: createUpstream(upstreamCa === undefined ? {} : { caBundlePem: upstreamCa }),
    functions:
      remoteLambda === undefined ? functions : openRemoteFunctions(remoteLambda, upstreamCa),
    contentCoder: createContentCoder(),
    longTasks: startLongTasks(),
    contentMemory,
    clock: systemClock,
    stageClock,
    accountThrottle: settings.accountThrottle,
    counters,
    caches,
    random: createSystemRandom(),
    metrics,
    log,
    yieldToOthers: nextTurn,
    ...(requestTraces === undefined ? {} : { requestTraces }),
  })
  const front = createHttpFront({
    planes: {
      executeApi: (request, address, host) => executeApi.respond(request, address, host),
      forward: (plane, request) => calls.forward(plane, request),
    },
    signals,
    bounds: settings.frontBounds,
    contentMemory,
    onBug: (error) => log.error('request-bug', { detail: describe(error) }),
  })
  process.once('exit', () => signals.ending())
  const beats = startBeats(() => signals.beat())
  const { tester } = executeApi
  const parts = { calls, stages, accounts, functions, front, tester, requestTraces }
  const worker: Worker = { ...parts, counters, caches, post, log, metrics, beats }
  const listeners = settings.listeners.map((planes) => new Set(planes))
  port.on('message', (message: OwnerMessage) => receive(message, worker, listeners))
  // Threads end without writing it, and everything that a request needs is loaded by now.
  setTimeout(flushCompileCache, flushAfterMs)
}

/** Long enough not to delay the start. */
const flushAfterMs = 1000

interface Worker {
  readonly post: (message: WorkerMessage) => void
  readonly calls: OwnerCalls
  readonly stages: StageTable
  readonly accounts: ServedAccountTable
  readonly functions: WorkerFunctions
  readonly counters: WorkerCounters
  readonly caches: WorkerCaches
  readonly front: HttpFront
  readonly tester: MethodTester
  readonly requestTraces: RequestTraces | undefined
  readonly log: WorkerLog
  readonly metrics: MemoryMetricSink
  readonly beats: Beats
}

function receive(message: OwnerMessage, worker: Worker, listeners: readonly PlaneSet[]): void {
  switch (message.kind) {
    case 'connection':
      return takeConnection(message.socket, listeners[message.listener], worker)
    case 'feed':
      return void applyChanges(message.sequence, message.changes, worker)
    case 'definition':
      return worker.calls.definitionArrived(message.call, message.bytes)
    case 'answer':
      return worker.calls.answerArrived(message.call, message.answer)
    case 'stage-cache':
      return worker.caches.attach(message.cache)
    case 'collect':
      return worker.post({ kind: 'figures', call: message.call, figures: collect(worker) })
    case 'test-method':
      return void testMethod(message.call, message.test, worker)
    case 'read-traces':
      return worker.post({
        kind: 'traces',
        call: message.call,
        traces: readTraces(message.requestId, worker),
      })
    case 'functions-port':
      return worker.functions.connect(message.port)
    case 'run-functions':
      return worker.functions.run(message.port, message.settings)
    case 'drain':
      worker.front.drain(message.idleGraceMs).then(
        () => worker.post({ kind: 'drained' }),
        (error: unknown) => worker.log.error('drain-failed', { detail: describe(error) }),
      )
  }
}

async function testMethod(call: number, test: MethodTest, worker: Worker): Promise<void> {
  const outcome = await worker.tester.test(test).catch((error: unknown): MethodTestReport => {
    return { outcome: 'failed', detail: describe(error) }
  })
  worker.post({ kind: 'method-tested', call, outcome })
}

function readTraces(
  requestId: string | undefined,
  { requestTraces }: Worker,
): readonly RequestTrace[] {
  if (requestId === undefined) return requestTraces?.list() ?? []
  const found = requestTraces?.find(requestId)
  return found === undefined ? [] : [found]
}

function takeConnection(socket: Socket, planes: PlaneSet | undefined, { front }: Worker): void {
  if (planes === undefined) socket.destroy()
  else front.takeConnection(socket, planes)
}

/** Acknowledges when each change is served or has failed: the owner waits for it. */
async function applyChanges(
  sequence: number,
  changes: readonly ServingChange[],
  { stages, accounts, requestTraces, post }: Worker,
): Promise<void> {
  if (changes.some(({ kind }) => kind === 'reset')) requestTraces?.clear()
  const outcomes = await Promise.all(
    changes.map((change) => applyChange(change, { stages, accounts })),
  )
  const failures = outcomes.filter((failure) => failure !== undefined)
  post({ kind: 'applied', sequence, failures })
}

async function applyChange(
  change: ServingChange,
  { stages, accounts }: Pick<Worker, 'stages' | 'accounts'>,
): Promise<ApplyFailure | undefined> {
  if (change.kind === 'declared' || change.kind === 'withdrawn') {
    accounts.apply(change)
    return undefined
  }
  if (change.kind === 'reset') accounts.apply(change)
  const ack = await stages.apply(change)
  if (ack.outcome !== 'failed') return undefined
  if (change.kind === 'reset') return { restApiId: '', stageName: '', detail: ack.detail }
  const { restApiId, stageName } = change.kind === 'stage' ? change.stage : change
  return { restApiId, stageName, detail: ack.detail }
}

function collect({ metrics, counters, caches, log, beats }: Worker): WorkerFigures {
  return {
    stages: metrics.snapshot(),
    counterStore: counters.storeFigures(),
    caches: caches.figures(),
    droppedLogLines: log.droppedCount(),
    heapUsedBytes: process.memoryUsage().heapUsed,
    ...beats.takeReading(),
  }
}

interface Beats {
  /** Since the last reading. */
  takeReading(): Pick<WorkerFigures, 'eventLoopDelayMsMax' | 'eventLoopUtilization'>
}

/** The heartbeat, which is also what measures how late the event loop is. */
function startBeats(beat: () => void): Beats {
  let dueMs = performance.now() + beatIntervalMs
  let delayMsMax = 0
  let utilization = performance.eventLoopUtilization()
  beat()
  setInterval(() => {
    beat()
    const nowMs = performance.now()
    delayMsMax = Math.max(delayMsMax, nowMs - dueMs)
    dueMs = nowMs + beatIntervalMs
  }, beatIntervalMs)
  return {
    takeReading() {
      const current = performance.eventLoopUtilization()
      const reading = {
        eventLoopDelayMsMax: delayMsMax,
        eventLoopUtilization: performance.eventLoopUtilization(current, utilization).utilization,
      }
      delayMsMax = 0
      utilization = current
      return reading
    },
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
