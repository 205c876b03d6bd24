import type { DayUsage, QuotaCounter, QuotaLedger } from '../../src/ports/counters.ts'

/** A ledger of quotas in memory, that a test charges by itself. */
export interface TestQuotaLedger extends QuotaLedger {
  /** One request; false: the counter is at its limit. */
  charge(counter: QuotaCounter): boolean
}

interface Counter {
  /** Of the newest period. */
  period: string
  usedInPeriod: number
  readonly days: Map<string, DayUsage>
}

/** An empty ledger. */
export function testQuotaLedger(): TestQuotaLedger {
  const counters = new Map<string, Counter>()
  const open = ({ key, period }: QuotaCounter): Counter => {
    const counter = counters.get(key) ?? { period, usedInPeriod: 0, days: new Map() }
    counters.set(key, counter)
    if (counter.period !== period) Object.assign(counter, { period, usedInPeriod: 0 })
    return counter
  }
  const note = (counter: Counter, { limit, period, day }: QuotaCounter, requests: number): void => {
    const used = (counter.days.get(day)?.used ?? 0) + requests
    const remaining = Math.max(0, limit - counter.usedInPeriod)
    counter.days.set(day, { day, used, remaining, limit, period })
  }
  return {
    charge(quota) {
      const counter = open(quota)
      if (counter.usedInPeriod >= quota.limit) return false
      counter.usedInPeriod += 1
      note(counter, quota, 1)
      return true
    },
    usage: async (key, { firstDay, lastDay }) =>
      [...(counters.get(key)?.days.values() ?? [])]
        .filter(({ day }) => day >= firstDay && day <= lastDay)
        .toSorted((a, b) => (a.day < b.day ? -1 : 1)),
    async setRemaining(quota, remaining) {
      const counter = open(quota)
      counter.usedInPeriod = quota.limit - remaining
      note(counter, quota, 0)
    },
    async remove(keys) {
      for (const key of keys) counters.delete(key)
    },
  }
}
