import type { MessagePort } from 'node:worker_threads'
import { systemClock } from '../../adapters/node/clock.ts'
import { createOperatorLogSink } from '../../adapters/node/operator-log-sink.ts'
import type { FunctionPlane } from '../../function-plane/function-plane.ts'
import type { FunctionPlaneChange } from '../../ports/deployment-feed.ts'
import type { LogSink } from '../../ports/log-sink.ts'
import type { OperatorLog } from '../../ports/operator-log.ts'
import type { Sandboxes } from '../../ports/sandboxes.ts'
import { serveFunctionLink } from './function-link.ts'
import type { FunctionsFigures } from './functions-figures.ts'
import type {
  FunctionsMessage,
  FunctionsSettings,
  FunctionsThreadSettings,
  OwnerToFunctions,
} from './functions-messages.ts'
import { createWorkerLog, type WorkerLog } from '../workers/worker-log.ts'
import { beatIntervalMs, writeSignals } from '../workers/worker-signals.ts'

/** The function plane as a thread runs it. */
export interface RunFunctionPlane {
  readonly plane: FunctionPlane
  readonly sandboxes: Sandboxes
}

/** Makes the plane of a thread. */
export type MakeFunctionPlane = (
  settings: FunctionsSettings,
  logs: { readonly log: OperatorLog; readonly functionLogs: LogSink },
) => Promise<RunFunctionPlane>

/** Runs the function plane in a thread of its own, which shows that its event loop turns. */
export async function runFunctionsThread(
  port: MessagePort,
  settings: FunctionsThreadSettings,
  makePlane: MakeFunctionPlane,
): Promise<void> {
  const signals = writeSignals(settings.signals)
  signals.beat()
  setInterval(() => signals.beat(), beatIntervalMs)
  const heapUsedBytes = () => process.memoryUsage().heapUsed
  await servePlane(port, { settings, makePlane, heapUsedBytes })
}

/** How a plane is served. */
export interface ServedPlane {
  readonly settings: FunctionsSettings
  readonly makePlane: MakeFunctionPlane
  /** Of the thread, where nobody else counts it. */
  readonly heapUsedBytes: () => number
  /** Called when the plane knows all that may be invoked. */
  readonly serving?: (plane: FunctionPlane) => void
}

/**
 * Makes a function plane in this thread. Invocations come through links, straight from whoever invokes;
 * from the owner comes what may be invoked, each change acknowledged. Rejects when it cannot be made.
 */
export async function servePlane(port: MessagePort, served: ServedPlane): Promise<void> {
  const post = (message: FunctionsMessage) => port.postMessage(message)
  const log = createWorkerLog(post)
  const { settings, makePlane, heapUsedBytes } = served
  const functionLogs = functionLogSink(settings.log, post)
  const made = await makePlane(settings, { log, functionLogs })
  const thread: Thread = { ...made, post, log, functionLogs, heapUsedBytes }
  let isServing = false
  // Messages have waited since the plane was begun. Only HostedPlane posts here.
  port.on('message', (message: OwnerToFunctions) => {
    receive(message, thread)
    if (isServing || message.kind !== 'feed') return
    isServing = true
    served.serving?.(thread.plane)
  })
}

function functionLogSink(
  choice: FunctionsSettings['log'],
  post: (message: FunctionsMessage) => void,
): LogSink {
  if (choice === 'none') return noLogs
  return createOperatorLogSink({
    // Its own bound is the sink's: what functions write must not crowd out what the plane says.
    log: createWorkerLog(post, Infinity),
    clock: systemClock,
    event: 'function-log',
    takesPlatformLines: choice === 'all',
  })
}

const noLogs: LogSink = Object.freeze({
  takesPlatformLines: false,
  write: () => {},
  droppedCount: () => 0,
})

interface Thread extends RunFunctionPlane {
  readonly heapUsedBytes: () => number
  readonly post: (message: FunctionsMessage) => void
  readonly log: WorkerLog
  readonly functionLogs: LogSink
}

function receive(message: OwnerToFunctions, thread: Thread): void {
  const { plane, post, log } = thread
  switch (message.kind) {
    case 'feed':
      for (const change of message.changes) applyChange(change, thread)
      return post({ kind: 'applied', sequence: message.sequence })
    case 'link':
      return serveFunctionLink(message.port, plane)
    case 'collect':
      return post({ kind: 'figures', figures: figuresOf(thread) })
    case 'drain':
      return void plane.drain().then(() => post({ kind: 'drained' }), failed(log, 'drain'))
    case 'close':
      return void closeAll(thread).then(() => post({ kind: 'closed' }), failed(log, 'close'))
  }
}

/** One that fails is told to the operator, and the function goes on as it was. */
function applyChange(change: FunctionPlaneChange, { plane, log }: Thread): void {
  try {
    plane.apply(change)
  } catch (error) {
    log.error('function-change-failed', { change: change.kind, detail: describe(error) })
  }
}

async function closeAll({ plane, sandboxes }: Thread): Promise<void> {
  await plane.close()
  await sandboxes.close()
}

function figuresOf({ plane, log, functionLogs, heapUsedBytes }: Thread): FunctionsFigures {
  return {
    plane: plane.figures(),
    droppedFunctionLines: functionLogs.droppedCount(),
    droppedLogLines: log.droppedCount(),
    heapUsedBytes: heapUsedBytes(),
  }
}

function failed(log: OperatorLog, what: string): (error: unknown) => void {
  return (error) => log.error('functions-thread-failed', { what, detail: describe(error) })
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
