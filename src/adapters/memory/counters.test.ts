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
    counters.take([busy])
    for (let i = 0; i < 100; i += 1) {
      counters.take([{ key: `idle${i}`, ratePerSecond: 10, burst: 1 }])
      await clock.advance(100)
    }
    assert.equal(counters.forgottenCount(), 0)
    assert.equal(counters.take([busy]).outcome, 'refused')
  })

  test('forgets the oldest buckets when none is full, and counts them', () => {
    const counters = new MemoryCounters(new VirtualClock(), 10)
    const one = (i: number) => [{ key: `client${i}`, ratePerSecond: 0, burst: 1 }]
    for (let i = 0; i < 11; i += 1) counters.take(one(i))
    assert.equal(counters.forgottenCount(), 2)
    assert.equal(counters.take(one(0)).outcome, 'taken')
    assert.equal(counters.take(one(10)).outcome, 'refused')
  })
})
