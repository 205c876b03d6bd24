import { totalmem } from 'node:os'
import { createStageClockMemory, openStageClock } from '../adapters/node/stage-clock.ts'
import type { Clock } from '../ports/clock.ts'
import type { OperatorLog } from '../ports/operator-log.ts'
import type { StateStore } from '../ports/state-store.ts'
import { readCacheKey } from './caches/cache-key-file.ts'
import { openGatewayCaches, type GatewayCaches } from './caches/gateway-caches.ts'
import type { Configuration } from './configuration/configuration.ts'
import { vpcLinkTargetsOf } from './configuration/vpc-link-targets.ts'
import { openGatewayCounters, type GatewayCounters } from './counters/gateway-counters.ts'
import {
  endAbandonedFunctions,
  openGatewayFunctions,
  type GatewayFunctions,
} from './functions/gateway-functions.ts'
import { defaultFrontBounds, type FrontBounds } from './http/front-bounds.ts'
import { formatAddress, ownAddress } from './http/listen-address.ts'
import { openListener, type Listener } from './http/listener.ts'
import { awsServicePlacesOf } from './management/aws-services.ts'
import { createGatewayControlPlane } from './management/gateway-control-plane.ts'
import { loadStored } from './management/load-stored.ts'
import { createManagement } from './management/management.ts'
import { warnOfStoredSettings } from './management/warn-of-stored-settings.ts'
import { createGatewayOperatorApi, type OperatedParts } from './operator/gateway-operator-api.ts'
import { readUpstreamCa } from './upstream-ca.ts'
import { withinTime } from './within-time.ts'
import { answerWorkers, type OwnerParts } from './workers/answer-workers.ts'
import { createWorkerFeed, type WorkerFeed } from './workers/feed.ts'
import { createFiguresOfWorkers } from './workers/figures-of-workers.ts'
import { createWorkerCalls } from './workers/worker-calls.ts'
import { defaultWorkerBounds, WorkerPool, type WorkerBounds } from './workers/worker-pool.ts'
import { warnOfOpenState } from './warn-of-open-state.ts'
import { workerSettingsOf } from './workers/worker-settings-of.ts'

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
  const { state } = configuration
  if (state.kind === 'sqlite') warnOfOpenState(state.directory, options.log)
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
  { configuration, log, ...options }: GatewayOptions,
  store: StateStore,
  files: { readonly upstreamCa: string | undefined; readonly cacheKey: Uint8Array | undefined },
): Parts {
  const { upstreamCa } = files
  const readiness: Readiness = { because: 'loading' }
  const mainListener = Promise.withResolvers<Listener>()
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
    bytesMax: configuration.cacheBytesMax || Math.floor(memoryBytes() / 2),
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
    ownUrl: ownUrlOf(mainListener.promise),
    onlyWorker: configuration.workerCount === 1 ? () => pool.someThread() : undefined,
    log,
    ...(options.functionsEntry === undefined ? {} : { entry: options.functionsEntry }),
  })
  let feedFailures = 0
  const pool: WorkerPool = new WorkerPool({
    workerCount: configuration.workerCount,
    entry: options.workerEntry ?? workerEntry(),
    settings: workerSettingsOf(configuration, {
      frontBounds: { ...defaultFrontBounds, ...options.frontBounds },
      upstreamCa,
      stageClock: clockMemory,
      contentBytesMax: Math.max(contentBytesMin, memoryBytes() / 8 / configuration.workerCount),
      counters: counters.memory,
      sealKey: caches.sealKey,
    }),
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
  const parts = { store, feed, pool, functions, counters, caches }
  const answer = answerWorkers(
    ownerParts(configuration, {
      ...{ ...parts, stageClock, clockMemory, log },
      notReadyBecause: () => readiness.because,
      feedFailures: () => feedFailures,
    }),
  )
  return { ...parts, listeners: [], mainListener, readiness }
}

/** What workers ask the owner for: the management APIs, the operator API, and what both stand on. */
function ownerParts(
  configuration: Configuration,
  parts: Omit<OperatedParts, 'figures' | 'management' | 'workerCalls'> & {
    readonly stageClock: Clock
  },
): OwnerParts {
  const { pool, counters, caches } = parts
  const figures = createFiguresOfWorkers()
  const workerCalls = createWorkerCalls(() => pool)
  const controlPlane = createGatewayControlPlane(configuration, {
    ...parts,
    methodTester: workerCalls,
    quotaLedger: counters.quotaLedger,
    stageCaches: caches.clusters,
  })
  const management = createManagement(controlPlane)
  const told = { ...parts, figures, workerCalls, management }
  return { ...told, operator: createGatewayOperatorApi(configuration, told) }
}

/** Where functions reach this server. */
function ownUrlOf(mainListener: Promise<Listener>): Promise<string> {
  const url = mainListener.then(({ address }) => `http://${formatAddress(ownAddress(address))}`)
  // Whoever needs it looks.
  url.catch(() => {})
  return url
}

/** However many workers there are, each can do with the largest content, and with what becomes of it. */
const contentBytesMin = 33_554_432

/** What a container may take counts, too. */
function memoryBytes(): number {
  const allowed = process.constrainedMemory()
  return Math.min(totalmem(), allowed === 0 ? Infinity : allowed)
}

/** A worker's script has the extension that this file has: `.ts` from source, `.js` when compiled. */
function workerEntry(): URL {
  const extension = import.meta.url.slice(import.meta.url.lastIndexOf('.'))
  return new URL(`./workers/worker-entry${extension}`, import.meta.url)
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
