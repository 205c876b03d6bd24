import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deepFreeze } from './freeze.ts'

test('deepFreeze() freezes a value and everything inside it, and returns it', () => {
  const value = { list: [{ x: 1 }], text: 'a', none: null, missing: undefined }
  assert.equal(deepFreeze(value), value)
  assert.ok(Object.isFrozen(value) && Object.isFrozen(value.list) && Object.isFrozen(value.list[0]))
})

test('deepFreeze() leaves byte arrays alone', () => {
  const value = deepFreeze({ bytes: Uint8Array.of(1) })
  value.bytes[0] = 2
  assert.equal(value.bytes[0], 2)
})

test('deepFreeze() freezes what is nested deeper than the stack is', () => {
  const levels = 100_000
  const value: unknown = deepFreeze(JSON.parse('['.repeat(levels) + ']'.repeat(levels)))
  assert.ok(Object.isFrozen(value))
})
