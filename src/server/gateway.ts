import { totalmem } from 'node:os'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { loadApiKeys, loadQuotaKeys } from '../control-plane/apigateway/api-keys/load-api-keys.ts'
import { loadClientCertificates } from '../control-plane/apigateway/client-certificates/load-client-certificates.ts'
import { loadStages } from '../control-plane/apigateway/stages/load-stages.ts'
import { readStageSettings } from '../control-plane/apigateway/stages/stage-settings-report.ts'
import { loadUsagePlans } from '../control-plane/apigateway/usage-plans/load-usage-plans.ts'
import { loadVpcLinks } from '../control-plane/apigateway/vpc-links/load-vpc-links.ts'
import { codeInUse, loadFunctions } from '../control-plane/lambda/load-functions.ts'
import {
  controlStageClock,
  createStageClockMemory,
  openStageClock,
} from '../adapters/node/stage-clock.ts'
import type { OperatorLog } from '../ports/operator-log.ts'
import type { StateStore } from '../ports/state-store.ts'
import type { Configuration } from './configuration/configuration.ts'
import { awsServicePlacesOf, threadAwsServicesOf } from './management/aws-services.ts'
import { createWorkerFeed, type WorkerFeed } from './workers/feed.ts'
import { readCacheKey } from './caches/cache-key-file.ts'
import { openGatewayCaches, type GatewayCaches } from './caches/gateway-caches.ts'
import { openGatewayCounters, type GatewayCounters } from './counters/gateway-counters.ts'
import { createFiguresOfWorkers } from './workers/figures-of-workers.ts'
import { defaultFrontBounds, type FrontBounds } from './http/front-bounds.ts'
import { createGatewayControlPlane, managementHostsOf } from './management/gateway-control-plane.ts'
import {
  endAbandonedFunctions,
  openGatewayFunctions,
  type GatewayFunctions,
} from './functions/gateway-functions.ts'
import { formatAddress, ownAddress } from './http/listen-address.ts'
import { openListener, type Listener } from './http/listener.ts'
import { createManagement, type Management } from './management/management.ts'
import { createOperatorApi } from './operator/operator-api.ts'
import { createOperatorClock, type OperatorClock } from './operator/operator-clock.ts'
import { collectOperatorState } from './operator/operator-state.ts'
import { allPlanes, executeApiAlone } from './http/planes.ts'
import { threadRedisOf } from './configuration/redis-settings.ts'
import { remoteLambdaOf } from './functions/remote-functions.ts'
import { readUpstreamCa } from './upstream-ca.ts'
import { sweepDefinitions } from './management/sweep-definitions.ts'
import { version } from './version.ts'
import { vpcLinkTargetsOf } from './configuration/vpc-link-targets.ts'
import { warnOfStoredSettings } from './management/warn-of-stored-settings.ts'
import { answerWorkers } from './workers/answer-workers.ts'
import { createWorkerCalls } from './workers/worker-calls.ts'
import { defaultWorkerBounds, WorkerPool, type WorkerBounds } from './workers/worker-pool.ts'
import { withinTime } from './within-time.ts'

/** What a gateway is made with. */
export interface GatewayOptions {
  readonly configuration: Configuration
  readonly log: OperatorLog & { droppedCount?(): number }
  readonly workerBounds?: Partial<WorkerBounds>
  readonly frontBounds?: Partial<FrontBounds>
  /** Idle connections are closed this long after a drain began, in milliseconds. */
  readonly idleGraceMs?: number
  /** The script of a worker thread; a test's own may misbehave on demand. */
  readonly workerEntry?: URL
  /** The script of the thread that runs functions, likewise. */
  readonly functionsEntry?: URL
}

/** A gateway that serves. */
export interface RunningGateway {
  /** Of the main listener: `http://127.0.0.1:4566`. */
  readonly url: string
  /** Of `--gateway-listen`; undefined: there is none. */
  readonly gatewayUrl: string | undefined
  /**
   * Stops: not ready, no new connections, requests in flight finish within the deadline, the store is
   * closed. False when some had not finished. A second call waits for nothing.
   */
  close(): Promise<boolean>
}

const idleGraceMsDefault = 500

