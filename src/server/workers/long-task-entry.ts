import { parentPort } from 'node:worker_threads'
import { invariant } from '../../base/invariant.ts'
import { createLongTasks } from '../../engines/long-task.ts'
import type { LongTaskAnswer, LongTaskOrder } from './long-task-thread.ts'

// The script of the thread that does long tasks, started by startLongTasks(), which posts LongTaskOrders.
invariant(parentPort !== null, 'long-task-entry runs in a worker thread')
const port = parentPort
const perform = createLongTasks()

port.on('message', ({ id, task }: LongTaskOrder) => {
  port.postMessage({ id, outcome: perform(task) } satisfies LongTaskAnswer)
})
