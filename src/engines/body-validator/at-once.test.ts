import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type BodyValidator, compileBodyValidator } from './body-validator.ts'

function validatorOf(schema: unknown): BodyValidator {
  const compiled = compileBodyValidator(JSON.stringify(schema), () => undefined)
  assert.ok(compiled.outcome === 'compiled')
  return compiled.validator
}

/** A list of so many of one piece of JSON. */
const listOf = (piece: string, count: number) => `[${`${piece},`.repeat(count - 1)}${piece}]`

describe('validateAtOnce() gives up, and validate() does not', () => {
  const names = Array.from({ length: 300 }, (_, i) => `n${i}`)
  const cases: Readonly<Record<string, readonly [unknown, string, 'valid' | 'invalid']>> = {
    'a long body': [{ items: { type: 'integer' } }, listOf('1', 100_000), 'valid'],
    'names that are missing': [{ items: { required: names } }, listOf('{}', 5000), 'invalid'],
    'many alternatives': [
      { items: { anyOf: names.map(() => ({ type: 'string' })) } },
      listOf('1', 5000),
      'invalid',
    ],
    'a text that a pattern is for': [
      { items: { pattern: '^(?:[a-z0-9]{1,50}@){1,8}$' } },
      listOf(`"${'a1'.repeat(20_000)}"`, 1),
      'invalid',
    ],
    'values that are none of many': [
      { items: { enum: names.map((name) => ({ [name]: [1, 2] })) } },
      listOf('{"a":[1,2]}', 3000),
      'invalid',
    ],
    'formats of long texts': [
      { items: { format: 'ipv6' } },
      listOf(`"${'0:'.repeat(400)}"`, 70),
      'invalid',
    ],
  }
  for (const [name, [schema, body, outcome]] of Object.entries(cases)) {
    test(name, () => {
      const validator = validatorOf(schema)
      assert.equal(validator.validateAtOnce(body), undefined)
      assert.equal(validator.validate(body).outcome, outcome)
    })
  }
})

test('validateAtOnce() says of a small body what validate() says', () => {
  const validator = validatorOf({ properties: { a: { type: 'integer' } } })
  for (const body of ['{"a":1}', '{"a":"b"}', '', '{']) {
    assert.deepEqual(validator.validateAtOnce(body), validator.validate(body))
  }
})
