import type { QuotaDay } from '../../adapters/shared-memory/quota-table.ts'
import { usageDaysKept } from '../../aws/limits.ts'
import type { Clock } from '../../ports/clock.ts'
import type { QuotaCounter, QuotaLedger } from '../../ports/counters.ts'
import type { OperatorLog } from '../../ports/operator-log.ts'
import {
  StateStoreError,
  type RecordKey,
  type RecordWrite,
  type StateStore,
} from '../../ports/state-store.ts'
import { dayAfter, dayNumberOf, dayOf, dayTextOf } from '../../snapshot/quota-period.ts'
import {
  counterKeyOf,
  readUsageDay,
  usageDaysOf,
  usageDaysPrefix,
  type UsageDay,
} from './usage-days.ts'

/** The quota counters of this process, as whoever keeps them sees them. */
export interface KeptQuotas {
  readQuotaNews(): readonly QuotaDay[]
  restoreQuotas(days: Iterable<QuotaDay>): void
  setRemaining(counter: QuotaCounter, remaining: number): boolean
  removeQuotas(keys: readonly string[]): void
  clear(): void
}

/** The ledger of quotas that are counted in this process and kept in its store. */
export interface QuotaKeeper extends QuotaLedger {
  /** Gives the counters what was kept of them, and begins to keep them. */
  start(): Promise<void>
  /** Reads what has changed, to write it later: before time is moved, which may end a day twice over. */
  collect(): void
  /** Writes what has changed for the last time. Never rejects. */
  close(): Promise<void>
  figures(): QuotaKeeperFigures
  /** Every counter begins anew; the store is somebody else's to empty. */
  clear(): Promise<void>
}

/** How the keeping goes, since the start. */
export interface QuotaKeeperFigures {
  /** Times that everything counted before was written. */
  readonly syncs: number
  /** Times that the store could not. */
  readonly failures: number
}

/** How long a request may be counted and not kept, in milliseconds: what a crash can lose. */
const keepEveryMs = 1_000
const writesMax = 500
const pageRecords = 1_000

/**
 * Keeps quota counters: what has changed is written once a second, a record for each counter and day, and when
 * the server ends. A crash loses what was counted in the last second and while it was being written, no more.
 */
export function createQuotaKeeper(parts: {
  readonly store: StateStore
  readonly counters: KeptQuotas
  /** Says which days are too old. */
  readonly stageClock: Pick<Clock, 'nowMs'>
  readonly log: OperatorLog
}): QuotaKeeper {
  const { store, counters, stageClock, log } = parts
  /** What is to be written, by counter and day. */
  const unwritten = new Map<string, QuotaDay>()
  const newestDays = new Map<string, number>()
  let timer: NodeJS.Timeout | undefined
  let syncs = 0
  let failures = 0
  let last: Promise<unknown> = Promise.resolve()

  /** One after the other: a day written late must not be over one written before. */
  function inTurn<T>(step: () => Promise<T>): Promise<T> {
    const result = last.then(step)
    last = result.catch(() => {})
    return result
  }

  function collect(): void {
    for (const news of counters.readQuotaNews()) unwritten.set(`${news.key}/${news.day}`, news)
  }

  async function writeNews(): Promise<void> {
    collect()
    while (unwritten.size > 0) {
      const batch = [...unwritten.entries().take(writesMax)]
      await store.commit({ expected: [], writes: batch.map(([, day]) => writeOf(day)) })
      for (const [key, day] of batch) {
        if (unwritten.get(key) === day) unwritten.delete(key)
        await forgetOldDays(day)
      }
    }
    syncs += 1
  }

  /** Once a day for each counter. */
  async function forgetOldDays({ key, day }: QuotaDay): Promise<void> {
    const newest = newestDays.get(key) ?? 0
    if (day <= newest) return
    newestDays.set(key, day)
    const firstDay = dayAfter(dayOf(stageClock.nowMs()), -usageDaysKept)
    const old: RecordWrite[] = []
    for await (const record of recordsOf(usageDaysOf(key))) {
      if ((record.at(-1) ?? '') < firstDay) old.push({ key: record, remove: true })
    }
    await removeAll(old)
  }

  async function removeAll(writes: readonly RecordWrite[]): Promise<void> {
    for (let i = 0; i < writes.length; i += writesMax) {
      await store.commit({ expected: [], writes: writes.slice(i, i + writesMax) })
    }
  }

  async function* recordsOf(prefix: RecordKey): AsyncGenerator<RecordKey> {
    for await (const { key } of pagesOf(store, prefix)) yield key
  }

  async function load(): Promise<void> {
    const newest = new Map<string, UsageDay>()
    for await (const { key, value } of pagesOf(store, usageDaysPrefix)) {
      const day = readUsageDay(key, value)
      if (day !== undefined) newest.set(counterKeyOf(key), day)
    }
    counters.restoreQuotas(
      newest.entries().map(([key, { day, period, ...rest }]) => ({
        ...{ key, ...rest, day: dayNumberOf(day), period: dayNumberOf(period) },
      })),
    )
  }

  async function tick(): Promise<void> {
    await inTurn(writeNews).catch((error: unknown) => {
      failures += 1
      log.error('quotas-not-kept', { detail: String(error), waiting: unwritten.size })
    })
  }

  return {
    async start() {
      await load()
      timer = setInterval(() => void tick(), keepEveryMs)
      timer.unref()
    },
    collect,
    figures: () => ({ syncs, failures }),
    async close() {
      clearInterval(timer)
      await tick()
    },
    clear: () =>
      inTurn(async () => {
        counters.clear()
        unwritten.clear()
        newestDays.clear()
      }),
    async usage(key, { firstDay, lastDay }) {
      await inTurn(writeNews)
      const days: UsageDay[] = []
      for await (const record of pagesOf(store, usageDaysOf(key))) {
        const day = readUsageDay(record.key, record.value)
        if (day !== undefined && day.day >= firstDay && day.day <= lastDay) days.push(day)
      }
      return days.map(({ day, used, period, usedInPeriod, limit }) =>
        Object.freeze({ day, used, remaining: limit - usedInPeriod, limit, period }),
      )
    },
    async setRemaining(counter, remaining) {
      if (!counters.setRemaining(counter, remaining)) {
        throw new StateStoreError('there is no room for another quota counter')
      }
      await inTurn(writeNews)
    },
    remove: (keys) =>
      inTurn(async () => {
        await writeNews()
        counters.removeQuotas(keys)
        const gone: RecordWrite[] = []
        for (const key of keys) {
          newestDays.delete(key)
          for await (const record of recordsOf(usageDaysOf(key))) {
            gone.push({ key: record, remove: true })
          }
        }
        await removeAll(gone)
      }),
  }
}

function writeOf({ key, day, used, period, usedInPeriod, limit }: QuotaDay): RecordWrite {
  return {
    key: [...usageDaysOf(key), dayTextOf(day)],
    value: { used, period: dayTextOf(period), usedInPeriod, limit },
  }
}

async function* pagesOf(store: StateStore, prefix: RecordKey) {
  let after: RecordKey | undefined
  do {
    const page = await store.list({ prefix, after, limit: pageRecords })
    yield* page.records
    after = page.next
  } while (after !== undefined)
}
