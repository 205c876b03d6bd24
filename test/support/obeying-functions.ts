import { parentPort, workerData } from 'node:worker_threads'
import { runFunctionsThread } from '../../src/server/functions/functions-worker.ts'
import type { FunctionsThreadSettings } from '../../src/server/functions/functions-messages.ts'

// The thread of the function plane as the product runs it, around a plane that does what the payload
// of an invocation says: ends the thread, hangs it, or tells which functions it knows.
const names = new Set<string>()

function obey(payload: string): string {
  if (payload === 'exit') process.exit(3)
  if (payload === 'hang') for (;;);
  return payload === 'names' ? [...names].toSorted().join(' ') : payload
}

if (parentPort !== null) {
  // functionsThread() gives it.
  await runFunctionsThread(parentPort, workerData as FunctionsThreadSettings, async () => ({
    plane: {
      invoke: async ({ payload }) => ({
        outcome: 'answered',
        status: 200,
        payload: obey(payload),
        requestId: '',
      }),
      apply: (change) => {
        if (change.kind === 'reset') names.clear()
        else if (change.kind === 'function') names.add(change.function.functionName)
        else if (change.functionName === 'unlucky') throw new Error('as the test wants it')
        else names.delete(change.functionName)
      },
      figures: () => ({
        memoryMode: 'watch',
        ...{ invocations: names.size, throttles: 0, errors: 0, coldStarts: 0 },
        ...{ running: 0, waiting: 0, versions: [] },
        events: { held: 0, dropped: 0, refused: 0 },
      }),
      drain: async () => {},
      close: async () => {},
    },
    sandboxes: {
      start: () => {
        throw new Error('the scripted plane starts nothing')
      },
      memoryMode: 'watch',
      close: async () => {},
    },
  }))
}
