import { parentPort, workerData } from 'node:worker_threads'
import { openStageClock } from '../../src/adapters/node/stage-clock.ts'
import {
  attachStageCaches,
  type SharedStageCache,
} from '../../src/adapters/shared-memory/stage-caches.ts'
import { checkCachedBytes, cachedBytes } from './cached-bytes.ts'

/** What a thread that hammers a cache is started with. */
export interface StageCacheHammer {
  readonly cache: SharedStageCache
  readonly token: number
  /** Steps; 0: until it is ended. */
  readonly steps: number
  readonly keysCount: number
  readonly bytesMax: number
}

// What the test sends is one.
const { cache, token, steps, keysCount, bytesMax } = workerData as StageCacheHammer
const caches = attachStageCaches({ token, clock: openStageClock(undefined) })
caches.attach(cache)
let state = token
const random = (bound: number): number => {
  state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
  return (state >>> 8) % bound
}
const counts = { hits: 0, misses: 0, unavailable: 0, broken: 0 }

const stepsMax = steps === 0 ? Infinity : steps
for (let step = 0; step < stepsMax;) {
  const number = random(keysCount)
  const key = `key ${number}`.padEnd(10 + (number % 40), '-')
  const reading = await caches.read(cache.place, key)
  if (reading.outcome === 'unavailable') {
    // On a busy machine whoever holds the cache may not run for a while.
    counts.unavailable += 1
    await new Promise((resolve) => setTimeout(resolve, 1))
    continue
  }
  step += 1
  if (reading.outcome === 'hit') {
    counts.hits += 1
    if (!checkCachedBytes(reading.bytes, number)) counts.broken += 1
  } else counts.misses += 1
  if (reading.outcome === 'miss' || random(8) === 0) {
    const { generation } = reading
    const order = reading.order()
    const bytes = cachedBytes(number, random(bytesMax))
    caches.write(cache.place, key, { bytes, ttlMs: 60_000, generation, order, isEncrypted: false })
  }
  if (step === 200) parentPort?.postMessage('under way')
}
parentPort?.postMessage(counts)
