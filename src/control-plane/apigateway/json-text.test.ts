import assert from 'node:assert/strict'
import { test } from 'node:test'
import { jsonTextCharactersMax } from '../../aws/limits.ts'
import { parseJsonText } from './json-text.ts'

test('parseJsonText() takes a text of the length that there may be, and no longer one', () => {
  const text = `"${'x'.repeat(jsonTextCharactersMax - 2)}"`
  assert.equal(parseJsonText(text), JSON.parse(text))
  assert.throws(() => parseJsonText(`${text} `), SyntaxError)
  assert.throws(() => parseJsonText('{'), SyntaxError)
})
