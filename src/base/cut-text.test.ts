import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { cutText } from './cut-text.ts'

describe('cutText()', () => {
  test('leaves a text that fits as it is', () => {
    assert.equal(cutText('abc', 3), 'abc')
    assert.equal(cutText('', 0), '')
  })

  test('says that something is missing, and halves no character', () => {
    assert.equal(cutText('abcd', 3), 'abc…')
    assert.equal(cutText('ab😀', 3), 'ab…')
  })
})
