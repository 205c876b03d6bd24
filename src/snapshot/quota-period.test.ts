import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { seededRandom } from '../../test/support/seeded-random.ts'
import type { AccountId, Region } from '../aws/identifiers.ts'
import {
  allowanceOn,
  dayAfter,
  dayNumberOf,
  dayOf,
  dayTextOf,
  daysBetween,
  isDay,
  periodStartOf,
  quotaCounterOf,
} from './quota-period.ts'
import type { UsagePlanDeclaration, UsagePlanQuota } from './usage-plan-declaration.ts'

const periods = ['DAY', 'WEEK', 'MONTH'] as const
const random = seededRandom(39)
/** Days of 200 years, leap days and ends of centuries among them. */
const days = Array.from({ length: 3_000 }, () =>
  dayOf(Date.UTC(1970, 0, 1) + Math.floor(random.fraction() * 73_000) * 86_400_000),
)

const quotaOf = (quota: Partial<UsagePlanQuota>): UsagePlanQuota => ({
  limit: 100,
  offset: 0,
  period: 'MONTH',
  sinceDay: '2026-01-05',
  ...quota,
})

describe('dayOf()', () => {
  test('changes at midnight UTC', () => {
    assert.equal(dayOf(Date.UTC(2026, 10, 22, 23, 59, 59, 999)), '2026-11-22')
    assert.equal(dayOf(Date.UTC(2026, 10, 23)), '2026-11-23')
  })
})

describe('dayAfter()', () => {
  test('and daysBetween() undo each other', () => {
    for (const day of days) {
      const count = Math.floor(random.fraction() * 1_000) - 500
      assert.equal(daysBetween(day, dayAfter(day, count)), count)
    }
  })

  test('knows leap years', () => {
    assert.equal(dayAfter('2028-02-28', 1), '2028-02-29')
    assert.equal(dayAfter('2100-02-28', 1), '2100-03-01')
    assert.equal(dayAfter('2026-12-31', 1), '2027-01-01')
  })
})

describe('dayNumberOf()', () => {
  test('and dayTextOf() undo each other, and count days', () => {
    for (const day of days) {
      assert.equal(dayTextOf(dayNumberOf(day)), day)
      assert.equal(dayNumberOf(dayAfter(day, 1)), dayNumberOf(day) + 1)
    }
    assert.equal(dayNumberOf('1970-01-01'), 0)
  })
})

describe('isDay()', () => {
  test('takes days of the calendar and nothing else', () => {
    for (const day of days) assert.equal(isDay(day), true, day)
    for (const text of [
      '',
      '2026-02-29',
      '2026-13-01',
      '2026-1-1',
      '26-01-01',
      '2026-01-01T00:00Z',
    ]) {
      assert.equal(isDay(text), false, text)
    }
  })
})

describe('periodStartOf()', () => {
  test('is a day of its own period, not after the day, and the same for all days up to the next', () => {
    for (const period of periods) {
      for (const day of days) {
        const start = periodStartOf(period, day)
        assert.ok(start <= day)
        assert.equal(periodStartOf(period, start), start)
        const before = periodStartOf(period, dayAfter(start, -1))
        assert.ok(before < start)
        for (let next = start; next <= day; next = dayAfter(next, 1)) {
          assert.equal(periodStartOf(period, next), start)
        }
      }
    }
  })

  test('of a week is a Sunday, of a month its first', () => {
    for (const day of days) {
      const week = periodStartOf('WEEK', day)
      assert.equal(new Date(`${week}T12:00:00Z`).getUTCDay(), 0)
      assert.ok(daysBetween(week, day) < 7)
      assert.equal(periodStartOf('MONTH', day), `${day.slice(0, 7)}-01`)
      assert.equal(periodStartOf('DAY', day), day)
    }
  })
})

describe('allowanceOn()', () => {
  test('takes the offset off in the first period alone', () => {
    const quota = quotaOf({ offset: 27 })
    const key = { keyDay: '2026-01-31' }
    assert.deepEqual(allowanceOn('2026-01-31', quota, key), { limit: 73, period: '2026-01-01' })
    assert.deepEqual(allowanceOn('2026-02-01', quota, key), { limit: 100, period: '2026-02-01' })
  })

  test('begins with whichever came later, the key or the quota', () => {
    const week = quotaOf({ period: 'WEEK', offset: 6, sinceDay: '2026-01-14' })
    assert.equal(allowanceOn('2026-01-17', week, { keyDay: '2025-12-31' }).limit, 94)
    assert.equal(allowanceOn('2026-01-18', week, { keyDay: '2025-12-31' }).limit, 100)
    assert.equal(allowanceOn('2026-01-17', week, { keyDay: '2026-01-20' }).limit, 100)
    assert.equal(allowanceOn('2026-01-20', week, { keyDay: '2026-01-20' }).limit, 94)
  })

  test('is shorter in one period whatever the calendar', () => {
    for (const period of periods) {
      for (const keyDay of days.slice(0, 300)) {
        const quota = quotaOf({ period, offset: 5, sinceDay: keyDay })
        for (let ahead = 0; ahead < 70; ahead += 1) {
          const day = dayAfter(keyDay, ahead)
          const { limit } = allowanceOn(day, quota, { keyDay })
          const isFirst = periodStartOf(period, day) === periodStartOf(period, keyDay)
          assert.equal(limit, isFirst ? 95 : 100, `${period} ${keyDay} ${day}`)
        }
      }
    }
  })

  test('is never below nothing', () => {
    const quota = quotaOf({ limit: 3, offset: 27 })
    assert.equal(allowanceOn('2026-01-06', quota, { keyDay: '2026-01-05' }).limit, 0)
  })
})

describe('quotaCounterOf()', () => {
  const plan: UsagePlanDeclaration = {
    account: '000000000000' as AccountId,
    region: 'us-east-1' as Region,
    id: 'c7y23b',
    apiStages: [],
    throttle: undefined,
    quota: quotaOf({ offset: 10 }),
    revision: 1,
  }
  const key = { id: 'a1b2c3d4e5', usagePlanDays: { c7y23b: '2026-02-03' } }

  test('names the counter by plan and key', () => {
    assert.deepEqual(quotaCounterOf(plan, key, Date.UTC(2026, 1, 28, 12)), {
      key: 'quota/000000000000/us-east-1/c7y23b/a1b2c3d4e5',
      limit: 90,
      period: '2026-02-01',
      day: '2026-02-28',
    })
  })

  test('is undefined for a plan without a quota', () => {
    assert.equal(quotaCounterOf({ ...plan, quota: undefined }, key, 0), undefined)
  })
})
