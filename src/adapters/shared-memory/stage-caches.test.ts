import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { cachePlace, stageCachesContract } from '../../../test/contracts/stage-caches.ts'
import { VirtualClock } from '../../../test/support/virtual-clock.ts'
import type { Clock } from '../../ports/clock.ts'
import type { StageCachePlace, StageCaches } from '../../ports/stage-caches.ts'
import {
  createStageCacheClusters,
  type CacheShortage,
  type OwnedStageCaches,
} from './stage-cache-clusters.ts'
import { attachStageCaches } from './stage-caches.ts'

function openCaches(clock: Clock, bytesMax = 64 * 1024 ** 2) {
  const caches = [
    attachStageCaches({ token: 1, clock }),
    attachStageCaches({ token: 2, clock }),
  ] as const
  const shortages: CacheShortage[] = []
  const reclaimed: string[] = []
  const clusters = createStageCacheClusters({
    bytesMax,
    tell: (cache) => {
      for (const each of caches) each.attach(cache)
    },
    onShortage: (_, shortage) => void shortages.push(shortage),
    onReclaimed: ({ stageName }) => void reclaimed.push(stageName),
  })
  return { caches, clusters, shortages, reclaimed }
}

stageCachesContract('StageCaches in shared memory', (clock) => {
  const { caches, clusters } = openCaches(clock)
  return Promise.resolve({
    caches,
    clusters,
    settled: () => Promise.resolve(),
    close: () => clusters.clear(),
  })
})

const prod = cachePlace('prod')

/** Writes an answer of so many bytes, as one that was just asked for. */
async function write(
  caches: StageCaches,
  place: StageCachePlace,
  { key, length }: { readonly key: string; readonly length: number },
): Promise<void> {
  const reading = await caches.read(place, key)
  assert.ok(reading.outcome !== 'unavailable')
  const { generation } = reading
  const order = reading.order()
  const bytes = new Uint8Array(length)
  caches.write(place, key, { bytes, ttlMs: 3_600_000, generation, order, isEncrypted: false })
}

const lastOfFlood = 'key 2999'

/** More than any cache of these tests holds. */
async function flood(caches: StageCaches, place: StageCachePlace): Promise<void> {
  for (let i = 0; i < 3000; i += 1) await write(caches, place, { key: `key ${i}`, length: 1500 })
}

function heldBy(clusters: OwnedStageCaches, stageName: string): number {
  const found = clusters.figures().find(({ place }) => place.stageName === stageName)
  return found?.heldBytes ?? 0
}

