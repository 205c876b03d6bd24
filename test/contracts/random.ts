import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Random } from '../../src/ports/random.ts'

/**
 * Far above what 35 free choices show by chance (once in more than 10^12 runs), far below what a biased
 * remainder of a byte shows.
 */
const chiSquareMax = 150

function chiSquare(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
}

/** Every sentence of the `Random` port, as tests. */
export function randomContract(name: string, open: () => Random): void {
  describe(name, () => {
    test('uuid() is a UUID of version 4 in lower case, another one each time', () => {
      const random = open()
      const uuids = Array.from({ length: 1_000 }, () => random.uuid())
      for (const uuid of uuids) {
        assert.match(uuid, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
      }
      assert.equal(new Set(uuids).size, uuids.length)
    })

    test('identifier() has the length asked for, of letters and digits', () => {
      const random = open()
      for (const length of [0, 1, 6, 10, 5_000]) {
        const identifier = random.identifier(length)
        assert.equal(identifier.length, length)
        assert.match(identifier, /^[a-z0-9]*$/)
      }
    })

    test('identifier() has each character equally often', () => {
      const counts = new Map<string, number>()
      for (const letter of open().identifier(200_000)) {
        counts.set(letter, (counts.get(letter) ?? 0) + 1)
      }
      assert.equal(counts.size, 36)
      assert.ok(chiSquare([...counts.values()]) < chiSquareMax)
    })

    test('fraction() is at least 0 and below 1, everywhere equally often', () => {
      const random = open()
      const counts = Array.from({ length: 36 }, () => 0)
      for (let i = 0; i < 100_000; i += 1) {
        const fraction = random.fraction()
        assert.ok(fraction >= 0 && fraction < 1)
        counts[Math.floor(fraction * 36)]! += 1
      }
      assert.ok(chiSquare(counts) < chiSquareMax)
    })
  })
}
