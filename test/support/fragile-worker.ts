import { BroadcastChannel, parentPort, threadId, workerData } from 'node:worker_threads'
import type { WorkerSettings } from '../../src/server/workers/worker-messages.ts'
import { runWorker } from '../../src/server/workers/worker.ts'
import { orderChannel, type Order } from './fragile-workers.ts'

// The worker of the product, which dies or hangs when a test orders it to, over a channel of the process
// that nothing of the product knows.
const orders = new BroadcastChannel(orderChannel)
orders.addEventListener('message', (event) => {
  // Tests post orders here, workers their own presence.
  const { worker, order } = (event as { readonly data: Partial<Order> }).data
  if (worker !== threadId) return
  if (order === 'exit') process.exit(3)
  if (order === 'throw') throw new Error('ordered to throw')
  if (order === 'hang') for (;;);
})
if (parentPort !== null) runWorker(parentPort, workerData as WorkerSettings)
orders.postMessage({ present: threadId })
