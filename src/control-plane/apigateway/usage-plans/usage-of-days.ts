import type { DayUsage } from '../../../ports/counters.ts'
import { allowanceOn, dayAfter, periodStartOf } from '../../../snapshot/quota-period.ts'
import type { UsagePlanQuota } from '../../../snapshot/usage-plan-declaration.ts'

/** Both inclusive, UTC. */
export interface DayRange {
  readonly firstDay: string
  readonly lastDay: string
}

/** The days that must be known to tell of a range: its period begins before it. */
export function daysToRead({ period }: UsagePlanQuota, { firstDay, lastDay }: DayRange): DayRange {
  return { firstDay: periodStartOf(period, firstDay), lastDay }
}

/**
 * What a key used and what was left, a pair for each day of a range.
 *
 * On a day without requests as much is left as on the day before in its period. A limit that has changed
 * since counts at once in the period of today; what was left in periods that are over stays what it was.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/api/API_GetUsage.html
 * Chosen: docs/decisions/0039-api-keys-and-usage-plans.md
 */
export function usageOfDays(
  noted: readonly DayUsage[],
  { quota, keyDay, today }: { quota: UsagePlanQuota; keyDay: string; today: string },
  range: DayRange,
): readonly (readonly [used: number, remaining: number])[] {
  const byDay = new Map(noted.map((usage) => [usage.day, usage]))
  const currentPeriod = periodStartOf(quota.period, today)
  const shown: (readonly [number, number])[] = []
  const { firstDay, lastDay } = daysToRead(quota, range)
  let before: { readonly period: string; readonly remaining: number } | undefined
  for (let day = firstDay; day <= lastDay; day = dayAfter(day, 1)) {
    const { limit, period } = allowanceOn(day, quota, { keyDay })
    const usage = byDay.get(day)
    let remaining = before?.period === period ? before.remaining : limit
    if (usage !== undefined) {
      const isOver = period < currentPeriod
      if (usage.period === period && !isOver) remaining = usage.remaining + limit - usage.limit
      else if (isOver) remaining = usage.remaining
      remaining = Math.max(0, remaining)
    }
    before = { period, remaining }
    if (day >= range.firstDay) shown.push([usage?.used ?? 0, remaining])
  }
  return shown
}
