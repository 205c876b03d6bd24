import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { recordingLog, standingClock } from '../../../test/support/recording-sinks.ts'
import { createOwnCounters } from '../../adapters/shared-memory/counters.ts'
import type { SharedChargeOutcome } from '../../adapters/redis/counters.ts'
import type { WithoutStore } from '../configuration/redis-settings.ts'
import { createStoreCounters } from './store-counters.ts'

const failed = { outcome: 'failed', detail: 'not connected' } as const
const one = { buckets: [{ key: 'a', ratePerSecond: 0, burst: 1 }], quota: undefined }

function counting(withoutStore: WithoutStore) {
  const store = { outcome: failed as SharedChargeOutcome }
  const log = recordingLog()
  const clock = standingClock(0)
  const counters = createStoreCounters({
    shared: { charge: () => Promise.resolve(store.outcome) },
    connection: { figures: () => ({ isUp: store.outcome !== failed, failures: 0 }) },
    local: createOwnCounters({ monotonicMs: () => 0 }),
    withoutStore,
    clock,
    log,
  })
  return { store, log, clock, counters }
}

describe('createStoreCounters()', () => {
  test('answers what the store says', async () => {
    const { store, log, counters } = counting('deny')
    store.outcome = { outcome: 'throttled', index: 3 }
    assert.deepEqual(await counters.charge(one), { outcome: 'throttled', index: 3 })
    assert.deepEqual(counters.figures(), { isUp: true, failures: 0 })
    assert.deepEqual(log.lines, [])
  })

  test('counts by itself while the store is gone, tells it once, and again when it is back', async () => {
    const { store, log, counters } = counting('local')
    assert.deepEqual(await counters.charge(one), { outcome: 'taken' })
    assert.deepEqual(await counters.charge(one), { outcome: 'throttled', index: 0 })
    assert.deepEqual(counters.figures(), { isUp: false, failures: 2 })
    store.outcome = { outcome: 'taken' }
    assert.deepEqual(await counters.charge(one), { outcome: 'taken' })
    assert.deepEqual(
      log.lines.map(({ event, fields }) => [event, fields['failures']]),
      [
        ['counter-store-gone', undefined],
        ['counter-store-back', 2],
      ],
    )
  })

  test('tells of a store that comes and goes once in ten seconds', async () => {
    const { store, log, clock, counters } = counting('allow')
    const flap = async () => {
      store.outcome = failed
      await counters.charge(one)
      store.outcome = { outcome: 'taken' }
      await counters.charge(one)
    }
    for (let i = 0; i < 5; i += 1) await flap()
    assert.equal(log.lines.length, 2)
    clock.advance(10_000)
    await flap()
    assert.equal(log.lines.length, 4)
  })

  test('lets everybody in, or nobody, where the operator wants it so', async () => {
    assert.deepEqual(await counting('allow').counters.charge(one), { outcome: 'taken' })
    assert.deepEqual(await counting('deny').counters.charge(one), {
      outcome: 'unavailable',
      detail: 'the store of the counters is gone: not connected',
    })
  })
})
