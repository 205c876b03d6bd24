import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { JavaBigDecimal, JavaBigInteger, JavaDouble, JavaLong } from '../vtl/java-number.ts'
import { JavaList, JavaMap, type Value } from '../vtl/values.ts'
import { JsonDocumentError } from './json-document-error.ts'
import { documentDepthMax, readJsonDocument, readJsonLiteral } from './read-json.ts'
import { writeJsonDocument } from './write-json.ts'

/** A document as JSON.parse gives it. */
function plain(value: Value): unknown {
  if (value instanceof JavaList) return value.items.map(plain)
  if (value instanceof JavaMap) {
    return Object.fromEntries(value.keys().map((key) => [key, plain(value.get(key))]))
  }
  if (value instanceof JavaDouble) return value.value
  if (value instanceof JavaLong || value instanceof JavaBigInteger) return Number(value.value)
  return value instanceof JavaBigDecimal ? Number(writeJsonDocument(value)) : value
}

function positionOf(text: string): number | undefined {
  try {
    readJsonDocument(text)
    return undefined
  } catch (error) {
    assert.ok(error instanceof JsonDocumentError)
    return error.position
  }
}

test('readJsonDocument() reads what JSON.parse reads', () => {
  const indents = fc.constantFrom(undefined, 1, '\t')
  fc.assert(
    fc.property(fc.jsonValue(), indents, (json, indent) => {
      const text = JSON.stringify(json, undefined, indent)
      assert.deepEqual(plain(readJsonDocument(text)), JSON.parse(text))
    }),
  )
})

test('readJsonDocument() refuses what JSON.parse refuses', () => {
  const signs = fc.constantFrom(...'{}[]",:\\u0012-+.eE tfn\'\n/a'.split(''), 'true', 'null', '"a"')
  fc.assert(
    fc.property(fc.array(signs, { maxLength: 12 }), (pieces) => {
      const text = pieces.join('')
      let isJson = true
      try {
        JSON.parse(text)
      } catch {
        isJson = false
      }
      assert.equal(positionOf(text) === undefined, isJson, text)
    }),
    { numRuns: 5_000 },
  )
})

test('readJsonDocument() keeps the order of members and the last of two', () => {
  const text = '{"b":1,"10":2,"2":3,"__proto__":4,"\\u0000":5,"b":6}'
  assert.equal(
    writeJsonDocument(readJsonDocument(text)),
    '{"b":6,"10":2,"2":3,"__proto__":4,"\\u0000":5}',
  )
})

test('readJsonDocument() gives numbers the kinds that Java gives them', () => {
  const kinds = [
    ['2147483647', 2_147_483_647],
    ['-2147483648', -2_147_483_648],
    ['2147483648', new JavaLong(2_147_483_648n)],
    ['9007199254740993', new JavaLong(9_007_199_254_740_993n)],
    ['12345678901234567890', new JavaBigInteger(12_345_678_901_234_567_890n)],
    ['1.0', new JavaDouble(1)],
    ['1e3', new JavaDouble(1000)],
    ['-0', 0],
    ['-0.0', new JavaDouble(-0)],
    ['0.1234567890123456789', new JavaBigDecimal(1_234_567_890_123_456_789n, 19)],
  ] as const
  for (const [text, value] of kinds) assert.deepEqual(readJsonDocument(text), value, text)
})

test('readJsonDocument() says where it stopped', () => {
  const positions = [
    ['', 0],
    ['{"a":}', 5],
    ['{"a":1,}', 7],
    ['[1 2]', 3],
    ['"a', 2],
    ['"a\nb"', 2],
    ['"\\x"', 2],
    ['01', 0],
    ['1.', 1],
    ['{} x', 3],
    ["{'a':1}", 1],
  ] as const
  for (const [text, position] of positions) assert.equal(positionOf(text), position, text)
})

test('readJsonDocument() bounds levels and the length of numbers', () => {
  const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)
  assert.equal(positionOf(nested(documentDepthMax)), undefined)
  assert.equal(positionOf(nested(documentDepthMax + 1)), documentDepthMax)
  assert.equal(positionOf('['.repeat(100_000)), documentDepthMax)
  assert.equal(positionOf('1'.repeat(1_000)), undefined)
  assert.equal(positionOf('1'.repeat(1_001)), 0)
  assert.equal(positionOf('1e400'), 0)
})

test('readJsonLiteral() takes single quotes and bare words', () => {
  const read = (text: string) => writeJsonDocument(readJsonLiteral(text))
  assert.equal(read(`['a', "b", {'c': d}]`), '["a","b",{"c":"d"}]')
  assert.throws(() => readJsonLiteral('[,]'), JsonDocumentError)
})
