import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { countersContract } from '../../../test/contracts/counters.ts'
import { VirtualClock } from '../../../test/support/virtual-clock.ts'
import { CounterLock } from './counter-lock.ts'
import { createCounterMemory, type CounterMemory } from './counter-memory.ts'
import { createOwnCounters, SharedCounters } from './counters.ts'

const still = { monotonicMs: () => 0 }
const hammering = new URL('../../../test/support/scripted-workers/charging.ts', import.meta.url)

countersContract('SharedCounters', createOwnCounters)

describe('SharedCounters', () => {
  test('forget full buckets where there is no room, which nobody notices', async () => {
    const clock = new VirtualClock()
    const memory = createCounterMemory({ bucketsMax: 16 })
    const counters = new SharedCounters({ memory, token: 1, clock })
    const busy = { key: 'busy', ratePerSecond: 0, burst: 1 }
    counters.charge({ buckets: [busy], quota: undefined })
    for (let i = 0; i < 100; i += 1) {
      const idle = { key: `idle${i}`, ratePerSecond: 10, burst: 1 }
      counters.charge({ buckets: [idle], quota: undefined })
      await clock.advance(100)
    }
    assert.equal(counters.forgottenCount(), 0)
    assert.equal(counters.charge({ buckets: [busy], quota: undefined }).outcome, 'throttled')
  })

  test('forget the bucket that was used longest ago when none is full, and count it', async () => {
    const clock = new VirtualClock()
    const memory = createCounterMemory({ bucketsMax: 16 })
    const counters = new SharedCounters({ memory, token: 1, clock })
    const one = (i: number) => ({
      buckets: [{ key: `client${i}`, ratePerSecond: 0, burst: 1 }],
      quota: undefined,
    })
    for (let i = 0; i < 17; i += 1) {
      counters.charge(one(i))
      await clock.advance(1)
    }
    assert.equal(counters.forgottenCount(), 1)
    assert.equal(counters.charge(one(1)).outcome, 'throttled')
    assert.equal(counters.charge(one(16)).outcome, 'throttled')
    assert.equal(counters.charge(one(0)).outcome, 'taken')
  })

  test('find their bucket again where another thread has put it elsewhere', () => {
    const memory = createCounterMemory({ bucketsMax: 16 })
    const first = new SharedCounters({ memory, token: 1, clock: still })
    const second = new SharedCounters({ memory, token: 2, clock: still })
    const one = { buckets: [{ key: 'a', ratePerSecond: 0, burst: 2 }], quota: undefined }
    assert.equal(first.charge(one).outcome, 'taken')
    second.clear()
    const other = { buckets: [{ key: 'b', ratePerSecond: 0, burst: 1 }], quota: undefined }
    assert.equal(second.charge(other).outcome, 'taken')
    assert.equal(second.charge(one).outcome, 'taken')
    assert.equal(first.charge(one).outcome, 'taken')
    assert.equal(first.charge(one).outcome, 'throttled')
    assert.equal(first.charge(other).outcome, 'throttled')
  })

  test('refuse a quota for which there is no room, and take the room of what was removed', () => {
    const memory = createCounterMemory({ quotasMax: 4 })
    const counters = new SharedCounters({ memory, token: 1, clock: still })
    const one = (key: string) => ({
      buckets: [],
      quota: { key, limit: 2, period: '2026-11-01', day: '2026-11-22' },
    })
    for (const key of ['a', 'b', 'c', 'd']) counters.charge(one(key))
    assert.equal(counters.charge(one('e')).outcome, 'unavailable')
    counters.removeQuotas(['b', 'c', 'none'])
    for (const key of ['e', 'f', 'a', 'd']) assert.equal(counters.charge(one(key)).outcome, 'taken')
    for (const key of ['a', 'd']) assert.equal(counters.charge(one(key)).outcome, 'quota-exceeded')
    assert.equal(counters.charge(one('x'.repeat(400))).outcome, 'unavailable')
    assert.deepEqual(
      counters.readQuotaNews().map(({ key, used }) => `${key}${used}`),
      ['a2', 'd2', 'e1', 'f1'],
    )
  })

  test('tell of the day that has ended and of the new one', () => {
    const counters = createOwnCounters(still)
    const on = (day: string) => ({ key: 'a', limit: 9, period: '2026-11-01', day })
    counters.charge({ buckets: [], quota: on('2026-11-22') })
    counters.charge({ buckets: [], quota: on('2026-11-23') })
    counters.charge({ buckets: [], quota: on('2026-11-23') })
    const told = counters.readQuotaNews()
    assert.deepEqual(
      told.map(({ day, used, usedInPeriod }) => [day - (told[0]?.day ?? 0), used, usedInPeriod]),
      [
        [0, 1, 1],
        [1, 2, 3],
      ],
    )
    assert.deepEqual(counters.readQuotaNews(), [])
  })

  test('go on from what was kept', () => {
    const before = createOwnCounters(still)
    const quota = { key: 'a', limit: 3, period: '2026-11-01', day: '2026-11-22' }
    before.charge({ buckets: [], quota })
    before.setRemaining(quota, 1)
    const after = createOwnCounters(still)
    after.restoreQuotas(before.readQuotaNews())
    assert.deepEqual(after.readQuotaNews(), [])
    assert.equal(after.charge({ buckets: [], quota }).outcome, 'taken')
    assert.equal(after.charge({ buckets: [], quota }).outcome, 'quota-exceeded')
  })

  test('count exactly what several threads charge at once', async () => {
    const memory = createCounterMemory()
    const attempts = 5_000
    const counts = await Promise.all([2, 3, 4].map((token) => hammer({ memory, token, attempts })))
    assert.equal(
      counts.reduce((sum, { bucketTaken }) => sum + bucketTaken, 0),
      7_500,
    )
    assert.equal(
      counts.reduce((sum, { quotaTaken }) => sum + quotaTaken, 0),
      6_250,
    )
    assert.equal(
      counts.reduce((sum, { narrowTaken }) => sum + narrowTaken, 0),
      2_500,
    )
  })

  test('are not held up by a thread that ended while it held them', () => {
    const memory = createCounterMemory()
    new CounterLock(memory.control, 7).acquire()
    const counters = new SharedCounters({ memory, token: 1, clock: still })
    counters.threadEnded(8)
    counters.threadEnded(7)
    const one = { buckets: [{ key: 'a', ratePerSecond: 0, burst: 1 }], quota: undefined }
    assert.equal(counters.charge(one).outcome, 'taken')
  })
})

describe('CounterLock', () => {
  test('is taken from a holder that nobody has seen end', () => {
    const { control } = createCounterMemory({ bucketsMax: 16, quotasMax: 1 })
    const lost = new CounterLock(control, 7)
    lost.acquire()
    const lock = new CounterLock(control, 1, 3)
    lock.acquire()
    // It was not lost after all: what is another's by now it does not give up.
    lost.release()
    assert.equal(new Int32Array(control)[0], 1)
    lock.release()
    assert.equal(new Int32Array(control)[0], 0)
  })
})

interface Counts {
  readonly bucketTaken: number
  readonly narrowTaken: number
  readonly quotaTaken: number
}

function hammer(workerData: {
  readonly memory: CounterMemory
  readonly token: number
  readonly attempts: number
}): Promise<Counts> {
  const worker = new Worker(hammering, { workerData })
  return new Promise((resolve, reject) => {
    worker.once('message', (counts: Counts) => resolve(counts))
    worker.once('error', reject)
  })
}
