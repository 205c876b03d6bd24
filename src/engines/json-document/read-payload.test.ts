import assert from 'node:assert/strict'
import { test } from 'node:test'
import { JavaList } from '../vtl/values.ts'
import { JsonDocumentError } from './json-document-error.ts'
import { readPayload } from './read-payload.ts'
import { writeJsonDocument } from './write-json.ts'

/** Jayway JsonPath 2.6.0 with json-smart reads them so. */
const texts = [
  'a=b&c=d',
  'name=Marcus&email=email%40example.com&message=',
  '1=2&3=4',
  '123abc',
  '-5x',
  '12 34',
  'true x',
  'nullable',
  "it's",
  'a:b,c]d}e"f',
  '<html>',
  'two\nlines',
  '+48123',
  '2020-01-01',
  '',
]

for (const text of texts) {
  test(`readPayload() takes ${JSON.stringify(text)} as it is`, () => {
    assert.equal(readPayload(text), text)
    assert.equal(readPayload(` \t\r\n${text} \n`), text)
  })
}

test('readPayload() reads JSON', () => {
  for (const json of ['{"a":[1,null]}', '[]', '"text"', '1.5', '-3', '0', 'true', 'false', 'null'])
    assert.equal(writeJsonDocument(readPayload(` ${json}\n`)), json)
  assert.ok(readPayload('[1]') instanceof JavaList)
})

test('readPayload() refuses what only begins as JSON', () => {
  for (const text of ['{"a":1', '[1', '"a', "'a'", '{} x', ' {a'])
    assert.throws(() => readPayload(text), JsonDocumentError)
})

test('readPayload() takes a number of too many digits for a text', () => {
  const digits = '1'.repeat(2_000)
  assert.equal(readPayload(digits), digits)
})
