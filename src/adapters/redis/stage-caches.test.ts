import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { cachePlace, stageCachesContract } from '../../../test/contracts/stage-caches.ts'
import {
  redisProgram,
  startRedisServer,
  type RedisServer,
} from '../../../test/support/redis-server.ts'
import { VirtualClock } from '../../../test/support/virtual-clock.ts'
import type { Clock } from '../../ports/clock.ts'
import { StateStoreError } from '../../ports/state-store.ts'
import {
  openRedisConnection,
  type RedisArgument,
  type RedisConnection,
  type RedisReply,
} from './connection.ts'
import { redisStageCacheClusters } from './stage-cache-clusters.ts'
import { redisStageCaches } from './stage-caches.ts'

const skip = redisProgram === undefined && 'redis-server is not here'
const prod = cachePlace('prod')

describe('redisStageCaches()', { skip }, () => {
  let server: RedisServer
  let connections: readonly [RedisConnection, RedisConnection]
  let scenes = 0
  before(async () => {
    server = await startRedisServer()
    const connect = () => openRedisConnection({ url: server.url, commandMs: 30_000 })
    connections = [connect(), connect()]
  })
  after(async () => {
    for (const connection of connections) connection.close()
    await server.stop()
  })

  function open(clock: Clock) {
    const prefix = `test${(scenes += 1)}:`
    const parts = { clock, prefix, isClockGiven: true }
    const caches = [
      redisStageCaches({ ...parts, connection: connections[0] }),
      redisStageCaches({ ...parts, connection: connections[1] }),
    ] as const
    const clusters = redisStageCacheClusters({
      connection: connections[0],
      prefix,
      tell: (cache) => {
        for (const each of caches) each.attach(cache)
      },
    })
    const settled = () => caches[0].idle()
    return { prefix, caches, clusters, settled }
  }

  async function write(
    { caches, settled }: ReturnType<typeof open>,
    { key, length, ttlMs = 3_600_000 }: { key: string; length: number; ttlMs?: number },
  ): Promise<void> {
    const reading = await caches[0].read(prod, key)
    assert.ok(reading.outcome !== 'unavailable')
    const { generation } = reading
    const order = reading.order()
    const bytes = new Uint8Array(length)
    caches[0].write(prod, key, { bytes, ttlMs, generation, order, isEncrypted: false })
    await settled()
  }

  async function keysOf(prefix: string): Promise<number> {
    const reply = await connections[0].command('KEYS', [`${prefix}*`])
    return reply.outcome === 'replied' && Array.isArray(reply.value) ? reply.value.length : -1
  }

  stageCachesContract('StageCaches in Redis', (clock) => {
    const { caches, clusters, settled } = open(clock)
    return Promise.resolve({ caches, clusters, settled, close: () => Promise.resolve() })
  })

  test('a flood of distinct keys stays below the size, as Redis itself counts', async () => {
    const scene = open(new VirtualClock())
    const bytesMax = 200_000
    await scene.clusters.resize(prod, { bytesMax })
    for (let i = 0; i < 600; i += 1)
      await write(scene, { key: `key ${i}`, length: (i * 37) % 2000 })
    const name = `${scene.prefix}{${prod.account}/us-east-1/${prod.restApiId}/prod}:cache`
    const listing = await connections[0].command('KEYS', [`${name}*`])
    assert.ok(listing.outcome === 'replied' && Array.isArray(listing.value))
    let bytes = 0
    for (const key of listing.value) {
      const usage = await connections[0].command('MEMORY', ['USAGE', key as Buffer, 'SAMPLES', 0])
      bytes += usage.outcome === 'replied' ? Number(usage.value) : 0
    }
    assert.ok(bytes <= bytesMax * 1.1, `${bytes} of ${bytesMax}`)
    assert.ok(bytes > bytesMax / 2, `${bytes} of ${bytesMax}`)
    assert.equal((await scene.caches[1].read(prod, 'key 599')).outcome, 'hit')
  })

  test('a flush lets go of what it hides', async () => {
    const scene = open(new VirtualClock())
    await scene.clusters.resize(prod, { bytesMax: 10_000_000 })
    for (let i = 0; i < 700; i += 1) await write(scene, { key: `key ${i}`, length: 10 })
    assert.ok((await keysOf(scene.prefix)) > 700)
    await scene.clusters.flush(prod)
    assert.ok((await keysOf(scene.prefix)) <= 2)
  })

  test('another gateway takes a cache over that has the same size', async () => {
    const scene = open(new VirtualClock())
    await scene.clusters.resize(prod, { bytesMax: 100_000 })
    await write(scene, { key: 'a', length: 10 })
    const [, connection] = connections
    const parts = { connection, prefix: scene.prefix }
    const other = redisStageCaches({ ...parts, clock: new VirtualClock(), isClockGiven: true })
    await redisStageCacheClusters({ ...parts, tell: (cache) => other.attach(cache) }).resize(prod, {
      bytesMax: 100_000,
    })
    assert.equal((await other.read(prod, 'a')).outcome, 'hit')
  })

  test('the store lets go of an entry by its own time', async () => {
    const scene = open(new VirtualClock())
    await scene.clusters.resize(prod, { bytesMax: 100_000 })
    const { prefix } = scene
    const own = redisStageCaches({ connection: connections[0], clock: new VirtualClock(), prefix })
    own.attach({ place: prod, size: { bytesMax: 100_000 } })
    const before = await own.read(prod, 'a')
    assert.ok(before.outcome === 'miss')
    const { generation } = before
    const order = before.order()
    const entry = {
      bytes: new Uint8Array(3),
      ttlMs: 3_000_000,
      generation,
      order,
      isEncrypted: false,
    }
    own.write(prod, 'a', entry)
    await own.idle()
    const listing = await connections[0].command('KEYS', [`${prefix}*:e:*`])
    assert.ok(listing.outcome === 'replied' && Array.isArray(listing.value))
    const left = await connections[0].command('PTTL', [listing.value[0] as Buffer])
    assert.ok(left.outcome === 'replied' && Number(left.value) > 2_000_000)
    assert.ok(Number(left.value) <= 3_000_000)
  })
})

