import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { connectFailure } from './connect-failure.ts'

function systemError(code: string): Error {
  return Object.assign(new Error(`connect ${code}`), { code })
}

describe('connectFailure()', () => {
  for (const [code, outcome] of [
    ['ENOTFOUND', 'unresolved'],
    ['EAI_AGAIN', 'unresolved'],
    ['ECONNREFUSED', 'refused'],
    ['EHOSTUNREACH', 'refused'],
    ['ENETUNREACH', 'refused'],
    ['ETIMEDOUT', 'timeout'],
    ['ECONNRESET', 'broken'],
    ['EMFILE', 'broken'],
  ] as const) {
    test(`takes ${code} for ${outcome}`, () => {
      assert.equal(connectFailure(systemError(code)).outcome, outcome)
    })
  }

  test('lets the address that answered speak for those that did not', () => {
    const several = (...codes: readonly string[]) =>
      connectFailure(Object.assign(new AggregateError(codes.map(systemError)), { code: codes[0] }))
    assert.equal(several('ETIMEDOUT', 'ECONNREFUSED').outcome, 'refused')
    assert.equal(several('ENETUNREACH', 'ETIMEDOUT').outcome, 'refused')
    assert.equal(several('ETIMEDOUT', 'ETIMEDOUT').outcome, 'timeout')
  })
})
