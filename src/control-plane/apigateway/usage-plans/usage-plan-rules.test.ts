import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { checkQuota, checkThrottle, checkThrottleMap } from './usage-plan-rules.ts'

const integerMax = 2_147_483_647

describe('checkThrottle()', () => {
  test('takes what AWS can keep, and -1 for none', () => {
    for (const limits of [{ burstLimit: integerMax }, { burstLimit: -1 }, { rateLimit: 0.5 }]) {
      assert.deepEqual(checkThrottle(limits), limits)
    }
  })

  test('refuses a rate that JSON would lose, and a burst that is no 32-bit integer', () => {
    for (const rateLimit of [Number.POSITIVE_INFINITY, Number.NaN, -0.5]) {
      assert.throws(() => checkThrottle({ rateLimit }), /throttle rateLimit must be/)
    }
    for (const burstLimit of [1.5, integerMax + 1, -2]) {
      assert.throws(() => checkThrottle({ burstLimit }), /throttle burstLimit must be/)
      assert.throws(() => checkThrottleMap({ '/pets/GET': { burstLimit } }), /burstLimit must be/)
    }
  })
})

describe('checkQuota()', () => {
  test('refuses a limit that is no 32-bit integer of at least 1', () => {
    assert.equal(checkQuota({ limit: integerMax, period: 'DAY' }).limit, integerMax)
    for (const limit of [0, 1.5, integerMax + 1]) {
      assert.throws(() => checkQuota({ limit, period: 'DAY' }), /quota limit must be/)
    }
  })
})
