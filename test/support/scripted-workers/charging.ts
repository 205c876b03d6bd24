import { parentPort, workerData } from 'node:worker_threads'
import type { CounterMemory } from '../../../src/adapters/shared-memory/counter-memory.ts'
import { SharedCounters } from '../../../src/adapters/shared-memory/counters.ts'

/** Charges as often as it is told, and says what was taken of what. */
const { memory, token, attempts } = workerData as {
  readonly memory: CounterMemory
  readonly token: number
  readonly attempts: number
}
const counters = new SharedCounters({ memory, token, clock: { monotonicMs: () => 0 } })
const wide = { key: 'wide', ratePerSecond: 0, burst: 7_500 }
const narrow = { key: 'narrow', ratePerSecond: 0, burst: 2_500 }
const quota = { key: 'quota', limit: 6_250, period: '2026-11-01', day: '2026-11-22' }

let bucketTaken = 0
let narrowTaken = 0
let quotaTaken = 0
for (let i = 0; i < attempts; i += 1) {
  const both = counters.charge({ buckets: [wide, narrow], quota: undefined })
  if (both.outcome === 'taken') {
    bucketTaken += 1
    narrowTaken += 1
  } else if (counters.charge({ buckets: [wide], quota: undefined }).outcome === 'taken') {
    bucketTaken += 1
  }
  if (counters.charge({ buckets: [], quota }).outcome === 'taken') quotaTaken += 1
}
parentPort?.postMessage({ bucketTaken, narrowTaken, quotaTaken })