/**
 * Assembles a gateway and starts it: the store, the feed, the control plane, the workers, the listeners.
 * Resolves when every worker serves everything that is stored.
 *
 * Rejects, with nothing left open, when the store is held by another process, an address is taken, or
 * the workers do not start.
 */
export async function createGateway(options: GatewayOptions): Promise<RunningGateway> {
  const { configuration } = options
  const store = await openStore(configuration)
  let parts: Parts | undefined
  try {
    const upstreamCa = await readUpstreamCa(configuration.upstreamCaFile)
    const cacheKey = await readCacheKey(configuration.cacheKeyFile)
    parts = assemble(options, store, { upstreamCa, cacheKey })
    await start(parts, options)
    return runningGateway(parts, options)
  } catch (error) {
    await parts?.functions.close()
    parts?.pool.close()
    await parts?.counters.close()
    parts?.caches.close()
    await Promise.all(parts?.listeners.map((listener) => listener.close()) ?? [])
    await store.close()
    throw error
  }
}

/** The adapter is imported when it is chosen: the other one costs nothing. */
async function openStore({ state }: Configuration): Promise<StateStore> {
  if (state.kind === 'memory') {
    const { MemoryStateStore } = await import('../adapters/memory/state-store.ts')
    return new MemoryStateStore()
  }
  const { openSqliteStateStore } = await import('../adapters/sqlite/state-store.ts')
  return openSqliteStateStore({ dataDir: state.directory })
}

interface Parts {
  readonly store: StateStore
  readonly feed: WorkerFeed
  readonly pool: WorkerPool
  readonly functions: GatewayFunctions
  readonly counters: GatewayCounters
  readonly caches: GatewayCaches
  /** The main one, then execute-api's own. */
  readonly listeners: Listener[]
  readonly mainListener: PromiseWithResolvers<Listener>
  readonly readiness: Readiness
}

/** `because`: why the server is not ready; undefined when it is. */
interface Readiness {
  because: 'loading' | 'draining' | undefined
}

