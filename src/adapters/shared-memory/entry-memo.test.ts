import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { cachePlace } from '../../../test/contracts/stage-caches.ts'
import { VirtualClock } from '../../../test/support/virtual-clock.ts'
import type { StageCaches } from '../../ports/stage-caches.ts'
import { createStageCacheClusters } from './stage-cache-clusters.ts'
import { control } from './stage-cache-memory.ts'
import { attachStageCaches } from './stage-caches.ts'

const prod = cachePlace('prod')
const dayMs = 86_400_000

/** Two threads' views of one cache. */
async function openCache(bytesMax: number) {
  const clock = new VirtualClock()
  const one = attachStageCaches({ token: 1, clock })
  const other = attachStageCaches({ token: 2, clock })
  const clusters = createStageCacheClusters({
    bytesMax: 64 * 1024 ** 2,
    tell(cache) {
      one.attach(cache)
      other.attach(cache)
    },
    onShortage: () => {},
    onReclaimed: () => {},
  })
  await clusters.resize(prod, { bytesMax })
  const words = () => new Int32Array(clusters.shared()[0]?.memory?.tables ?? assert.fail())
  return { clock, one, other, clusters, words }
}

async function hitOf(caches: StageCaches, key: string) {
  const reading = await caches.read(prod, key)
  return reading.outcome === 'hit' ? reading : undefined
}

async function write(caches: StageCaches, key: string, bytes: Uint8Array): Promise<void> {
  const reading = await caches.read(prod, key)
  assert.ok(reading.outcome !== 'unavailable')
  const { generation } = reading
  const order = reading.order()
  caches.write(prod, key, { bytes, ttlMs: dayMs, generation, order, isEncrypted: false })
}

describe('what a thread remembers of a cache', () => {
  test('is the same at each reading, until another thread writes, the time is over or it is emptied', async () => {
    const { clock, one, other, clusters } = await openCache(1024 ** 2)
    await write(one, 'a', Uint8Array.of(1))
    const first = await hitOf(one, 'a')
    assert.equal(first?.isLasting, true)
    assert.equal(first.bytes.buffer.byteLength, 1)
    for (let i = 0; i < 300; i += 1) {
      await clock.advance(i % 3)
      assert.equal((await hitOf(one, 'a'))?.bytes, first.bytes)
    }
    await write(other, 'a', Uint8Array.of(2))
    assert.equal((await hitOf(one, 'a'))?.bytes[0], 2)
    await clusters.flush(prod)
    assert.equal(await hitOf(one, 'a'), undefined)
    await write(one, 'a', Uint8Array.of(3))
    assert.equal((await hitOf(one, 'a'))?.bytes[0], 3)
    await clock.advance(dayMs - 1)
    assert.equal((await hitOf(one, 'a'))?.bytes[0], 3)
    await clock.advance(1)
    assert.equal(await hitOf(one, 'a'), undefined)
    await write(one, 'a', Uint8Array.of(4))
    assert.equal((await hitOf(one, 'a'))?.bytes[0], 4)
    await clusters.resize(prod, undefined)
    await clusters.resize(prod, { bytesMax: 1024 ** 2 })
    assert.equal(await hitOf(one, 'a'), undefined)
  })

  test('is not served of a cache that is closed, though nobody has said so yet', async () => {
    const { one, words } = await openCache(1024 ** 2)
    await write(one, 'a', Uint8Array.of(1))
    assert.ok(await hitOf(one, 'a'))
    Atomics.store(words(), control.isClosed, 1)
    assert.equal(await hitOf(one, 'a'), undefined)
  })

  test('is served while another thread changes the cache', async () => {
    const { one, words } = await openCache(1024 ** 2)
    await write(one, 'a', Uint8Array.of(1))
    const first = await hitOf(one, 'a')
    Atomics.store(words(), control.lock, 77)
    assert.equal((await hitOf(one, 'a'))?.bytes, first?.bytes)
    Atomics.store(words(), control.lock, 0)
  })

  for (const [name, stepMs, reads] of [
    ['every tenth of a second', 50, 1],
    ['every 64 times', 0, 64],
  ] as const) {
    test(`counts as used at least ${name}`, async () => {
      const { clock, one, other } = await openCache(128 * 1024)
      await write(one, 'kept', new Uint8Array(400))
      // Each turn fills some tenth of the cache.
      for (let turn = 0; turn < 100; turn += 1) {
        for (let i = 0; i < 20; i += 1) await write(other, `${turn} ${i}`, new Uint8Array(400))
        await clock.advance(stepMs)
        for (let i = 0; i < reads; i += 1) assert.ok(await hitOf(one, 'kept'), `${turn}`)
      }
      assert.equal(await hitOf(one, '0 0'), undefined)
    })
  }

  test('is no more than so many bytes, and no long contents', async () => {
    const { one } = await openCache(32 * 1024 ** 2)
    await write(one, 'long', new Uint8Array(16_385))
    assert.equal((await hitOf(one, 'long'))?.isLasting, undefined)
    const remembered: WeakRef<Uint8Array>[] = []
    for (let i = 0; i < 80; i += 1) await write(one, `${i}`, new Uint8Array(16_384).fill(i))
    for (let i = 0; i < 80; i += 1) {
      const hit = await hitOf(one, `${i}`)
      assert.ok(hit?.isLasting)
      remembered.push(new WeakRef(hit.bytes))
    }
    let sameCount = 0
    for (const [i, reference] of remembered.entries()) {
      const bytes = reference.deref()
      if (bytes !== undefined && (await hitOf(one, `${i}`))?.bytes === bytes) sameCount += 1
    }
    // Two megabytes, a third of which are contents.
    assert.ok(sameCount <= 42, `${sameCount}`)
    for (let i = 0; i < 80; i += 1) assert.equal((await hitOf(one, `${i}`))?.bytes[0], i)
  })
})
