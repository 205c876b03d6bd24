import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readBase64, writeBase64 } from './base64.ts'

describe('readBase64() and writeBase64()', () => {
  test('are inverse to each other, past the length of a chunk too', () => {
    const bytes = Uint8Array.from({ length: 20_001 }, (_, index) => (index * 7) % 256)
    assert.equal(writeBase64(bytes), Buffer.from(bytes).toString('base64'))
    assert.deepEqual(readBase64(writeBase64(bytes)), bytes)
  })

  test('have an empty text for no bytes', () => {
    assert.equal(writeBase64(new Uint8Array()), '')
    assert.deepEqual(readBase64(''), new Uint8Array())
  })

  test('readBase64() gives nothing for a text that is no base64', () => {
    assert.equal(readBase64('a*b='), undefined)
  })
})
