import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { seededRandom } from '../../test/support/seeded-random.ts'
import { functionTraceId } from './trace-id.ts'

const root = '1-5b998122-fff9f83cfb9d70a4295b7210'

describe('functionTraceId()', () => {
  for (const [given, sampled] of [
    [`Root=${root}`, '0'],
    [`Root=${root};Sampled=1`, '1'],
    [`Root=${root};Parent=53995c3f42cd8ad8;Sampled=0`, '0'],
    [`Self=1-a-b;Root=${root}; Sampled=1`, '1'],
  ] as const) {
    test(`puts the invocation below ${given}`, () => {
      assert.match(
        functionTraceId(given, seededRandom(1)),
        new RegExp(`^Root=${root};Parent=[0-9a-f]{16};Sampled=${sampled};Lineage=1:[0-9a-f]{8}:0$`),
      )
    })
  }
})
