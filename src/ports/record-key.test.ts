import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import { parseRecordKey, recordKeyRange, recordKeyText } from './record-key.ts'
import type { RecordKey } from './state-store.ts'

const segment = fc
  .array(fc.constantFrom('\u0001', '\u0002', 'a', 'b', '\ud800', '\udfff', '\u{1f600}', '\uffff'), {
    minLength: 1,
    maxLength: 3,
  })
  .map((letters) => letters.join(''))
const key = fc.array(segment, { minLength: 1, maxLength: 4 })

/** The port's order, said as the port says it. */
function compareKeys(left: RecordKey, right: RecordKey): number {
  for (const [i, a] of left.entries()) {
    const b = right[i]
    if (b === undefined) return 1
    if (a !== b) return a < b ? -1 : 1
  }
  return left.length === right.length ? 0 : -1
}

function compareTexts(left: string, right: string): number {
  return left === right ? 0 : left < right ? -1 : 1
}

describe('recordKeyText()', () => {
  test('orders as the keys do, segment by segment', () => {
    fc.assert(
      fc.property(key, key, (left, right) => {
        assert.equal(
          compareTexts(recordKeyText(left), recordKeyText(right)),
          compareKeys(left, right),
        )
      }),
      { numRuns: 2_000 },
    )
  })

  test('is undone by parseRecordKey()', () => {
    fc.assert(fc.property(key, (any) => assert.deepEqual(parseRecordKey(recordKeyText(any)), any)))
  })
})

describe('recordKeyRange()', () => {
  test('covers the keys that begin with the prefix and no others', () => {
    fc.assert(
      fc.property(
        fc.array(segment, { maxLength: 3 }),
        key,
        fc.boolean(),
        (prefix, rest, inside) => {
          const any = inside ? [...prefix, ...rest] : rest
          const { from, below } = recordKeyRange(prefix)
          const text = recordKeyText(any)
          const isCovered = text >= from && (below === undefined || text < below)
          const begins = prefix.every((part, i) => any[i] === part)
          assert.equal(isCovered, begins)
        },
      ),
      { numRuns: 2_000 },
    )
  })
})
