import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isRegion } from './identifiers.ts'

describe('isRegion()', () => {
  test('takes whatever has the form of a region, known or not', () => {
    for (const text of ['us-east-1', 'us-gov-west-1', 'eusc-de-east-1', 'mars-north-12']) {
      assert.equal(isRegion(text), true, text)
    }
  })

  test('takes nothing else', () => {
    const long = `us-${'e'.repeat(64)}-1`
    for (const text of ['', 'mars-1', 'nope-1', '*', 'US-EAST-1', 'us-east-1"}', 'us-east', long]) {
      assert.equal(isRegion(text), false, text)
    }
  })
})
