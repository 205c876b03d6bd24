import { parentPort, workerData } from 'node:worker_threads'
import { invariant } from '../../base/invariant.ts'
import { makeFunctionPlane } from './make-function-plane.ts'
import type { FunctionsThreadSettings } from './functions-messages.ts'
import { runFunctionsThread } from './functions-worker.ts'

// The script of the function plane's thread, started by functionsThread(), which gives it FunctionsThreadSettings.
invariant(parentPort !== null, 'functions-entry runs in a worker thread')
await runFunctionsThread(parentPort, workerData as FunctionsThreadSettings, makeFunctionPlane)