describe('redisStageCaches() of a store that is gone', { skip }, () => {
  test('answers at once that it is, keeps nothing, counts both, and goes on with the store', async () => {
    const server = await startRedisServer()
    const connection = openRedisConnection({ url: server.url, commandMs: 200 })
    const caches = redisStageCaches({ connection, clock: new VirtualClock(), isClockGiven: true })
    const clusters = redisStageCacheClusters({
      connection,
      tell: (cache) => caches.attach(cache),
    })
    try {
      await eventually(() => clusters.resize(prod, { bytesMax: 100_000 }))
      await server.stop()
      await eventually(async () => {
        const reading = await caches.read(prod, 'a')
        assert.equal(reading.outcome, 'unavailable')
      })
      const entry = {
        bytes: new Uint8Array(3),
        ttlMs: 1000,
        generation: 1,
        order: 1,
        isEncrypted: false,
      }
      caches.write(prod, 'a', entry)
      await caches.idle()
      const { unavailableCount, droppedCount } = caches.figures()
      assert.ok(unavailableCount >= 1 && droppedCount === 1)
      await assert.rejects(clusters.flush(prod), StateStoreError)
      await server.start()
      // It is empty, and has no size of its own: entries are kept again all the same.
      await eventually(async () => {
        const reading = await caches.read(prod, 'a')
        assert.ok(reading.outcome === 'miss')
        caches.write(prod, 'a', {
          ...entry,
          generation: reading.generation,
          order: reading.order(),
        })
        await caches.idle()
        assert.equal((await caches.read(prod, 'a')).outcome, 'hit')
      })
    } finally {
      clusters.close()
      connection.close()
      await server.stop()
    }
  })

  test('a change that it does not take is made when it is back, and nothing is read before', async () => {
    const server = await startRedisServer()
    const connection = openRedisConnection({ url: server.url, commandMs: 30_000 })
    const gate = gated(connection)
    const parts = { clock: new VirtualClock(), isClockGiven: true, prefix: 'gate:' }
    const caches = redisStageCaches({ connection, ...parts })
    const done = Promise.withResolvers<void>()
    let doneCount = 0
    const clusters = redisStageCacheClusters({
      connection: gate.connection,
      prefix: 'gate:',
      tell: (cache) => caches.attach(cache),
      onDone() {
        doneCount += 1
        done.resolve()
      },
    })
    const size = { bytesMax: 100_000 }
    const writeOne = async () => {
      const reading = await caches.read(prod, 'a')
      assert.ok(reading.outcome === 'miss')
      const { generation } = reading
      const order = reading.order()
      const entry = { bytes: new Uint8Array(3), ttlMs: 1000, generation, order, isEncrypted: false }
      caches.write(prod, 'a', entry)
      await caches.idle()
      assert.equal((await caches.read(prod, 'a')).outcome, 'hit')
    }
    try {
      await clusters.resize(prod, size)
      await writeOne()
      gate.isShut = true
      // Taken away and made again: the store hears of neither, and still has what was kept before.
      await assert.rejects(clusters.resize(prod, undefined), StateStoreError)
      await assert.rejects(clusters.resize(prod, size), StateStoreError)
      assert.equal((await caches.read(prod, 'a')).outcome, 'unavailable')
      gate.isShut = false
      await done.promise
      await writeOne()
      assert.equal(doneCount, 1)
      // The same size again changes nothing.
      await clusters.resize(prod, size)
      assert.equal((await caches.read(prod, 'a')).outcome, 'hit')
    } finally {
      clusters.close()
      connection.close()
      await server.stop()
    }
  })
})

/** A connection that fails while it is shut. */
function gated(connection: RedisConnection) {
  const gate = { isShut: false }
  const failed: RedisReply = { outcome: 'failed', detail: 'shut' }
  return Object.assign(gate, {
    connection: {
      command: (name: string, args: readonly RedisArgument[]) =>
        gate.isShut ? Promise.resolve(failed) : connection.command(name, args),
      evaluate: (...given: Parameters<RedisConnection['evaluate']>) =>
        gate.isShut ? Promise.resolve(failed) : connection.evaluate(...given),
      figures: () => connection.figures(),
      close: () => connection.close(),
    } satisfies RedisConnection,
  })
}

/** Tries until it does not fail any more; the last failure is the test's. */
async function eventually(attempt: () => Promise<void>): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await attempt()
    } catch (error) {
      if (tries === 2400) throw error
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
  }
}
