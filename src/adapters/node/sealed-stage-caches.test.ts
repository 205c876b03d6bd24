import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { cachePlace } from '../../../test/contracts/stage-caches.ts'
import type { CacheEntry, CacheReading, StageCaches } from '../../ports/stage-caches.ts'
import { sealKeyBytes, sealStageCaches } from './sealed-stage-caches.ts'

const prod = cachePlace('prod')
const unexpected = () => assert.fail('there is a key')
const key = new Uint8Array(sealKeyBytes).fill(7)
const secret = new TextEncoder().encode('a secret of some length')

/** A cache that is a map, whose content the test may look at and change. */
function openMap() {
  const kept = new Map<string, Uint8Array>()
  const caches: StageCaches = {
    read(place, name): CacheReading {
      const bytes = kept.get(`${place.stageName} ${name}`)
      return bytes === undefined
        ? { outcome: 'miss', generation: 1, order: () => 1 }
        : { outcome: 'hit', bytes, generation: 1, order: () => 1 }
    },
    write: (place, name, { bytes }) => void kept.set(`${place.stageName} ${name}`, bytes),
    figures: () => ({ unavailableCount: 0, droppedCount: 0 }),
  }
  return { kept, caches }
}

function entryOf(isEncrypted: boolean): CacheEntry {
  return { bytes: secret, ttlMs: 1000, generation: 1, order: 1, isEncrypted }
}

async function contentOf(caches: StageCaches, name: string): Promise<Uint8Array | undefined> {
  const reading = await caches.read(prod, name)
  return reading.outcome === 'hit' ? new Uint8Array(reading.bytes) : undefined
}

describe('sealStageCaches()', () => {
  test('gives back what was written, encrypted or not', async () => {
    const { caches } = openMap()
    const sealed = sealStageCaches(caches, { key, onKeyless: unexpected })
    for (const isEncrypted of [true, false]) {
      sealed.write(prod, 'a', entryOf(isEncrypted))
      assert.deepEqual(await contentOf(sealed, 'a'), secret)
    }
  })

  test('keeps nothing of an encrypted entry in clear, and no two alike', () => {
    const { caches, kept } = openMap()
    const sealed = sealStageCaches(caches, { key, onKeyless: unexpected })
    sealed.write(prod, 'a', entryOf(true))
    sealed.write(prod, 'b', entryOf(true))
    const texts = [...kept.values()].map((bytes) => Buffer.from(bytes).toString('latin1'))
    for (const text of texts) assert.ok(!text.includes('secret'))
    assert.notEqual(texts[0], texts[1])
  })

  test('opens no entry of another key, of another stage, of another gateway, or changed', async () => {
    const { caches, kept } = openMap()
    const sealed = sealStageCaches(caches, { key, onKeyless: unexpected })
    sealed.write(prod, 'a', entryOf(true))
    const bytes = kept.get('prod a') ?? new Uint8Array()
    kept.set('prod b', bytes)
    kept.set('test a', bytes)
    assert.equal(await contentOf(sealed, 'b'), undefined)
    assert.equal((await sealed.read(cachePlace('test'), 'a')).outcome, 'miss')
    const otherKey = new Uint8Array(sealKeyBytes).fill(8)
    const other = sealStageCaches(caches, { key: otherKey, onKeyless: unexpected })
    assert.equal(await contentOf(other, 'a'), undefined)
    kept.set(
      'prod a',
      bytes.map((byte, index) => (index === bytes.length - 1 ? byte ^ 1 : byte)),
    )
    assert.equal(await contentOf(sealed, 'a'), undefined)
    assert.equal(sealed.figures().unavailableCount, 3)
  })

  test('gives the same bytes again of an entry that lasts, and never of one that is encrypted', async () => {
    const { caches } = openMap()
    const lasting: StageCaches = {
      ...caches,
      async read(place, name) {
        const reading = await caches.read(place, name)
        return reading.outcome === 'hit' ? { ...reading, isLasting: true } : reading
      },
    }
    const sealed = sealStageCaches(lasting, { key, onKeyless: unexpected })
    sealed.write(prod, 'clear', entryOf(false))
    sealed.write(prod, 'secret', entryOf(true))
    for (const [name, isLasting] of [
      ['clear', true],
      ['secret', undefined],
    ] as const) {
      const one = await sealed.read(prod, name)
      const other = await sealed.read(prod, name)
      assert.ok(one.outcome === 'hit' && other.outcome === 'hit')
      assert.deepEqual(new Uint8Array(one.bytes), secret)
      assert.equal(one.isLasting, isLasting)
      assert.equal(one.bytes === other.bytes, isLasting === true)
    }
  })

  test('keeps nothing that has to be encrypted without a key, and says so', async () => {
    const { caches, kept } = openMap()
    const keyless: string[] = []
    const onKeyless = ({ stageName }: { stageName: string }) => void keyless.push(stageName)
    const sealed = sealStageCaches(caches, { key: undefined, onKeyless })
    sealed.write(prod, 'a', entryOf(true))
    assert.equal(kept.size, 0)
    assert.deepEqual(keyless, ['prod'])
    assert.equal(sealed.figures().droppedCount, 1)
    sealed.write(prod, 'b', entryOf(false))
    assert.deepEqual(await contentOf(sealed, 'b'), secret)
  })
})