describe('createStageCacheClusters()', () => {
  test('a flood of distinct keys never takes more than the size', async () => {
    const { caches, clusters } = openCaches(new VirtualClock())
    for (const bytesMax of [16 * 1024, 100_000, 5 * 1024 ** 2]) {
      await clusters.resize(prod, { bytesMax })
      let heldMax = 0
      for (let i = 0; i < 12_000; i += 1) {
        await write(caches[0], prod, { key: `key ${i}`, length: (i * 37) % 1200 })
        if (i % 1000 === 0) heldMax = Math.max(heldMax, clusters.figures()[0]?.heldBytes ?? 0)
      }
      const [figures] = clusters.figures()
      heldMax = Math.max(heldMax, figures?.heldBytes ?? 0)
      assert.ok(heldMax <= bytesMax, `${heldMax} of ${bytesMax}`)
      assert.ok(heldMax >= bytesMax * 0.8, `${heldMax} of ${bytesMax}`)
      assert.ok((figures?.entriesCount ?? 0) > 5)
      assert.equal((await caches[1].read(prod, 'key 11999')).outcome, 'hit')
    }
  })

  test('a large cache takes next to nothing while it is empty', async () => {
    const { clusters } = openCaches(new VirtualClock(), 2 * 1024 ** 3)
    await clusters.resize(prod, { bytesMax: 1024 ** 3 })
    assert.ok((clusters.figures()[0]?.heldBytes ?? Infinity) < 0.03 * 1024 ** 3)
  })

  test('all caches together take no more than the owner allows, and the owner is told', async () => {
    const { caches, clusters, shortages } = openCaches(new VirtualClock(), 4 * 1024 ** 2)
    const stages = ['one', 'two', 'three'].map((name) => cachePlace(name))
    for (const place of stages) await clusters.resize(place, { bytesMax: 3 * 1024 ** 2 })
    assert.deepEqual(shortages, [
      { wantedBytes: 6 * 1024 ** 2, bytesMax: 4 * 1024 ** 2 },
      { wantedBytes: 9 * 1024 ** 2, bytesMax: 4 * 1024 ** 2 },
    ])
    for (const place of stages) {
      for (let i = 0; i < 5000; i += 1)
        await write(caches[0], place, { key: `key ${i}`, length: 1000 })
    }
    const held = clusters.figures().reduce((sum, figures) => sum + figures.heldBytes, 0)
    assert.ok(held <= 4 * 1024 ** 2, `${held}`)
    // What a stage gives back, others get.
    for (const place of stages.slice(0, 2)) await clusters.resize(place, undefined)
    for (let i = 0; i < 5000; i += 1)
      await write(caches[0], stages[2] ?? prod, { key: `key ${i}`, length: 1000 })
    assert.ok((clusters.figures()[0]?.heldBytes ?? 0) > 2.9 * 1024 ** 2)
  })

  test('a cache that is flooded leaves another one what is its own', async () => {
    for (const bytesMax of [1024 ** 2, 4 * 1024 ** 2]) {
      const { caches, clusters, reclaimed } = openCaches(new VirtualClock(), bytesMax)
      const [flooded, other] = [cachePlace('flooded'), cachePlace('other')]
      for (const place of [flooded, other]) await clusters.resize(place, { bytesMax: 1024 ** 3 })
      await flood(caches[0], flooded)
      assert.ok(heldBy(clusters, 'flooded') > bytesMax * 0.6)
      await flood(caches[0], other)
      assert.ok(heldBy(clusters, 'other') > bytesMax * 0.24)
      assert.equal((await caches[1].read(other, lastOfFlood)).outcome, 'hit')
      const held = heldBy(clusters, 'flooded') + heldBy(clusters, 'other')
      assert.ok(held <= bytesMax, `${held} of ${bytesMax}`)
      assert.deepEqual(reclaimed, [])
    }
  })

  test('a cache that comes when another one has everything gets its own: the other begins anew', async () => {
    const bytesMax = 2 * 1024 ** 2
    const { caches, clusters, reclaimed } = openCaches(new VirtualClock(), bytesMax)
    const places = Array.from({ length: 40 }, (_, i) => cachePlace(`stage${i}`))
    for (const [index, place] of places.entries()) {
      await clusters.resize(place, { bytesMax: 1024 ** 3 })
      await flood(caches[0], place)
      assert.equal((await caches[1].read(place, lastOfFlood)).outcome, 'hit', `${index}`)
      const held = clusters.figures().reduce((sum, figures) => sum + figures.heldBytes, 0)
      assert.ok(held <= bytesMax, `${held} of ${bytesMax}`)
    }
    assert.equal(reclaimed[0], 'stage0')
    assert.equal(clusters.shared().length, 40)
    // What all others give back, the last one gets.
    for (const place of places.slice(0, -1)) await clusters.resize(place, undefined)
    assert.equal(clusters.shared().length, 1)
    await clusters.resize(prod, { bytesMax: 1024 ** 3 })
    await flood(caches[0], prod)
    assert.ok(heldBy(clusters, 'prod') > bytesMax * 0.7)
  })

  test('an answer that is longer than what a cache can have empties it not', async () => {
    const { caches, clusters } = openCaches(new VirtualClock(), 1024 ** 2)
    const [flooded, other] = [cachePlace('flooded'), cachePlace('other')]
    for (const place of [flooded, other]) await clusters.resize(place, { bytesMax: 1024 ** 3 })
    await flood(caches[0], flooded)
    await write(caches[0], other, { key: 'short', length: 1000 })
    await write(caches[0], other, { key: 'long', length: 600 * 1024 })
    assert.equal((await caches[1].read(other, 'long')).outcome, 'miss')
    assert.equal((await caches[1].read(other, 'short')).outcome, 'hit')
    assert.equal(caches[0].figures().droppedCount, 1)
  })

  test('stages that are too many for the memory have no cache, and empty no other', async () => {
    const { clusters, reclaimed } = openCaches(new VirtualClock(), 100 * 1024)
    const places = Array.from({ length: 5 }, (_, i) => cachePlace(`stage${i}`))
    for (const place of places) await clusters.resize(place, { bytesMax: 1024 ** 3 })
    assert.equal(clusters.shared().length, 3)
    assert.deepEqual(reclaimed, [])
  })

  test('an answer that is longer than the cache is dropped and counted', async () => {
    const { caches, clusters } = openCaches(new VirtualClock())
    await clusters.resize(prod, { bytesMax: 32 * 1024 })
    await write(caches[0], prod, { key: 'a', length: 100_000 })
    assert.equal((await caches[0].read(prod, 'a')).outcome, 'miss')
    assert.deepEqual(caches[0].figures(), { unavailableCount: 0, droppedCount: 1 })
  })

  test(
    'gives the memory back of a cache that is gone, though nothing else is done',
    { timeout: 60_000 },
    async () => {
      const { caches, clusters } = openCaches(new VirtualClock())
      await clusters.resize(prod, { bytesMax: 64 * 1024 ** 2 })
      for (let i = 0; i < 40; i += 1) {
        await write(caches[0], prod, { key: `key ${i}`, length: 1024 ** 2 })
      }
      const memory = new WeakRef(clusters.shared()[0]?.memory?.arena ?? {})
      await clusters.resize(prod, undefined)
      while (memory.deref() !== undefined) await pause(10)
    },
  )
})
