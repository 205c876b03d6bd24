import type { Clock } from '../../ports/clock.ts'
import type {
  Charge,
  ChargeOutcome,
  Counters,
  QuotaCounter,
  TokenBucket,
} from '../../ports/counters.ts'
import { BucketTable } from './bucket-table.ts'
import { CounterLock } from './counter-lock.ts'
import { createCounterMemory, type CounterMemory } from './counter-memory.ts'
import { CounterNames, type CounterName } from './counter-names.ts'
import { QuotaTable, type QuotaDay } from './quota-table.ts'

/** What a thread counts with. */
export interface CounterThread {
  readonly memory: CounterMemory
  /** Of this thread alone, greater than 0; never of another one in the life of the process. */
  readonly token: number
  /** Its monotonic time is one for all threads. */
  readonly clock: Pick<Clock, 'monotonicMs'>
}

/**
 * The counters of this process, one for all of its threads. They answer at once and are exact: a charge is
 * taken under one lock.
 *
 * Cost: some 0.3 microseconds for three buckets.
 */
export class SharedCounters implements Counters {
  readonly #clock: Pick<Clock, 'monotonicMs'>
  readonly #lock: CounterLock
  readonly #names: CounterNames
  readonly #quotaNames: CounterNames
  readonly #buckets: BucketTable
  readonly #quotas: QuotaTable

  constructor({ memory, token, clock }: CounterThread) {
    this.#clock = clock
    this.#lock = new CounterLock(memory.control, token)
    this.#names = new CounterNames(memory.seed)
    this.#quotaNames = new CounterNames(memory.seed)
    this.#buckets = new BucketTable(memory)
    this.#quotas = new QuotaTable(memory)
  }

  charge({ buckets, quota }: Charge): ChargeOutcome {
    const quotaName = quota && this.#quotaNames.of(quota.key)
    const names = this.#namesOf(buckets)
    // One more than the time: 0 stands for a bucket that is new.
    const nowUs = Math.round(this.#clock.monotonicMs() * 1000) + 1
    this.#lock.acquire()
    try {
      const refused = this.#takeBuckets(buckets, names, nowUs)
      if (refused !== undefined) return refused
      if (quota === undefined || quotaName === undefined) return taken
      const taking = this.#quotas.take(quota, quotaName)
      if (taking === 'taken') return taken
      for (const name of names) this.#buckets.giveBack(name)
      return taking === 'full' ? noRoom : exceeded
    } finally {
      this.#lock.release()
    }
  }

  /** Days of quotas that have changed since the last call, of the whole process. */
  readQuotaNews(): readonly QuotaDay[] {
    return this.#locked(() => this.#quotas.readNews())
  }

  /** What was kept of quotas. */
  restoreQuotas(days: Iterable<QuotaDay>): void {
    for (const day of days) {
      this.#locked(() => this.#quotas.restore(day, this.#quotaNames.of(day.key)))
    }
  }

  /** False: there is no room for another counter. */
  setRemaining(counter: QuotaCounter, remaining: number): boolean {
    const name = this.#quotaNames.of(counter.key)
    return this.#locked(() => this.#quotas.setRemaining(counter, name, remaining))
  }

  removeQuotas(keys: readonly string[]): void {
    const names = keys.map((key) => this.#quotaNames.of(key))
    this.#locked(() => this.#quotas.remove(names))
  }

  /** Every bucket is full and every quota unused. */
  clear(): void {
    this.#locked(() => {
      this.#buckets.clear()
      this.#quotas.clear()
    })
  }

  /** A thread has ended, and runs no code any more. */
  threadEnded(token: number): void {
    this.#lock.threadEnded(token)
  }

  /** Buckets of the process that were forgotten before they were full. */
  forgottenCount(): number {
    return this.#buckets.forgottenCount()
  }

  #namesOf(buckets: readonly TokenBucket[]): readonly CounterName[] {
    const names: CounterName[] = []
    for (const { key } of buckets) names.push(this.#names.of(key))
    return names
  }

  #takeBuckets(
    buckets: readonly TokenBucket[],
    names: readonly CounterName[],
    nowUs: number,
  ): ChargeOutcome | undefined {
    for (let index = 0; index < buckets.length; index += 1) {
      const bucket = buckets[index]
      const name = names[index]
      if (bucket === undefined || name === undefined) continue
      if (this.#buckets.take(bucket, name, nowUs)) continue
      for (let earlier = 0; earlier < index; earlier += 1) {
        const takenName = names[earlier]
        if (takenName !== undefined) this.#buckets.giveBack(takenName)
      }
      return { outcome: 'throttled', index }
    }
    return undefined
  }

  #locked<T>(change: () => T): T {
    this.#lock.acquire()
    try {
      return change()
    } finally {
      this.#lock.release()
    }
  }
}

const taken: ChargeOutcome = Object.freeze({ outcome: 'taken' })
const exceeded: ChargeOutcome = Object.freeze({ outcome: 'quota-exceeded' })
const noRoom: ChargeOutcome = Object.freeze({
  outcome: 'unavailable',
  detail: 'there is no room for another quota counter',
})

/** Counters of one thread alone. */
export function createOwnCounters(clock: Pick<Clock, 'monotonicMs'>): SharedCounters {
  return new SharedCounters({ memory: createCounterMemory(), token: 1, clock })
}
