import type { MessagePort } from 'node:worker_threads'
import type { Functions } from '../../ports/functions.ts'
import { createFunctionLink } from './function-link.ts'
import type { FunctionsMessage, FunctionsSettings } from './functions-messages.ts'

/** The functions as the requests of a worker reach them: in this thread, or over a link. */
export interface WorkerFunctions extends Functions {
  /** Takes the port to the function plane that was asked for. */
  connect(port: MessagePort): void
  /** Runs the function plane here; `port` leads to the owner. */
  run(port: MessagePort, settings: FunctionsSettings): void
}

/**
 * No functions yet: the first invocation asks for a port.
 *
 * A plane that begins in this thread takes invocations when it knows all that may be invoked. Until then
 * they wait where they wait for any plane: at a link, which then leads from this thread to itself.
 */
export function createWorkerFunctions(askForPort: () => void): WorkerFunctions {
  const link = createFunctionLink(askForPort)
  let nearest: Functions = link
  return {
    invoke: (invocation) => nearest.invoke(invocation),
    connect: (port) => link.connect(port),
    run(port, settings) {
      void runHere(port, settings, (plane) => {
        nearest = plane
      })
    },
  }
}

async function runHere(
  port: MessagePort,
  settings: FunctionsSettings,
  serving: (plane: Functions) => void,
): Promise<void> {
  try {
    // A worker that runs no functions loads nothing of this.
    const { servePlane } = await import('./functions-worker.ts')
    const { makeFunctionPlane } = await import('./make-function-plane.ts')
    // What the heap of this thread holds, the worker tells.
    await servePlane(port, {
      settings,
      makePlane: makeFunctionPlane,
      heapUsedBytes: () => 0,
      serving,
    })
  } catch (error) {
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error)
    port.postMessage({ kind: 'failed', detail } satisfies FunctionsMessage)
  }
}