function assemble(
  options: GatewayOptions,
  store: StateStore,
  files: { readonly upstreamCa: string | undefined; readonly cacheKey: Uint8Array | undefined },
): Parts {
  const { upstreamCa } = files
  const { configuration, log } = options
  const remoteLambda = configuration.functions.endpoint
  const readiness: Readiness = { because: 'loading' }
  const mainListener = Promise.withResolvers<Listener>()
  const ownUrl = mainListener.promise.then(
    ({ address }) => `http://${formatAddress(ownAddress(address))}`,
  )
  // Whoever needs it looks.
  ownUrl.catch(() => {})
  let feedFailures = 0
  const figures = createFiguresOfWorkers()
  const feed: WorkerFeed = createWorkerFeed({
    workers: (changes) => pool.apply(changes),
    functionPlane: (changes) => functions.apply(changes),
    caches: (change) => caches.declare(change),
  })
  const clockMemory = configuration.testClock ? createStageClockMemory() : undefined
  const stageClock = openStageClock(clockMemory)
  const { redis } = configuration
  const counters = openGatewayCounters({ store, stageClock, redis, log })
  const caches = openGatewayCaches({
    bytesMax: configuration.cacheBytesMax || halfOfMemory(),
    redis,
    sealKey: files.cacheKey,
    tell: (cache) => {
      for (const thread of pool.threads) thread.post({ kind: 'stage-cache', cache })
    },
    log,
  })
  const bounds = { ...defaultWorkerBounds, ...options.workerBounds }
  const functions: GatewayFunctions = openGatewayFunctions({
    configuration,
    bounds,
    upstreamCa,
    replay: () => feed.replayFunctions(),
    ownUrl,
    onlyWorker: configuration.workerCount === 1 ? () => pool.someThread() : undefined,
    log,
    ...(options.functionsEntry === undefined ? {} : { entry: options.functionsEntry }),
  })
  const pool: WorkerPool = new WorkerPool({
    workerCount: configuration.workerCount,
    entry: options.workerEntry ?? workerEntry(),
    settings: {
      listeners: [allPlanes, executeApiAlone],
      frontBounds: { ...defaultFrontBounds, ...options.frontBounds },
      upstreamCa,
      vpcLinkTargets: configuration.vpcLinkTargets,
      awsServices: threadAwsServicesOf(configuration.awsServices),
      traceRequests: configuration.traceRequests,
      stageClock: clockMemory,
      counters: counters.memory,
      accountThrottle: {
        rateLimit: configuration.quotas.accountThrottleRate,
        burstLimit: configuration.quotas.accountThrottleBurst,
      },
      redis: redis === undefined ? undefined : threadRedisOf(redis),
      countersWithoutStore: configuration.countersWithoutStore,
      sealKey: caches.sealKey,
      remoteLambda: remoteLambda === undefined ? undefined : remoteLambdaOf(remoteLambda),
    },
    bounds,
    replay: () => feed.replay(),
    greet: () => caches.shared().map((cache) => ({ kind: 'stage-cache', cache })),
    onMessage: (thread, message) => answer(thread, message),
    onApplyFailure: () => {
      feedFailures += 1
    },
    onEnded(token) {
      counters.threadEnded(token)
      caches.threadEnded(token)
    },
    log,
  })
  const workerCalls = createWorkerCalls(() => pool)
  const { quotaLedger } = counters
  const methodTester = workerCalls
  const { clusters: stageCaches } = caches
  const own = { store, feed, functions, log }
  const planeParts = { ...own, methodTester, stageClock, quotaLedger, stageCaches }
  const management = createManagement(createGatewayControlPlane(configuration, planeParts))
  const operator = createOperatorApi({
    version,
    hosts: managementHostsOf(configuration),
    notReadyBecause: () => readiness.because,
    collectFunctions: () => functions.collect(),
    traces: configuration.traceRequests === 0 ? undefined : (id) => workerCalls.traces(id),
    stageSettings: (place) =>
      readStageSettings(place, { store, quotas: configuration.quotas, yieldToOthers: nextTurn }),
    clock: clockMemory && operatorClock(clockMemory, counters),
    findFunctionCode: (sha256) => functions.code.find(sha256),
    collect: () =>
      collectOperatorState({
        pool,
        feed,
        figures,
        management,
        functions,
        counters,
        caches,
        isReady: () => readiness.because === undefined,
        feedFailures: () => feedFailures,
        droppedLogLines: () => log.droppedCount?.() ?? 0,
      }),
    reset: mayReset(configuration)
      ? () => resetAll({ store, feed, functions, counters, management, log })
      : undefined,
  })
  const answering = { store, management, operator, figures, functions, workerCalls, log }
  const answer = answerWorkers(answering)
  return { store, feed, pool, functions, counters, caches, listeners: [], mainListener, readiness }
}

/** A clock that moves may end a day: what was counted of it is looked at before. */
function operatorClock(memory: SharedArrayBuffer, counters: GatewayCounters): OperatorClock {
  const control = controlStageClock(memory)
  return createOperatorClock({
    ...control,
    advance(durationMs) {
      counters.collect()
      control.advance(durationMs)
    },
  })
}

/** What a container may take counts, too. */
function halfOfMemory(): number {
  const allowed = process.constrainedMemory()
  return Math.floor(Math.min(totalmem(), allowed === 0 ? Infinity : allowed) / 2)
}

/** A worker's script has the extension that this file has: `.ts` from source, `.js` when compiled. */
function workerEntry(): URL {
  const extension = import.meta.url.slice(import.meta.url.lastIndexOf('.'))
  return new URL(`./workers/worker-entry${extension}`, import.meta.url)
}

function mayReset({ allowReset, state }: Configuration): boolean {
  return allowReset || state.kind === 'memory'
}

async function resetAll(parts: {
  readonly store: StateStore
  readonly feed: WorkerFeed
  readonly functions: GatewayFunctions
  readonly counters: GatewayCounters
  readonly management: Management
  readonly log: OperatorLog
}): Promise<void> {
  await parts.management.alone(async () => {
    const quotaKeys = await loadQuotaKeys(parts.store)
    await parts.store.reset()
    await parts.feed.publish({ kind: 'reset' })
    await parts.counters.clear(quotaKeys)
    await parts.functions.code.reset()
  })
  parts.log.warn('state-reset', {})
}

