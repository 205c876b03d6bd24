import { BroadcastChannel, parentPort, workerData } from 'node:worker_threads'
import type { FunctionsThreadSettings } from '../../src/server/functions/functions-messages.ts'
import { runFunctionsThread } from '../../src/server/functions/functions-worker.ts'
import { makeFunctionPlane } from '../../src/server/functions/make-function-plane.ts'
import { functionsOrderChannel } from './fragile-functions-order.ts'

// The thread of the product that runs functions, which ends when a test orders it to, over a channel of
// the process that nothing of the product knows.
const orders = new BroadcastChannel(functionsOrderChannel)
orders.addEventListener('message', () => process.exit(3))
if (parentPort !== null) {
  // functionsThread() gives it.
  await runFunctionsThread(parentPort, workerData as FunctionsThreadSettings, makeFunctionPlane)
}
