import type { QuotaCounter } from '../../ports/counters.ts'
import { dayNumberOf } from '../../snapshot/quota-period.ts'
import {
  counterControl,
  quotaKeyBytesMax,
  quotaNumbers,
  type CounterMemory,
} from './counter-memory.ts'
import { placeOf, type CounterName } from './counter-names.ts'

/** A day of a quota counter. Days and periods are numbers of days since 1970. */
export interface QuotaDay {
  readonly key: string
  readonly day: number
  /** Requests of the day. */
  readonly used: number
  readonly period: number
  /** Requests of the period up to the end of the day, less what was given on top. */
  readonly usedInPeriod: number
  /** What the limit of the period was. */
  readonly limit: number
}

const keyBytesAt = 2
/** Where a day's numbers begin: those of the newest day, and of the one before. */
const newestAt = 3
const beforeAt = 8
const dayNumbers = 5
const keyAt = 15

/** Within a day. */
const dayAt = 0
const usedAt = 1
const periodAt = 2
const usedInPeriodAt = 3
const limitAt = 4

/** News of a counter: its newest day has changed, the one before was not read before it ended. */
const newestIsNews = 1
const beforeIsNews = 2

/** `full`: there is no room for another counter, or its key is too long. */
export type QuotaTaking = 'taken' | 'exceeded' | 'full'

/**
 * The quota counters of a process. Everything here is for who holds the lock.
 *
 * A counter knows its newest day and the one before: whoever keeps them for longer reads them in time
 * (`readNews`). None is ever forgotten; where there is no room for another one it is refused.
 */
export class QuotaTable {
  readonly #numbers: Float64Array
  readonly #bytes: Uint8Array
  readonly #index: Int32Array
  readonly #news: Int32Array
  readonly #control: Int32Array
  readonly #days = new LastDay()
  readonly #periods = new LastDay()

  constructor({ quotas, quotaIndex, quotaNews, control }: CounterMemory) {
    this.#numbers = new Float64Array(quotas)
    this.#bytes = new Uint8Array(quotas)
    this.#index = new Int32Array(quotaIndex)
    this.#news = new Int32Array(quotaNews)
    this.#control = new Int32Array(control)
  }

  take(counter: QuotaCounter, name: CounterName): QuotaTaking {
    const number = this.#open(counter, name)
    if (number === undefined) return 'full'
    const at = number * quotaNumbers + newestAt
    const numbers = this.#numbers
    const usedInPeriod = numbers[at + usedInPeriodAt] ?? 0
    if (usedInPeriod >= counter.limit) return 'exceeded'
    numbers[at + usedInPeriodAt] = usedInPeriod + 1
    numbers[at + usedAt] = (numbers[at + usedAt] ?? 0) + 1
    this.#news[number] = (this.#news[number] ?? 0) | newestIsNews
    return 'taken'
  }

  /** From now on so many requests pass in the period. False: there is no room. */
  setRemaining(counter: QuotaCounter, name: CounterName, remaining: number): boolean {
    const number = this.#open(counter, name)
    if (number === undefined) return false
    this.#numbers[number * quotaNumbers + newestAt + usedInPeriodAt] = counter.limit - remaining
    this.#news[number] = (this.#news[number] ?? 0) | newestIsNews
    return true
  }

