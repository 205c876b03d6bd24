import { MessageChannel } from 'node:worker_threads'
import type { FunctionsMessage, FunctionsSettings } from './functions-messages.ts'
import type { FunctionsPlace, PlaneThread, PlaneThreadEvents } from './functions-place.ts'
import type { WorkerThread } from '../workers/worker-thread.ts'

/**
 * The only worker as the place of the function plane: its invocations cross no thread. Whoever watches the
 * worker watches over the plane; a worker that ends takes it along.
 */
export function functionsInWorker(onlyWorker: () => Promise<WorkerThread>): FunctionsPlace {
  return async () => {
    const worker = await onlyWorker()
    return (settings, events) => beginIn(worker, settings, events)
  }
}

function beginIn(
  worker: WorkerThread,
  settings: FunctionsSettings,
  events: PlaneThreadEvents,
): PlaneThread {
  const { port1, port2 } = new MessageChannel()
  const over = Promise.withResolvers<void>()
  let isOver = false
  const leave = () => {
    isOver = true
    port1.close()
    over.resolve()
  }
  // Only functions-worker.ts posts here.
  port1.on('message', (message: FunctionsMessage) => {
    if (message.kind !== 'failed') return events.message(message)
    // The worker is none the worse for it.
    leave()
    events.gone('died', message.detail)
  })
  void worker.gone.then(({ reason, detail }) => events.gone(reason, detail))
  worker.runFunctions(port2, settings)
  return {
    threadId: worker.threadId,
    ended: Promise.race([worker.ended, over.promise]),
    post: (message, transferred = []) => port1.postMessage(message, transferred),
    end(reason, detail) {
      if (isOver) return
      if (reason === 'stopped') return leave()
      port1.close()
      worker.stop(reason, detail)
    },
  }
}
