import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Call } from './call.ts'
import { contextValue, formatRequestTime } from './context-variables.ts'
import { GatewayError } from './gateway-error.ts'

describe('formatRequestTime()', () => {
  for (const [timeMs, expected] of [
    [0, '01/Jan/1970:00:00:00 +0000'],
    [Date.UTC(2026, 10, 9, 21, 23, 5, 999), '09/Nov/2026:21:23:05 +0000'],
    [Date.UTC(2024, 1, 29, 23, 59, 59), '29/Feb/2024:23:59:59 +0000'],
    [Date.UTC(2026, 11, 31), '31/Dec/2026:00:00:00 +0000'],
  ] as const) {
    test(`writes ${expected}`, () => assert.equal(formatRequestTime(timeMs), expected))
  }
})

describe('contextValue()', () => {
  test('escapes what stands within the quotes of a template', () => {
    const validationErrorString = String.raw`[ECMA 262 regex "^\d+$" does not match input string "é"]`
    const error = new GatewayError('BAD_REQUEST_BODY', { validationErrorString })
    const call = { error } as unknown as Call
    assert.equal(
      contextValue(call, 'error.validationErrorString'),
      String.raw`[ECMA 262 regex \"^\\d+$\" does not match input string \"é\"]`,
    )
    assert.equal(contextValue({} as Call, 'error.validationErrorString'), undefined)
  })
})
