import type { ApiKeyDeclaration } from './api-key-declaration.ts'
import type { UsagePlanDeclaration, UsagePlanQuota } from './usage-plan-declaration.ts'

/**
 * Days and periods of quotas. A day is written `2026-11-22`, so that days compare as texts do; all of it is
 * UTC.
 */

const dayMs = 86_400_000

/** The day of a time that counts milliseconds since 1970. */
export function dayOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10)
}

/** The day that is so many days later, or earlier. */
export function dayAfter(day: string, days: number): string {
  return dayOf(startMsOf(day) + days * dayMs)
}

/** How many days `later` is after `day`; negative when it is before. */
export function daysBetween(day: string, later: string): number {
  return Math.round((startMsOf(later) - startMsOf(day)) / dayMs)
}

const dayForm = /^\d{4}-\d{2}-\d{2}$/

/** Whether a text is a day that a calendar has. */
export function isDay(text: string): boolean {
  const startMs = dayForm.test(text) ? startMsOf(text) : Number.NaN
  return !Number.isNaN(startMs) && dayOf(startMs) === text
}

/** How many days a day is after the first of January 1970. */
export function dayNumberOf(day: string): number {
  return Math.round(startMsOf(day) / dayMs)
}

/** The day that is so many days after the first of January 1970. */
export function dayTextOf(dayNumber: number): string {
  return dayOf(dayNumber * dayMs)
}

function startMsOf(day: string): number {
  return Date.parse(`${day}T00:00:00Z`)
}

/**
 * The first day of the period that a day is in: the day itself, the Sunday before, or the first of the month.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-create-usage-plans.html
 */
export function periodStartOf(period: UsagePlanQuota['period'], day: string): string {
  if (period === 'DAY') return day
  if (period === 'MONTH') return `${day.slice(0, 8)}01`
  return dayAfter(day, -new Date(startMsOf(day)).getUTCDay())
}

/** What a quota allows a key on one day. */
export interface QuotaAllowance {
  /** Requests in the period. */
  readonly limit: number
  /** The first day of the period. */
  readonly period: string
}

/**
 * What a quota allows a key in the period of a day. In the first period, which is the one in which the key
 * came to the plan or the plan to its quota, whichever was later, the offset is taken off the limit.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/api/API_QuotaSettings.html
 * Chosen: docs/decisions/0039-api-keys-and-usage-plans.md (which period is the first)
 */
export function allowanceOn(
  day: string,
  quota: UsagePlanQuota,
  { keyDay }: { readonly keyDay: string },
): QuotaAllowance {
  const period = periodStartOf(quota.period, day)
  const beginning = keyDay > quota.sinceDay ? keyDay : quota.sinceDay
  const isFirst = period === periodStartOf(quota.period, beginning)
  const limit = isFirst ? Math.max(0, quota.limit - quota.offset) : quota.limit
  return { limit, period }
}

/** Names the quota counter of a key in a plan. */
export function quotaKeyOf(
  { account, region, id }: Pick<UsagePlanDeclaration, 'account' | 'region' | 'id'>,
  apiKeyId: string,
): string {
  return `quota/${account}/${region}/${id}/${apiKeyId}`
}

/**
 * The counter that a request with this key costs one of; see `QuotaCounter` of `ports/counters.ts`.
 * Undefined: the plan has no quota.
 */
export function quotaCounterOf(
  usagePlan: UsagePlanDeclaration,
  apiKey: Pick<ApiKeyDeclaration, 'id' | 'usagePlanDays'>,
  nowMs: number,
): (QuotaAllowance & { readonly key: string; readonly day: string }) | undefined {
  const { quota, id } = usagePlan
  if (quota === undefined) return undefined
  const day = dayOf(nowMs)
  const keyDay = apiKey.usagePlanDays[id] ?? day
  return {
    key: quotaKeyOf(usagePlan, apiKey.id),
    ...allowanceOn(day, quota, { keyDay }),
    day,
  }
}
