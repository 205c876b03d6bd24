import { usageDaysKept } from '../../aws/limits.ts'
import type { Charge, ChargeOutcome, QuotaCounter } from '../../ports/counters.ts'
import type { DayUsage, QuotaLedger } from '../../ports/counters.ts'
import { StateStoreError } from '../../ports/state-store.ts'
import { dayNumberOf, dayTextOf } from '../../snapshot/quota-period.ts'
import type { RedisArgument, RedisConnection, RedisReply } from './connection.ts'
import { counterScripts, type CounterScripts } from './counter-scripts.ts'

/** `failed`: the store has not said, in time or at all. */
export type SharedChargeOutcome =
  | ChargeOutcome
  | { readonly outcome: 'failed'; readonly detail: string }

/** What counts in a store that gateways share. */
export interface RedisCountersParts {
  readonly connection: RedisConnection
  /** Before every key; default: `stagedoor:`. */
  readonly prefix?: string
  /** The time in microseconds, where a test owns it; undefined: the store's own. */
  readonly givenUs?: (() => number) | undefined
}

const prefixDefault = 'stagedoor:'

/**
 * Counters in Redis or Valkey, one for all gateways that share it, charged in one step by the store's time.
 *
 * All keys of one account in a region have one hash tag, `stagedoor:{000000000000/us-east-1}:…`: a charge
 * takes several of them, which must be in one part of a store that has parts.
 */
export class RedisCounters implements QuotaLedger {
  readonly #connection: RedisConnection
  readonly #prefix: string
  readonly #givenUs: (() => number) | undefined
  readonly #scripts: CounterScripts

  constructor({ connection, prefix = prefixDefault, givenUs }: RedisCountersParts) {
    this.#connection = connection
    this.#prefix = prefix
    this.#givenUs = givenUs
    this.#scripts = counterScripts()
  }

  async charge({ buckets, quota }: Charge): Promise<SharedChargeOutcome> {
    const keys = buckets.map(({ key }) => this.#keyOf(key))
    const args: RedisArgument[] = [buckets.length, this.#givenUs?.() ?? -1]
    for (const { ratePerSecond, burst } of buckets) args.push(ratePerSecond, burst)
    if (quota !== undefined) {
      keys.push(this.#keyOf(quota.key))
      args.push(...quotaArguments(quota), dayNumberOf(quota.day) - usageDaysKept)
    }
    if (keys.length === 0) return { outcome: 'taken' }
    const reply = await this.#connection.evaluate(this.#scripts.charge, keys, args)
    if (reply.outcome === 'failed') return reply
    if (reply.value === 0) return { outcome: 'taken' }
    if (reply.value === -1) return { outcome: 'quota-exceeded' }
    return typeof reply.value === 'number'
      ? { outcome: 'throttled', index: reply.value - 1 }
      : { outcome: 'failed', detail: `the store answered ${String(reply.value)}` }
  }

  async usage(
    key: string,
    { firstDay, lastDay }: { readonly firstDay: string; readonly lastDay: string },
  ): Promise<readonly DayUsage[]> {
    const fields = valueOf(await this.#connection.command('HGETALL', [this.#keyOf(key)]))
    const texts = Array.isArray(fields) ? fields.map(String) : []
    const days: DayUsage[] = []
    for (let i = 0; i + 1 < texts.length; i += 2) {
      const day = readDay(texts[i] ?? '', texts[i + 1] ?? '')
      if (day !== undefined && day.day >= firstDay && day.day <= lastDay) days.push(day)
    }
    return days.toSorted((a, b) => (a.day < b.day ? -1 : 1))
  }

  async setRemaining(counter: QuotaCounter, remaining: number): Promise<void> {
    const keys = [this.#keyOf(counter.key)]
    const args = [...quotaArguments(counter), remaining]
    valueOf(await this.#connection.evaluate(this.#scripts.setRemaining, keys, args))
  }

  async remove(keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      valueOf(await this.#connection.command('UNLINK', [this.#keyOf(key)]))
    }
  }

  #keyOf(key: string): string {
    const [kind = '', account, region, ...rest] = key.split('/')
    if (region === undefined) return `${this.#prefix}${key}`
    return `${this.#prefix}{${account}/${region}}:${[kind, ...rest].join('/')}`
  }
}

function quotaArguments({ day, period, limit }: QuotaCounter): readonly number[] {
  return [dayNumberOf(day), dayNumberOf(period), limit]
}

/** A field such as `day:20779` with `used period usedInPeriod limit`. */
function readDay(field: string, line: string): DayUsage | undefined {
  const [, day] = /^day:(\d+)$/.exec(field) ?? []
  const [used = 0, period = 0, usedInPeriod = 0, limit = 0] = line.split(' ').map(Number)
  if (day === undefined) return undefined
  const remaining = limit - usedInPeriod
  return { day: dayTextOf(Number(day)), used, remaining, limit, period: dayTextOf(period) }
}

function valueOf(reply: RedisReply) {
  if (reply.outcome === 'failed') {
    throw new StateStoreError(`the store of the counters: ${reply.detail}`)
  }
  return reply.value
}
