import { parentPort, workerData } from 'node:worker_threads'
import type {
  ApplyFailure,
  OwnerMessage,
  WorkerSettings,
} from '../../../src/server/workers/worker-messages.ts'
import { beatIntervalMs, writeSignals } from '../../../src/server/workers/worker-signals.ts'

/**
 * Runs a worker that serves nobody. `answer` says what it acknowledges its `count`-th message of changes
 * with; undefined: it never does.
 */
export function runScripted(answer: (count: number) => readonly ApplyFailure[] | undefined): void {
  const signals = writeSignals((workerData as WorkerSettings).signals)
  setInterval(() => signals.beat(), beatIntervalMs)
  let count = 0
  parentPort?.on('message', (message: OwnerMessage) => {
    if (message.kind !== 'feed') return
    count += 1
    const failures = answer(count)
    if (failures === undefined) return
    parentPort?.postMessage({ kind: 'applied', sequence: message.sequence, failures })
  })
}
