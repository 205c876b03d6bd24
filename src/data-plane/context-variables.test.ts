import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { formatRequestTime } from './context-variables.ts'

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
