import assert from 'node:assert/strict'
import { test } from 'node:test'
import { documentDepthMax } from './read-json.ts'
import { JsonDocumentError } from './json-document-error.ts'
import { readPayload } from './read-payload.ts'
import { writeJsonDocument } from './write-json.ts'

test('readPayload() reads JSON once', () => {
  for (const json of ['{"a":[1,null]}', '[]', '"text"', '1.5', '-3', '0', 'true', 'null']) {
    const read = readPayload(` ${json}\n`, () => assert.fail(json))
    assert.equal(writeJsonDocument(read), json)
  }
})

test('readPayload() tells before it reads leniently', () => {
  let told = 0
  assert.equal(
    readPayload(' a=b&c=d\n', () => (told += 1)),
    'a=b&c=d',
  )
  assert.equal(told, 1)
})

test('readPayload() refuses what even leniently is no document', () => {
  for (const text of ['{"a":1', '[1', '"a', "'a", '{a', ':', '['.repeat(documentDepthMax + 1)])
    assert.throws(() => readPayload(text, () => {}), JsonDocumentError, text.slice(0, 9))
})

test('readPayload() takes a number of too many digits for a text', () => {
  const digits = '1'.repeat(2_000)
  assert.equal(
    readPayload(digits, () => {}),
    digits,
  )
})
