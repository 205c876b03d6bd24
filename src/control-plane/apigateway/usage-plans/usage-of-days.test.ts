import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { testQuotaLedger } from '../../../../test/support/quota-ledger.ts'
import { seededRandom } from '../../../../test/support/seeded-random.ts'
import { allowanceOn, dayAfter, periodStartOf } from '../../../snapshot/quota-period.ts'
import type { UsagePlanQuota } from '../../../snapshot/usage-plan-declaration.ts'
import { daysToRead, usageOfDays } from './usage-of-days.ts'

const month: UsagePlanQuota = { limit: 100, offset: 0, period: 'MONTH', sinceDay: '2026-01-01' }
const keyDay = '2026-01-01'
const noted = (day: string, used: number, remaining: number, more = {}) => ({
  ...{ day, used, remaining, limit: 100, period: '2026-01-01' },
  ...more,
})

describe('usageOfDays()', () => {
  test('tells a day without requests what was left on the day before, up to the end of the period', () => {
    const days = [noted('2026-01-29', 10, 90), noted('2026-01-31', 5, 85)]
    assert.deepEqual(
      usageOfDays(
        days,
        { quota: month, keyDay, today: '2026-02-01' },
        {
          firstDay: '2026-01-28',
          lastDay: '2026-02-02',
        },
      ),
      [
        [0, 100],
        [10, 90],
        [0, 90],
        [5, 85],
        [0, 100],
        [0, 100],
      ],
    )
  })

  test('knows what was left before the range began', () => {
    const range = { firstDay: '2026-01-20', lastDay: '2026-01-20' }
    assert.deepEqual(daysToRead(month, range), { firstDay: '2026-01-01', lastDay: '2026-01-20' })
    const given = { quota: month, keyDay, today: '2026-01-20' }
    assert.deepEqual(usageOfDays([noted('2026-01-02', 40, 60)], given, range), [[0, 60]])
  })

  test('counts a new limit at once in the period of today, and never below nothing', () => {
    const range = { firstDay: '2026-01-10', lastDay: '2026-01-11' }
    const days = [noted('2026-01-10', 40, 60)]
    const told = (limit: number, today = '2026-01-11') =>
      usageOfDays(days, { quota: { ...month, limit }, keyDay, today }, range)
    assert.deepEqual(told(150), [
      [40, 110],
      [0, 110],
    ])
    assert.deepEqual(told(30), [
      [40, 0],
      [0, 0],
    ])
    assert.deepEqual(told(150, '2026-02-01')[0], [40, 60], 'a period that is over stays as it was')
  })

  test('begins anew with a period that begins on another day', () => {
    const range = { firstDay: '2026-01-09', lastDay: '2026-01-10' }
    const days = [
      noted('2026-01-09', 60, 40, { period: '2026-01-09' }),
      noted('2026-01-10', 1, 99, { period: '2026-01-01' }),
    ]
    assert.deepEqual(usageOfDays(days, { quota: month, keyDay, today: '2026-01-10' }, range), [
      [60, 100],
      [1, 99],
    ])
  })

  test('shows what was given on top of the limit', () => {
    const range = { firstDay: '2026-01-10', lastDay: '2026-01-10' }
    const given = { quota: month, keyDay, today: '2026-01-10' }
    assert.deepEqual(usageOfDays([noted('2026-01-10', 3, 500)], given, range), [[3, 500]])
  })

  test('agrees with a count by hand, whatever the calendar', async () => {
    const random = seededRandom(6)
    for (let round = 0; round < 60; round += 1) {
      const period = (['DAY', 'WEEK', 'MONTH'] as const)[round % 3] ?? 'DAY'
      const start = dayAfter('2026-01-01', Math.floor(random.fraction() * 700))
      const quota = { limit: 20, offset: period === 'DAY' ? 0 : 5, period, sinceDay: start }
      const ledger = testQuotaLedger()
      const expected: [number, number][] = []
      let inPeriod = { period: '', used: 0 }
      const last = dayAfter(start, 80)
      for (let day = start; day <= last; day = dayAfter(day, 1)) {
        const allowance = allowanceOn(day, quota, { keyDay: start })
        if (allowance.period !== inPeriod.period) inPeriod = { period: allowance.period, used: 0 }
        let used = 0
        for (let asked = Math.floor(random.fraction() * 4); asked > 0; asked -= 1) {
          const isIn = ledger.charge({ key: 'k', day, ...allowance })
          assert.equal(isIn, inPeriod.used < allowance.limit)
          if (isIn) inPeriod.used += 1
          if (isIn) used += 1
        }
        expected.push([used, allowance.limit - inPeriod.used])
      }
      const range = { firstDay: start, lastDay: last }
      const days = await ledger.usage('k', daysToRead(quota, range))
      const told = usageOfDays(days, { quota, keyDay: start, today: last }, range)
      assert.deepEqual(told, expected, `${period} from ${start}`)
      assert.ok(periodStartOf(period, last) <= last)
    }
  })
})
