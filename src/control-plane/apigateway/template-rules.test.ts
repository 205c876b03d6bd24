import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { mappingTemplateBytesMax } from '../../aws/limits.ts'
import { templatesOf } from './template-rules.ts'

describe('templatesOf()', () => {
  test('keeps templates as they are, and an empty one as null', () => {
    const given = { 'application/json': ' {} ', 'text/plain': '', 'a/b': null, $default: 'x' }
    assert.deepEqual(templatesOf(given), { ...given, 'text/plain': null })
  })

  test('lists every key that is no media type', () => {
    assert.throws(() => templatesOf({ '123': 'a', 'text/plain': 'b', 'a b/c': 'd', '/x': 'e' }), {
      message:
        'Validation Result: warnings : [], errors : [Invalid content type specified: 123, ' +
        'Invalid content type specified: a b/c, Invalid content type specified: /x]',
    })
  })

  test('counts bytes, not characters, up to 300 KB', () => {
    const full = 'ü'.repeat(mappingTemplateBytesMax / 2)
    assert.deepEqual(templatesOf({ 'text/plain': full }), { 'text/plain': full })
    assert.throws(() => templatesOf({ 'text/plain': `${full}a` }), { message: /300 KB/ })
  })
})
