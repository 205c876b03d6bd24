import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import { decodeKeyBytes, encodeKeyBytes } from './key-bytes.ts'

/** Any code units, lone surrogates too; the edges between lengths and planes more often than by chance. */
const codeUnits = fc
  .array(
    fc.oneof(
      fc.integer({ min: 0, max: 0xffff }),
      fc.constantFrom(
        0,
        1,
        0x7f,
        0x80,
        0x7ff,
        0x800,
        0xd7ff,
        0xd800,
        0xdbff,
        0xdc00,
        0xdfff,
        0xe000,
        0xffff,
      ),
    ),
    { maxLength: 8 },
  )
  .map((units) => String.fromCharCode(...units))

const text = fc.oneof(codeUnits, fc.string({ unit: 'grapheme' }))

describe('encodeKeyBytes()', () => {
  test('makes bytes that compare as the texts do by code units', () => {
    fc.assert(
      fc.property(text, text, text, (start, a, b) => {
        const [left, right] = [start + a, start + b]
        const byCodeUnits = left < right ? -1 : left > right ? 1 : 0
        assert.equal(Buffer.compare(encodeKeyBytes(left), encodeKeyBytes(right)), byCodeUnits)
      }),
      { numRuns: 2_000 },
    )
  })

  test('makes bytes below 0xff, which end every range', () => {
    fc.assert(fc.property(text, (any) => encodeKeyBytes(any).every((byte) => byte < 0xff)))
  })

  test('makes UTF-8 of a text without characters above U+FFFF', () => {
    assert.deepEqual(encodeKeyBytes('aä€'), Buffer.from('aä€'))
  })
})

test('decodeKeyBytes() gives back the text', () => {
  fc.assert(
    fc.property(text, (any) => decodeKeyBytes(encodeKeyBytes(any)) === any),
    { numRuns: 2_000 },
  )
})
