import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { keyHash } from './key-hash.ts'

const encoder = new TextEncoder()
const hashOf = (text: string, seed0 = 1, seed1 = 2) => {
  const bytes = encoder.encode(text)
  return keyHash(bytes, { length: bytes.length, seed0, seed1 })
}

describe('keyHash()', () => {
  test('is the same for the same bytes, whatever is behind them', () => {
    const bytes = encoder.encode('key and more')
    assert.equal(keyHash(bytes, { length: 3, seed0: 1, seed1: 2 }), hashOf('key'))
  })

  test('spreads keys that are nearly alike, and hangs on the seed', () => {
    const buckets = Array.from({ length: 64 }, () => 0)
    const hashes = new Set<number>()
    for (let i = 0; i < 20_000; i += 1) {
      const hash = hashOf(`key ${i}`)
      hashes.add(hash)
      const bucket = (hash >>> 0) % 64
      buckets[bucket] = (buckets[bucket] ?? 0) + 1
    }
    assert.ok(hashes.size > 19_980, `${hashes.size}`)
    // About 312 each; with 64 buckets some are 5 deviations off at the very most.
    for (const count of buckets) assert.ok(count > 200 && count < 430, `${count}`)
    assert.notEqual(hashOf('key', 1, 2), hashOf('key', 1, 3))
    assert.notEqual(hashOf('key', 1, 2), hashOf('key', 2, 2))
    assert.notEqual(hashOf(''), hashOf('\u0000'))
  })
})
