import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import type { AccountId, Region, RestApiId, StageName } from '../../src/aws/identifiers.ts'
import type { Clock } from '../../src/ports/clock.ts'
import type {
  CacheReading,
  StageCacheClusters,
  StageCachePlace,
  StageCaches,
} from '../../src/ports/stage-caches.ts'
import { VirtualClock } from '../support/virtual-clock.ts'

/** Caches with nothing in them, and what makes them. */
export interface OpenedStageCaches {
  readonly clusters: StageCacheClusters
  /** Of two workers, or of two nodes, of the same caches. */
  readonly caches: readonly [StageCaches, StageCaches]
  /** What was written before can be read. */
  settled(): Promise<void>
  close(): Promise<void>
}

/** How caches of an adapter are opened, on the given clock; each time others. */
export type OpenStageCaches = (clock: Clock) => Promise<OpenedStageCaches>

/** A place of its own for a stage of this name. */
export function cachePlace(stageName: string, restApiId = 'a1b2c3d4e5'): StageCachePlace {
  return {
    account: '123456789012' as AccountId,
    region: 'us-east-1' as Region,
    restApiId: restApiId as RestApiId,
    stageName: stageName as StageName,
  }
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()
const prod = cachePlace('prod')
const size = { bytesMax: 256 * 1024 }

/** What is asked of the caches in a test, in short. */
class Scene {
  readonly clock = new VirtualClock()
  readonly opened: OpenedStageCaches

  constructor(opened: OpenedStageCaches, clock: VirtualClock) {
    this.opened = opened
    this.clock = clock
  }

  reading(key: string, place = prod, worker: 0 | 1 = 0): Promise<CacheReading> {
    return Promise.resolve(this.opened.caches[worker].read(place, key))
  }

  async text(key: string, place = prod, worker: 0 | 1 = 0): Promise<string | undefined> {
    const reading = await this.reading(key, place, worker)
    assert.notEqual(reading.outcome, 'unavailable')
    return reading.outcome === 'hit' ? decoder.decode(reading.bytes) : undefined
  }

  async write(
    key: string,
    text: string | Uint8Array,
    { ttlMs = 1000, place = prod }: { ttlMs?: number; place?: StageCachePlace } = {},
  ): Promise<void> {
    const reading = await this.reading(key, place)
    assert.notEqual(reading.outcome, 'unavailable')
    const generation = reading.outcome === 'unavailable' ? 0 : reading.generation
    const order = reading.outcome === 'unavailable' ? 0 : reading.order()
    const bytes = typeof text === 'string' ? encoder.encode(text) : text
    this.opened.caches[0].write(place, key, { bytes, ttlMs, generation, order, isEncrypted: false })
    await this.opened.settled()
  }
}

/** Every sentence of the `StageCaches` and `StageCacheClusters` ports, as tests. */
export function stageCachesContract(
  name: string,
  open: OpenStageCaches,
  skip: string | false = false,
): void {
  const inScene = (run: (scene: Scene) => Promise<void>) => async () => {
    const clock = new VirtualClock()
    const opened = await open(clock)
    try {
      const scene = new Scene(opened, clock)
      await opened.clusters.resize(prod, size)
      await run(scene)
    } finally {
      await opened.close()
    }
  }

  describe(name, { skip }, () => {
    test(
      'read() finds what was written, by each worker',
      inScene(async (scene) => {
        assert.equal(await scene.text('a'), undefined)
        await scene.write('a', 'one')
        assert.equal(await scene.text('a'), 'one')
        assert.equal(await scene.text('a', prod, 1), 'one')
        assert.equal(await scene.text('b'), undefined)
      }),
    )

    test(
      'write() puts the new in place of the old',
      inScene(async (scene) => {
        await scene.write('a', 'one')
        await scene.write('a', 'another, longer one')
        assert.equal(await scene.text('a', prod, 1), 'another, longer one')
      }),
    )

    test(
      'write() keeps any bytes, none, and as many as an answer may have',
      inScene(async (scene) => {
        await scene.opened.clusters.resize(prod, { bytesMax: 4 * 1024 ** 2 })
        const long = new Uint8Array(1_048_576).map((_, i) => (i * 7919) >> 3)
        await scene.write('long', long)
        await scene.write('none', '')
        const reading = await scene.reading('long', prod, 1)
        assert.ok(reading.outcome === 'hit')
        assert.ok(Buffer.from(reading.bytes).equals(long))
        assert.equal(await scene.text('none'), '')
      }),
    )

    test(
      'read() finds nothing from the moment on at which the time is over',
      inScene(async (scene) => {
        await scene.write('a', 'one', { ttlMs: 300_000 })
        await scene.clock.advance(299_999)
        assert.equal(await scene.text('a'), 'one')
        await scene.clock.advance(1)
        assert.equal(await scene.text('a'), undefined)
        assert.equal(await scene.text('a', prod, 1), undefined)
      }),
    )

    test(
      'read() does not prolong the time, write() does',
      inScene(async (scene) => {
        await scene.write('a', 'one', { ttlMs: 1000 })
        await scene.clock.advance(600)
        assert.equal(await scene.text('a'), 'one')
        await scene.write('a', 'two', { ttlMs: 1000 })
        await scene.clock.advance(600)
        assert.equal(await scene.text('a'), 'two')
        await scene.clock.advance(400)
        assert.equal(await scene.text('a'), undefined)
      }),
    )

    test(
      'a stage never sees what another one keeps',
      inScene(async (scene) => {
        const others = [cachePlace('test'), cachePlace('prod', 'zzzzzzzzzz'), cachePlace('pro')]
        for (const place of others) await scene.opened.clusters.resize(place, size)
        await scene.write('a', 'of prod')
        for (const place of others) assert.equal(await scene.text('a', place), undefined)
        await scene.write('a', 'of test', { place: others[0] ?? prod })
        assert.equal(await scene.text('a'), 'of prod')
        await scene.opened.clusters.flush(others[0] ?? prod)
        assert.equal(await scene.text('a'), 'of prod')
      }),
    )

    test(
      'flush() leaves nothing to any worker, and takes what comes then',
      inScene(async (scene) => {
        for (const key of ['a', 'b', 'c']) await scene.write(key, key)
        await scene.opened.clusters.flush(prod)
        for (const key of ['a', 'b', 'c']) {
          assert.equal(await scene.text(key), undefined)
          assert.equal(await scene.text(key, prod, 1), undefined)
        }
        await scene.write('a', 'new')
        assert.equal(await scene.text('a', prod, 1), 'new')
      }),
    )

    test(
      'write() drops what was asked for before a flush',
      inScene(async (scene) => {
        const before = await scene.reading('a')
        assert.ok(before.outcome === 'miss')
        await scene.opened.clusters.flush(prod)
        const { generation } = before
        const order = before.order()
        const bytes = encoder.encode('stale')
        const entry = { bytes, ttlMs: 1000, generation, order, isEncrypted: false }
        scene.opened.caches[0].write(prod, 'a', entry)
        await scene.opened.settled()
        assert.equal(await scene.text('a'), undefined)
        assert.equal(await scene.text('a', prod, 1), undefined)
      }),
    )

    test(
      'write() drops what was asked for before a resize',
      inScene(async (scene) => {
        const before = await scene.reading('a')
        assert.ok(before.outcome === 'miss')
        await scene.opened.clusters.resize(prod, { bytesMax: 2 * size.bytesMax })
        const { generation } = before
        const order = before.order()
        const bytes = encoder.encode('stale')
        const entry = { bytes, ttlMs: 1000, generation, order, isEncrypted: false }
        scene.opened.caches[0].write(prod, 'a', entry)
        await scene.opened.settled()
        assert.equal(await scene.text('a'), undefined)
      }),
    )

    test(
      'write() drops what was asked for before what is kept, and not what was asked for later',
      inScene(async (scene) => {
        await scene.write('a', 'at first')
        const orders: number[] = []
        let generation = 0
        for (let i = 0; i < 3; i += 1) {
          // What this worker remembers has a new place each time, too.
          const reading = await scene.reading('a')
          assert.ok(reading.outcome === 'hit')
          orders.push(reading.order())
          generation = reading.generation
        }
        const land = async (index: 0 | 1 | 2, text: string) => {
          const entry = { bytes: encoder.encode(text), ttlMs: 1000, isEncrypted: false }
          const order = orders[index] ?? 0
          scene.opened.caches[0].write(prod, 'a', { ...entry, generation, order })
          await scene.opened.settled()
        }
        await land(1, 'second')
        assert.equal(await scene.text('a'), 'second')
        await land(0, 'first')
        assert.equal(await scene.text('a'), 'second')
        assert.equal(await scene.text('a', prod, 1), 'second')
        await land(2, 'third')
        assert.equal(await scene.text('a'), 'third')
        assert.equal(await scene.text('a', prod, 1), 'third')
      }),
    )

    test(
      'resize() empties, the same size does not, and none is a cache that keeps nothing',
      inScene(async (scene) => {
        const { clusters, caches } = scene.opened
        await scene.write('a', 'one')
        await clusters.resize(prod, { ...size })
        assert.equal(await scene.text('a'), 'one')
        await clusters.resize(prod, { bytesMax: 2 * size.bytesMax })
        assert.equal(await scene.text('a'), undefined)
        await scene.write('a', 'two')
        await clusters.resize(prod, undefined)
        await clusters.resize(prod, { bytesMax: 2 * size.bytesMax })
        assert.equal(await scene.text('a'), undefined)
        await clusters.resize(prod, undefined)
        const entry = {
          bytes: new Uint8Array(1),
          ttlMs: 1000,
          generation: 0,
          order: 0,
          isEncrypted: false,
        }
        caches[0].write(prod, 'a', entry)
        await scene.opened.settled()
        assert.notEqual((await scene.reading('a')).outcome, 'hit')
      }),
    )

    test(
      'what is least recently used leaves first',
      inScene(async (scene) => {
        const value = 'x'.repeat(20_000)
        await scene.write('kept', value, { ttlMs: 1_000_000 })
        for (let i = 0; i < 40; i += 1) {
          await scene.clock.advance(1)
          await scene.write(`k${i}`, value, { ttlMs: 1_000_000 })
          await scene.clock.advance(1)
          assert.equal(await scene.text('kept'), value, `after ${i}`)
        }
        assert.equal(await scene.text('k0'), undefined)
        assert.equal(await scene.text('k39'), value)
      }),
    )

    test(
      'keys are compared whole',
      inScene(async (scene) => {
        const keys = ['', 'a', 'A', 'a ', 'ä', 'a'.repeat(5000), `${'a'.repeat(4999)}b`, '\u0000']
        for (const [index, key] of keys.entries()) await scene.write(key, `${index}`)
        for (const [index, key] of keys.entries()) assert.equal(await scene.text(key), `${index}`)
      }),
    )

    test(
      'it does what a plain map with times does, as long as there is room',
      inScene(async (scene) => {
        await scene.opened.clusters.resize(prod, { bytesMax: 16 * 1024 ** 2 })
        const step = fc.record({
          key: fc.integer({ min: 0, max: 7 }),
          worker: fc.constantFrom(0 as const, 1 as const),
          action: fc.oneof(
            { weight: 6, arbitrary: fc.constant({ kind: 'read' as const }) },
            {
              weight: 5,
              arbitrary: fc.record({
                kind: fc.constant('write' as const),
                length: fc.oneof(fc.integer({ min: 0, max: 1500 }), fc.constant(70_000)),
                ttlMs: fc.integer({ min: 1, max: 50 }),
              }),
            },
            {
              weight: 3,
              arbitrary: fc.record({
                kind: fc.constant('pass' as const),
                ms: fc.integer({ min: 1, max: 30 }),
              }),
            },
            { weight: 1, arbitrary: fc.constant({ kind: 'flush' as const }) },
          ),
        })
        await fc.assert(
          fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
            await scene.opened.clusters.flush(prod)
            const model = new Map<number, { text: string; endMs: number }>()
            let count = 0
            for (const { key, worker, action } of steps) {
              if (action.kind === 'flush') {
                await scene.opened.clusters.flush(prod)
                model.clear()
              } else if (action.kind === 'pass') await scene.clock.advance(action.ms)
              else if (action.kind === 'write') {
                const text = `${(count += 1)}:`.padEnd(action.length, 'xyz')
                await scene.write(`k${key}`, text, { ttlMs: action.ttlMs })
                model.set(key, { text, endMs: scene.clock.monotonicMs() + action.ttlMs })
              }
              const kept = model.get(key)
              const isThere = kept !== undefined && kept.endMs > scene.clock.monotonicMs()
              assert.equal(
                await scene.text(`k${key}`, prod, worker),
                isThere ? kept.text : undefined,
              )
            }
          }),
          { numRuns: 40 },
        )
      }),
    )
  })
}
