import assert from 'node:assert/strict'
import { test } from 'node:test'
import { omitUndefined } from './omit-undefined.ts'

test('omitUndefined() leaves out what is undefined and keeps null, false and empty values', () => {
  const value: { a: string | undefined; b?: number; c: null; d: boolean; e: string } = {
    a: undefined,
    c: null,
    d: false,
    e: '',
  }
  assert.deepEqual(omitUndefined(value), { c: null, d: false, e: '' })
})

test('omitUndefined() copies: the original keeps its members', () => {
  const value = { a: 1, b: undefined }
  const copy = omitUndefined(value)
  assert.deepEqual(Object.keys(value), ['a', 'b'])
  assert.deepEqual(Object.keys(copy), ['a'])
})