/** Threads and listeners begin while the store is read; connections wait until workers can serve. */
async function start(parts: Parts, { configuration, log }: GatewayOptions): Promise<void> {
  const { store, pool, functions, listeners, mainListener, readiness } = parts
  const { main, gateway } = configuration
  const loading = loadStored(parts)
  const serving = pool.start(loading)
  const running = loading.then(() => functions.start())
  const addresses = [{ ...main, flag: '--host and --port' }]
  if (gateway !== undefined) addresses.push({ ...gateway, flag: '--gateway-listen' })
  const opening = addresses.map(async (address, index) => {
    listeners[index] = await openListener(address, (socket) => pool.accept(socket, index))
  })
  opening[0]?.then(() => listeners[0] && mainListener.resolve(listeners[0]), mainListener.reject)
  // Everything settles before anything is judged, so that a failure leaves no listener behind.
  const outcomes = await Promise.allSettled([
    ...opening,
    serving,
    running,
    endAbandonedFunctions(log),
  ])
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') throw outcome.reason
  }
  readiness.because = undefined
  const places = {
    vpcLinkTargets: vpcLinkTargetsOf(configuration.vpcLinkTargets),
    awsServices: awsServicePlacesOf(configuration.awsServices),
  }
  warnOfStoredSettings(store, log, places).catch((error: unknown) => {
    log.error('stored-settings-not-read', { detail: String(error) })
  })
}

async function loadStored({ store, feed, functions, counters, caches }: Parts): Promise<void> {
  await sweepDefinitions(store)
  await counters.start()
  await functions.sweepCode(async () => codeInUse(store))
  for await (const declaration of loadFunctions(store)) {
    feed.restore({ kind: 'function', function: declaration })
  }
  for await (const declaration of loadVpcLinks(store)) {
    feed.restore({ kind: 'declared', of: 'vpc-link', declaration })
  }
  for await (const declaration of loadUsagePlans(store)) {
    feed.restore({ kind: 'declared', of: 'usage-plan', declaration })
  }
  for await (const declaration of loadApiKeys(store)) {
    feed.restore({ kind: 'declared', of: 'api-key', declaration })
  }
  for await (const declaration of loadClientCertificates(store)) {
    feed.restore({ kind: 'declared', of: 'client-certificate', declaration })
  }
  for await (const { declaration } of loadStages(store)) {
    feed.restore({ kind: 'stage', stage: declaration })
    await caches.declare({ kind: 'stage', stage: declaration })
  }
}

function runningGateway(parts: Parts, options: GatewayOptions): RunningGateway {
  const hurry = Promise.withResolvers<void>()
  let closing: Promise<boolean> | undefined
  const urlOf = (listener: Listener | undefined) =>
    listener === undefined ? undefined : `http://${formatAddress(listener.address)}`
  return {
    url: urlOf(parts.listeners[0]) ?? '',
    gatewayUrl: urlOf(parts.listeners[1]),
    close() {
      if (closing === undefined) closing = stop(parts, options, hurry.promise)
      else hurry.resolve()
      return closing
    },
  }
}

async function stop(
  { store, pool, functions, counters, caches, listeners, readiness }: Parts,
  { configuration, idleGraceMs = idleGraceMsDefault }: GatewayOptions,
  hurry: Promise<void>,
): Promise<boolean> {
  const { shutdownDelayMs, shutdownDeadlineMs } = configuration
  readiness.because = 'draining'
  if (shutdownDelayMs > 0) await withinTime(hurry, shutdownDelayMs, undefined)
  await Promise.all(listeners.map((listener) => listener.close()))
  await withinTime(
    Promise.race([drainAll(pool, functions, idleGraceMs), hurry]),
    shutdownDeadlineMs,
    undefined,
  )
  const isFinished = pool.threads.every(({ signals }) => signals.inFlightCount() === 0)
  // What runs functions may be a worker.
  await functions.close()
  pool.close()
  await counters.close()
  caches.close()
  await store.close()
  return isFinished
}

/** Requests first: those that come in while connections are still open may invoke. */
async function drainAll(
  pool: WorkerPool,
  functions: GatewayFunctions,
  idleGraceMs: number,
): Promise<void> {
  await pool.drain(idleGraceMs)
  await functions.drain()
}
