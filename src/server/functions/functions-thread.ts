import { Worker } from 'node:worker_threads'
import type {
  FunctionsMessage,
  FunctionsSettings,
  FunctionsThreadSettings,
} from './functions-messages.ts'
import type { FunctionsPlace, PlaneThread, PlaneThreadEvents } from './functions-place.ts'
import type { WorkerBounds } from '../workers/worker-pool.ts'
import { createSignalMemory, readSignals, type SignalReader } from '../workers/worker-signals.ts'

/** How such a thread is started, and how long it may show no sign of life. */
export interface FunctionsThreadOptions {
  /** The script of the thread. */
  readonly entry: URL
  readonly bounds: Pick<WorkerBounds, 'hungAfterMs' | 'startWithinMs'>
}

const checkIntervalMs = 200

/**
 * A thread of its own for the function plane, which all workers share. It is watched as workers are
 * (docs/decisions/0004-workers-and-connections.md): one whose event loop does not turn is ended.
 */
export function functionsThread(options: FunctionsThreadOptions): FunctionsPlace {
  return async () => (settings, events) => startThread(options, settings, events)
}

function startThread(
  { entry, bounds }: FunctionsThreadOptions,
  settings: FunctionsSettings,
  events: PlaneThreadEvents,
): PlaneThread {
  const signals = createSignalMemory()
  const workerData: FunctionsThreadSettings = { ...settings, signals }
  const worker = new Worker(entry, { name: 'stagedoor-functions', workerData })
  const ended = Promise.withResolvers<void>()
  const stopWatching = watch(readSignals(signals), bounds, (detail) => events.gone('hung', detail))
  worker.on('error', (error) => events.gone('died', describeError(error)))
  worker.on('exit', (code) => {
    events.gone('died', `exit code ${code}`)
    ended.resolve()
  })
  // Only functions-worker.ts posts to this port, and it posts FunctionsMessage.
  worker.on('message', (message: FunctionsMessage) => events.message(message))
  return {
    threadId: worker.threadId,
    ended: ended.promise,
    post: (message, transferred = []) => worker.postMessage(message, transferred),
    end() {
      stopWatching()
      // Terminating ends an endless loop too. Nothing can be done about a failure to terminate.
      void worker.terminate().catch(() => {})
    },
  }
}

/** Looks at the heartbeat until it is told not to, or finds none. */
function watch(
  signals: SignalReader,
  { hungAfterMs, startWithinMs }: FunctionsThreadOptions['bounds'],
  late: (detail: string) => void,
): () => void {
  let lookedAtMs = performance.now()
  let beats = 0
  let lateMs = 0
  const check = setInterval(() => {
    const nowMs = performance.now()
    const beatsNow = signals.beatCount()
    // An owner that was itself held up (the machine slept) has no ground to call a thread late.
    lateMs = beatsNow === beats ? lateMs + Math.min(nowMs - lookedAtMs, 2 * checkIntervalMs) : 0
    lookedAtMs = nowMs
    beats = beatsNow
    const boundMs = beats === 0 ? startWithinMs : hungAfterMs
    if (lateMs >= boundMs) late(`no heartbeat for ${boundMs} ms`)
  }, checkIntervalMs)
  return () => clearInterval(check)
}

function describeError(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
