import { parentPort, workerData } from 'node:worker_threads'
import { invariant } from '../../base/invariant.ts'
import { runWorker } from './worker.ts'
import type { WorkerSettings } from './worker-messages.ts'

// The script of a worker thread, started by WorkerThread, which gives it WorkerSettings.
invariant(parentPort !== null, 'worker-entry runs in a worker thread')
runWorker(parentPort, workerData as WorkerSettings)
