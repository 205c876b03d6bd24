import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { countersContract } from '../../../test/contracts/counters.ts'
import { VirtualClock } from '../../../test/support/virtual-clock.ts'
import { MemoryCounters } from './counters.ts'

countersContract('MemoryCounters', (clock) => new MemoryCounters(clock))

describe('MemoryCounters', () => {
  test('forgets full buckets above its bound, which nobody notices', async () => {
    const clock = new VirtualClock()
    const counters = new MemoryCounters(clock, 10)
    const busy = { key: 'busy', ratePerSecond: 0, burst: 1 }
    counters.charge({ buckets: [busy], quota: undefined })
    for (let i = 0; i < 100; i += 1) {
      counters.charge({
        buckets: [{ key: `idle${i}`, ratePerSecond: 10, burst: 1 }],
        quota: undefined,
      })
      await clock.advance(100)
    }
    assert.equal(counters.forgottenCount(), 0)
    assert.equal(counters.charge({ buckets: [busy], quota: undefined }).outcome, 'throttled')
  })

  test('forgets the oldest buckets when none is full, and counts them', () => {
    const counters = new MemoryCounters(new VirtualClock(), 10)
    const one = (i: number) => [{ key: `client${i}`, ratePerSecond: 0, burst: 1 }]
    for (let i = 0; i < 11; i += 1) counters.charge({ buckets: one(i), quota: undefined })
    assert.equal(counters.forgottenCount(), 2)
    assert.equal(counters.charge({ buckets: one(0), quota: undefined }).outcome, 'taken')
    assert.equal(counters.charge({ buckets: one(10), quota: undefined }).outcome, 'throttled')
  })
})