  /** What was kept of a counter; what is counted already stays. */
  restore({ key, ...kept }: QuotaDay, name: CounterName): void {
    const number = this.#find(name) ?? this.#add(key, name)
    const at = (number ?? 0) * quotaNumbers + newestAt
    if (number === undefined || (this.#numbers[at + dayAt] ?? 0) > kept.day) return
    this.#write(at, kept)
  }

  /** Every day that has changed since the last call. */
  readNews(): readonly QuotaDay[] {
    const days: QuotaDay[] = []
    const count = this.#control[counterControl.quotasCount] ?? 0
    for (let number = 0; number < count; number += 1) {
      const news = this.#news[number] ?? 0
      if (news === 0) continue
      this.#news[number] = 0
      if ((news & beforeIsNews) !== 0) days.push(this.#read(number, beforeAt))
      if ((news & newestIsNews) !== 0) days.push(this.#read(number, newestAt))
    }
    return days
  }

  /** The counters are gone. Their places stay, for the same keys. */
  remove(names: readonly CounterName[]): void {
    for (const name of names) {
      const number = this.#find(name)
      if (number === undefined) continue
      const at = number * quotaNumbers + newestAt
      this.#numbers.fill(0, at, at + 2 * dayNumbers)
      this.#news[number] = 0
    }
  }

  clear(): void {
    const count = this.#control[counterControl.quotasCount] ?? 0
    this.#numbers.fill(0, 0, count * quotaNumbers)
    this.#news.fill(0, 0, count)
    this.#index.fill(0)
    this.#control[counterControl.quotasCount] = 0
  }

  /** The counter, on the day that is asked for and in its period. */
  #open(counter: QuotaCounter, name: CounterName): number | undefined {
    const number = this.#find(name) ?? this.#add(counter.key, name)
    if (number === undefined) return undefined
    const at = number * quotaNumbers + newestAt
    const numbers = this.#numbers
    const day = this.#days.of(counter.day)
    const known = numbers[at + dayAt] ?? 0
    // Another thread, with the clock just read, may have begun the next day, and a period with it.
    if (day < known && known - day <= 1) return number
    if (day !== known) this.#beginDay(number, day)
    const period = this.#periods.of(counter.period)
    if (period !== numbers[at + periodAt]) {
      numbers[at + periodAt] = period
      numbers[at + usedInPeriodAt] = 0
    }
    numbers[at + limitAt] = counter.limit
    return number
  }

  #beginDay(number: number, day: number): void {
    const numbers = this.#numbers
    const at = number * quotaNumbers
    if ((numbers[at + newestAt + dayAt] ?? 0) !== 0) {
      numbers.copyWithin(at + beforeAt, at + newestAt, at + newestAt + dayNumbers)
      const isNews = ((this.#news[number] ?? 0) & newestIsNews) !== 0
      this.#news[number] = isNews ? beforeIsNews : 0
    }
    numbers[at + newestAt + dayAt] = day
    numbers[at + newestAt + usedAt] = 0
  }

  #read(number: number, dayOffset: number): QuotaDay {
    const numbers = this.#numbers
    const first = number * quotaNumbers
    const at = first + dayOffset
    const keyBytes = 8 * (first + keyAt)
    const key = this.#bytes.slice(keyBytes, keyBytes + (numbers[first + keyBytesAt] ?? 0))
    return {
      key: decoder.decode(key),
      day: numbers[at + dayAt] ?? 0,
      used: numbers[at + usedAt] ?? 0,
      period: numbers[at + periodAt] ?? 0,
      usedInPeriod: numbers[at + usedInPeriodAt] ?? 0,
      limit: numbers[at + limitAt] ?? 0,
    }
  }

  #write(at: number, { day, used, period, usedInPeriod, limit }: Omit<QuotaDay, 'key'>): void {
    const numbers = this.#numbers
    numbers[at + dayAt] = day
    numbers[at + usedAt] = used
    numbers[at + periodAt] = period
    numbers[at + usedInPeriodAt] = usedInPeriod
    numbers[at + limitAt] = limit
  }

  #find(name: CounterName): number | undefined {
    if (this.#isAt(name.slot, name)) return name.slot
    const mask = this.#index.length - 1
    for (let slot = placeOf(name.low) & mask; ; slot = (slot + 1) & mask) {
      const number = (this.#index[slot] ?? 0) - 1
      if (number < 0) return undefined
      if (!this.#isAt(number, name)) continue
      name.slot = number
      return number
    }
  }

  #isAt(number: number, { high, low }: CounterName): boolean {
    const at = number * quotaNumbers
    return number >= 0 && this.#numbers[at] === high && this.#numbers[at + 1] === low
  }

  #add(key: string, name: CounterName): number | undefined {
    const bytes = encoder.encode(key)
    if (bytes.length > quotaKeyBytesMax || !this.#hasRoom()) return undefined
    const number = this.#control[counterControl.quotasCount] ?? 0
    const at = number * quotaNumbers
    this.#numbers[at] = name.high
    this.#numbers[at + 1] = name.low
    this.#numbers[at + keyBytesAt] = bytes.length
    this.#bytes.set(bytes, 8 * (at + keyAt))
    this.#control[counterControl.quotasCount] = number + 1
    this.#enter(number, name.low)
    name.slot = number
    return number
  }

  #enter(number: number, low: number): void {
    const mask = this.#index.length - 1
    let slot = placeOf(low) & mask
    while (this.#index[slot] !== 0) slot = (slot + 1) & mask
    this.#index[slot] = number + 1
  }

  #hasRoom(): boolean {
    const max = this.#news.length
    if ((this.#control[counterControl.quotasCount] ?? 0) < max) return true
    this.#compact()
    return (this.#control[counterControl.quotasCount] ?? 0) < max
  }

  /** Gives up the places of what was removed. */
  #compact(): void {
    const numbers = this.#numbers
    const count = this.#control[counterControl.quotasCount] ?? 0
    this.#index.fill(0)
    let kept = 0
    for (let number = 0; number < count; number += 1) {
      const at = number * quotaNumbers
      if (numbers[at + newestAt + dayAt] === 0) continue
      numbers.copyWithin(kept * quotaNumbers, at, at + quotaNumbers)
      this.#news[kept] = this.#news[number] ?? 0
      this.#enter(kept, numbers[kept * quotaNumbers + 1] ?? 0)
      kept += 1
    }
    numbers.fill(0, kept * quotaNumbers, count * quotaNumbers)
    this.#news.fill(0, kept, count)
    this.#control[counterControl.quotasCount] = kept
  }
}

/** The number of a day, which is mostly that of the day that was asked for last. */
class LastDay {
  #text = ''
  #number = 0

  of(text: string): number {
    if (text !== this.#text) {
      this.#number = dayNumberOf(text)
      this.#text = text
    }
    return this.#number
  }
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()
