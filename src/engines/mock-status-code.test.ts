import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { findMockStatusCode } from './mock-status-code.ts'

describe('findMockStatusCode()', () => {
  const cases: readonly [text: string, statusCode: number | undefined][] = [
    ['{"statusCode": 200}', 200],
    ['{statusCode: 200}', 200],
    ["{'statusCode': 404}", 404],
    [' \n{ statusCode :\t503 , }\n', 503],
    ['{"a": [1, {"statusCode": 1}], "statusCode": 201, b: text}', 201],
    ['{"statusCode": 1, "statusCode": 2}', 2],
    ['{"message": "\\"}, statusCode: 9", "statusCode": 200}', 200],
    ['{"statusCode": -1}', -1],
    ['{"statusCode": "200"}', undefined],
    ["{statusCode: '200'}", undefined],
    ['{"statusCode": 200.0}', undefined],
    ['{"statusCode": 2e2}', undefined],
    ['{"statusCode": null}', undefined],
    ['{"statusCode": [200]}', undefined],
    ['{"statusCode": 99999999999999999999}', undefined],
    ['{"StatusCode": 200}', undefined],
    ['{"a": {"statusCode": 200}}', undefined],
    ['[{"statusCode": 200}]', undefined],
    ['{"statusCode": 200', undefined],
    ['{"statusCode": 200} x', undefined],
    ['{"statusCode" 200}', undefined],
    ['{"statusCode": 200 "a": 1}', undefined],
    ['{"statusCode": 200, "a": [1 2]}', undefined],
    ['{"statusCode": 200, "open}', undefined],
    ['{,}', undefined],
    ['{}', undefined],
    ['', undefined],
    ['200', undefined],
  ]
  for (const [text, statusCode] of cases) {
    test(`reads ${statusCode} from ${JSON.stringify(text)}`, () => {
      assert.equal(findMockStatusCode(text), statusCode)
    })
  }

  test('agrees with JSON where the text is JSON', () => {
    const values = fc.object({ maxDepth: 3, withNullPrototype: false, key: fc.string() })
    fc.assert(
      fc.property(values, fc.integer(), fc.nat({ max: 4 }), (object, statusCode, blanks) => {
        const text = JSON.stringify({ ...object, statusCode }, undefined, blanks)
        assert.equal(findMockStatusCode(text), statusCode)
      }),
      { numRuns: 1000 },
    )
  })

  test('reads any text without throwing', () => {
    const bits = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      "'",
      ':',
      ',',
      '\\',
      'statusCode',
      '200',
      ' ',
    )
    fc.assert(
      fc.property(
        fc.array(bits).map((list) => `{${list.join('')}`),
        (text) => {
          const statusCode = findMockStatusCode(text)
          assert.ok(statusCode === undefined || Number.isSafeInteger(statusCode))
        },
      ),
      { numRuns: 5000 },
    )
  })

  test('bounds depth and length', () => {
    const nested = (depth: number) =>
      `{"a": ${'['.repeat(depth)}${']'.repeat(depth)}, "statusCode": 200}`
    assert.equal(findMockStatusCode(nested(60)), 200)
    assert.equal(findMockStatusCode(nested(100_000)), undefined)
    assert.equal(findMockStatusCode(`{"statusCode": 200}${' '.repeat(300_000)}`), undefined)
  })
})
