import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { schemaTextOf } from './schema-text.ts'

describe('schemaTextOf()', () => {
  const cases: readonly (readonly [given: string, expected: string])[] = [
    ['{"type":"object"}}', '{"type":"object"}'],
    ['{"a":{"b":"}"}} }\n]', '{"a":{"b":"}"}}'],
    ['{"type":"object"}', '{"type":"object"}'],
    ['{"type":"object"} x', '{"type":"object"} x'],
    ['{"type":"object"}{}', '{"type":"object"}{}'],
    ['{"type":', '{"type":'],
    ['}', '}'],
    ['{"a":"\\"}"}}', '{"a":"\\"}"}'],
    ['', ''],
    ['"text"', '"text"'],
  ]
  for (const [given, expected] of cases) {
    test(`of ${given} is ${expected}`, () => assert.equal(schemaTextOf(given), expected))
  }
})
