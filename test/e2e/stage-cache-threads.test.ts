import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { cachePlace } from '../contracts/stage-caches.ts'
import { cachedBytes, checkCachedBytes } from '../support/cached-bytes.ts'
import type { StageCacheHammer } from '../support/stage-cache-worker.ts'
import { openStageClock } from '../../src/adapters/node/stage-clock.ts'
import { createStageCacheClusters } from '../../src/adapters/shared-memory/stage-cache-clusters.ts'
import { control } from '../../src/adapters/shared-memory/stage-cache-memory.ts'
import {
  attachStageCaches,
  type SharedStageCache,
} from '../../src/adapters/shared-memory/stage-caches.ts'

const place = cachePlace('prod')
const entry = new URL('../support/stage-cache-worker.ts', import.meta.url)

async function openCache(bytesMax: number) {
  const clusters = createStageCacheClusters({
    bytesMax: 64 * 1024 ** 2,
    tell: () => {},
    onShortage: () => {},
    onReclaimed: () => {},
  })
  await clusters.resize(place, { bytesMax })
  const [cache] = clusters.shared()
  assert.ok(cache?.memory !== undefined)
  const own = attachStageCaches({ token: 1000, clock: openStageClock(undefined) })
  own.attach(cache)
  return { clusters, cache, own, words: new Int32Array(cache.memory.tables) }
}

function startHammer(cache: SharedStageCache, options: Omit<StageCacheHammer, 'cache'>): Worker {
  return new Worker(entry, { workerData: { cache, ...options } satisfies StageCacheHammer })
}

/** Resolves with what the thread counted. */
async function outcomeOf(worker: Worker): Promise<Record<string, number>> {
  for (;;) {
    const [message] = await once(worker, 'message')
    if (message !== 'under way') return message as Record<string, number>
  }
}

async function readAndWrite(own: ReturnType<typeof attachStageCaches>, number: number) {
  const reading = await own.read(place, `own ${number}`)
  assert.notEqual(reading.outcome, 'unavailable')
  if (reading.outcome === 'hit') assert.ok(checkCachedBytes(reading.bytes, number))
  const generation = reading.outcome === 'unavailable' ? 0 : reading.generation
  const order = reading.outcome === 'unavailable' ? 0 : reading.order()
  const bytes = cachedBytes(number, 3000)
  own.write(place, `own ${number}`, { bytes, ttlMs: 60_000, generation, order, isEncrypted: false })
}

describe('a cache of several threads', () => {
  test('never gives what is half-written, or another key', async () => {
    const { clusters, cache } = await openCache(200_000)
    const counts = { steps: 8000, keysCount: 60, bytesMax: 20_000 }
    const workers = [1, 2, 3].map((token) => startHammer(cache, { token, ...counts }))
    const outcomes = workers.map((worker) => outcomeOf(worker))
    await once(workers[0] ?? workers[1]!, 'message')
    for (let i = 0; i < 20; i += 1) {
      await clusters.flush(place)
      await new Promise((resolve) => setImmediate(resolve))
    }
    for (const outcome of await Promise.all(outcomes)) {
      assert.equal(outcome['broken'], 0)
      assert.ok((outcome['hits'] ?? 0) > 100, JSON.stringify(outcome))
    }
    assert.ok((clusters.figures()[0]?.heldBytes ?? Infinity) <= 200_000)
    await clusters.clear()
  })

  test('goes on when threads are ended in the middle of it', async () => {
    const { clusters, cache, own } = await openCache(300_000)
    for (let token = 1; token <= 8; token += 1) {
      const worker = startHammer(cache, { token, steps: 0, keysCount: 40, bytesMax: 30_000 })
      await once(worker, 'message')
      await worker.terminate()
      clusters.threadEnded(token)
      for (let number = 0; number < 100; number += 1) await readAndWrite(own, number % 20)
    }
    await clusters.clear()
  })

  test('is emptied, not served, when a thread ended while it changed it', async () => {
    const { clusters, own, words } = await openCache(300_000)
    await readAndWrite(own, 1)
    assert.equal((await own.read(place, 'own 1')).outcome, 'hit')
    await readAndWrite(own, 2)
    Atomics.store(words, control.lock, 77)
    // What this thread has not read since it was written.
    assert.deepEqual(await own.read(place, 'own 2'), {
      outcome: 'unavailable',
      detail: 'another thread holds it',
    })
    clusters.threadEnded(76)
    assert.equal((await own.read(place, 'own 2')).outcome, 'unavailable')
    clusters.threadEnded(77)
    assert.equal((await own.read(place, 'own 1')).outcome, 'miss')
    assert.equal((await own.read(place, 'own 2')).outcome, 'miss')
    assert.equal(clusters.figures()[0]?.entriesCount, 0)
    await readAndWrite(own, 1)
    assert.equal((await own.read(place, 'own 1')).outcome, 'hit')
    assert.deepEqual(own.figures(), { unavailableCount: 2, droppedCount: 0 })
    await clusters.clear()
  })

  test('is taken away although a thread ended while it changed it', async () => {
    const { clusters, words } = await openCache(300_000)
    Atomics.store(words, control.lock, 77)
    const isCleared = clusters.clear()
    await new Promise((resolve) => setImmediate(resolve))
    clusters.threadEnded(77)
    await isCleared
    assert.deepEqual(clusters.shared(), [])
  })
})
