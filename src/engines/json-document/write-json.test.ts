import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { JavaList, JavaMap } from '../vtl/values.ts'
import { JsonDocumentError } from './json-document-error.ts'
import { readJsonDocument } from './read-json.ts'
import { writeJsonDocument } from './write-json.ts'

test('writeJsonDocument() writes what readJsonDocument() reads as the same', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const written = writeJsonDocument(readJsonDocument(text))
      // A Double is printed with an exponent, and that many characters may be read as a BigDecimal.
      assert.deepEqual(JSON.parse(written), JSON.parse(text))
    }),
  )
})

test('writeJsonDocument() escapes what json-smart escapes, and nothing else', () => {
  const units = Array.from({ length: 0x3000 }, (_, unit) => String.fromCharCode(unit))
  const escaped = units.filter((unit) => writeJsonDocument(unit) !== `"${unit}"`)
  const isEscaped = (unit: string) => /[\p{Cc}"\\\u2000-\u20ff]/u.test(unit)
  assert.deepEqual(escaped, units.filter(isEscaped))
  assert.equal(writeJsonDocument('\u001f/\u20ac\n'), String.raw`"\u001F/\u20AC\n"`)
})

test('writeJsonDocument() refuses a list that holds itself', () => {
  const list = new JavaList([])
  list.items.push(list)
  assert.throws(() => writeJsonDocument(list), JsonDocumentError)
})

test('writeJsonDocument() names members by the text of their keys', () => {
  const map = new JavaMap()
  map.set(1, 'a')
  map.set(true, null)
  assert.equal(writeJsonDocument(map), '{"1":"a","true":null}')
})
