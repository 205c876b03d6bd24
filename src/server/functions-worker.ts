import type { MessagePort } from 'node:worker_threads'
import { systemClock } from '../adapters/node/clock.ts'
import { createOperatorLogSink } from '../adapters/node/operator-log-sink.ts'
import type { FunctionPlane } from '../function-plane/function-plane.ts'
import type { FunctionPlaneChange } from '../ports/deployment-feed.ts'
import type { LogSink } from '../ports/log-sink.ts'
import type { OperatorLog } from '../ports/operator-log.ts'
import type { Sandboxes } from '../ports/sandboxes.ts'
import { serveFunctionLink } from './function-link.ts'
import type { FunctionsFigures } from './functions-figures.ts'
import type { FunctionsMessage, FunctionsSettings, OwnerToFunctions } from './functions-messages.ts'
import { createWorkerLog, type WorkerLog } from './worker-log.ts'
import { beatIntervalMs, writeSignals } from './worker-signals.ts'

/** The function plane as its thread runs it. */
export interface RunFunctionPlane {
  readonly plane: FunctionPlane
  readonly sandboxes: Sandboxes
}

/** Makes the plane of a thread. */
export type MakeFunctionPlane = (
  settings: FunctionsSettings,
  logs: { readonly log: OperatorLog; readonly functionLogs: LogSink },
) => Promise<RunFunctionPlane>

/**
 * Runs the thread of the function plane: invocations come through links, straight from whoever invokes;
 * from the owner comes what may be invoked, each change acknowledged.
 */
export async function runFunctionsThread(
  port: MessagePort,
  settings: FunctionsSettings,
  makePlane: MakeFunctionPlane,
): Promise<void> {
  const post = (message: FunctionsMessage) => port.postMessage(message)
  const signals = writeSignals(settings.signals)
  signals.beat()
  setInterval(() => signals.beat(), beatIntervalMs)
  const log = createWorkerLog(post)
  const functionLogs = createOperatorLogSink({
    // Its own bound is the sink's: what functions write must not crowd out what the plane says.
    log: createWorkerLog(post, Infinity),
    clock: systemClock,
    event: 'function-log',
  })
  const thread: Thread = {
    ...(await makePlane(settings, { log, functionLogs })),
    post,
    log,
    functionLogs,
  }
  // Messages have waited since the thread began. Only FunctionsThread posts here.
  port.on('message', (message: OwnerToFunctions) => receive(message, thread))
}

interface Thread extends RunFunctionPlane {
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

function figuresOf({ plane, log, functionLogs }: Thread): FunctionsFigures {
  return {
    plane: plane.figures(),
    droppedFunctionLines: functionLogs.droppedCount(),
    droppedLogLines: log.droppedCount(),
    heapUsedBytes: process.memoryUsage().heapUsed,
  }
}

function failed(log: OperatorLog, what: string): (error: unknown) => void {
  return (error) => log.error('functions-thread-failed', { what, detail: describe(error) })
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
