import type { JsonValue } from '../../base/json.ts'
import { isJsonObject } from '../../base/json.ts'
import type { RecordKey } from '../../ports/state-store.ts'

/** A day of a quota counter as it is stored. A change of the shape is a change of the stored format. */
export interface UsageDay {
  /** UTC: `2026-11-22`. */
  readonly day: string
  /** Requests of the day. */
  readonly used: number
  /** The first day of the period. */
  readonly period: string
  /** Requests of the period up to the end of the day, less what was given on top. */
  readonly usedInPeriod: number
  readonly limit: number
}

/** Where all days of all counters are. */
export const usageDaysPrefix: RecordKey = Object.freeze(['*', '*', 'usage-day'])

/** Where the days of a counter are; its key is `quota/account/region/…`. */
export function usageDaysOf(counterKey: string): RecordKey {
  return [...usageDaysPrefix, ...counterKey.split('/')]
}

/** The key of the counter whose day a record is. */
export function counterKeyOf(recordKey: RecordKey): string {
  return recordKey.slice(usageDaysPrefix.length, -1).join('/')
}

/** A record as it was written; undefined: it is none of these. */
export function readUsageDay(recordKey: RecordKey, value: JsonValue): UsageDay | undefined {
  const day = recordKey.at(-1)
  if (day === undefined || !isJsonObject(value)) return undefined
  const { used, period, usedInPeriod, limit } = value
  const isWhole =
    typeof used === 'number' &&
    typeof period === 'string' &&
    typeof usedInPeriod === 'number' &&
    typeof limit === 'number'
  return isWhole ? { day, used, period, usedInPeriod, limit } : undefined
}
