import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ServiceError } from './service-error.ts'

describe('ServiceError', () => {
  test('repeats no more of what a caller sent than a message may hold', () => {
    const { message } = new ServiceError('BadRequestException', 400, `no: ${'x'.repeat(500_000)}`)
    assert.equal(message, `no: ${'x'.repeat(8_188)}…`)
  })
})
