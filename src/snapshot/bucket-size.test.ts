import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { bucketSizeOf } from './bucket-size.ts'

describe('bucketSizeOf()', () => {
  const sizeOf = (rateLimit: number | undefined, burstLimit: number | undefined) => {
    const size = bucketSizeOf({ rateLimit, burstLimit })
    return size && [size.ratePerSecond, size.burst]
  }

  test('is none without a rate, whatever the burst', () => {
    assert.equal(sizeOf(-1, 5), undefined)
    assert.equal(sizeOf(undefined, 5), undefined)
    assert.equal(sizeOf(-1, -1), undefined)
  })

  test('lets as many through at once as come in a second where there is no burst, but one', () => {
    assert.deepEqual(sizeOf(2.5, -1), [2.5, 3])
    assert.deepEqual(sizeOf(0.01, undefined), [0.01, 1])
    assert.deepEqual(sizeOf(10, 2), [10, 2])
  })

  test('keeps a 0, by which nobody is let in', () => {
    assert.deepEqual(sizeOf(-1, 0), [0, 0])
    assert.deepEqual(sizeOf(0, 5), [0, 5])
  })
})
