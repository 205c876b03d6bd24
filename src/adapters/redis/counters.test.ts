import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { countersContract } from '../../../test/contracts/counters.ts'
import {
  redisProgram,
  startRedisServer,
  type RedisServer,
} from '../../../test/support/redis-server.ts'
import type { Charge, ChargeOutcome, Counters } from '../../ports/counters.ts'
import { openRedisConnection, type RedisConnection } from './connection.ts'
import { RedisCounters } from './counters.ts'

const skip = redisProgram === undefined && 'redis-server is not here'
const wholeYear = { firstDay: '2026-01-01', lastDay: '2026-12-31' }
const november = {
  key: 'quota/000000000000/us-east-1/plan/key',
  limit: 5,
  period: '2026-11-01',
  day: '2026-11-22',
}

describe('RedisCounters', { skip }, () => {
  let server: RedisServer
  let connection: RedisConnection
  let scenes = 0
  const prefix = () => `test${(scenes += 1)}:`
  before(async () => {
    server = await startRedisServer()
    connection = openRedisConnection({ url: server.url, commandMs: 30_000 })
  })
  after(async () => {
    connection.close()
    await server.stop()
  })

  countersContract('RedisCounters', (clock) => {
    const givenUs = () => Math.round(clock.monotonicMs() * 1000)
    return asCounters(new RedisCounters({ connection, prefix: prefix(), givenUs }))
  })

  test("charge() counts by the store's own time", async () => {
    const counters = new RedisCounters({ connection, prefix: prefix() })
    const slow = { key: 'bucket/a/r/slow', ratePerSecond: 0.001, burst: 2 }
    const fast = { key: 'bucket/a/r/fast', ratePerSecond: 1000, burst: 1 }
    assert.deepEqual(await chargeAll(counters, [slow], 3), ['taken', 'taken', 'throttled'])
    const patience = AbortSignal.timeout(30_000)
    for (let taken = 0; taken < 3; patience.throwIfAborted()) {
      const { outcome } = await counters.charge({ buckets: [fast], quota: undefined })
      if (outcome === 'taken') taken += 1
    }
  })

  test('charge() keeps a bucket until it is full, and no longer', async () => {
    const own = prefix()
    const counters = new RedisCounters({ connection, prefix: own })
    const bucket = { key: 'bucket/a/r/one', ratePerSecond: 0.01, burst: 5 }
    await chargeAll(counters, [bucket], 2)
    const key = `${own}{a/r}:bucket/one`
    const reply = await connection.command('PTTL', [key])
    const left = reply.outcome === 'replied' ? Number(reply.value) : 0
    assert.ok(left > 100_000 && left <= 200_001, String(left))
  })

  test('charge() of all keys of an account in a region stays in one hash slot', async () => {
    const own = prefix()
    const counters = new RedisCounters({ connection, prefix: own })
    const bucket = { key: 'account/000000000000/us-east-1', ratePerSecond: 1, burst: 5 }
    await counters.charge({ buckets: [bucket], quota: november })
    const reply = await connection.command('KEYS', [`${own}*`])
    const keys = reply.outcome === 'replied' && Array.isArray(reply.value) ? reply.value : []
    assert.deepEqual(keys.map(String).toSorted(), [
      `${own}{000000000000/us-east-1}:account`,
      `${own}{000000000000/us-east-1}:quota/plan/key`,
    ])
  })

  test('usage() tells each day, and setRemaining() how many more pass', async () => {
    const counters = new RedisCounters({ connection, prefix: prefix() })
    await chargeAll(counters, [], 2, november)
    await chargeAll(counters, [], 1, { ...november, day: '2026-11-23' })
    assert.deepEqual(await counters.usage(november.key, wholeYear), [
      { day: '2026-11-22', used: 2, remaining: 3, limit: 5, period: '2026-11-01' },
      { day: '2026-11-23', used: 1, remaining: 2, limit: 5, period: '2026-11-01' },
    ])
    const today = { ...november, day: '2026-11-23' }
    await counters.setRemaining(today, 7)
    const outcomes = await chargeAll(counters, [], 9, today)
    assert.equal(outcomes.filter((outcome) => outcome === 'taken').length, 7)
    const days = await counters.usage(november.key, { ...wholeYear, firstDay: '2026-11-23' })
    assert.deepEqual(days, [
      { day: '2026-11-23', used: 8, remaining: 0, limit: 5, period: '2026-11-01' },
    ])
    await counters.remove([november.key])
    assert.deepEqual(await counters.usage(november.key, wholeYear), [])
    assert.deepEqual(await chargeAll(counters, [], 1, today), ['taken'])
  })

  test('usage() tells the days that GetUsage does, and the month before them', async () => {
    const counters = new RedisCounters({ connection, prefix: prefix() })
    for (const day of ['2026-07-22', '2026-07-26', '2026-11-22']) {
      await counters.charge({ buckets: [], quota: { ...november, day } })
    }
    const days = await counters.usage(november.key, wholeYear)
    assert.deepEqual(
      days.map(({ day }) => day),
      ['2026-07-26', '2026-11-22'],
    )
  })

  test('charge() fails, and the ledger rejects, where there is no store', async (t) => {
    const lost = openRedisConnection({ url: 'redis://127.0.0.1:1' })
    t.after(() => lost.close())
    const counters = new RedisCounters({ connection: lost })
    const { outcome } = await counters.charge({ buckets: [], quota: november })
    assert.equal(outcome, 'failed')
    await assert.rejects(counters.usage(november.key, wholeYear), /the store of the counters/)
    await assert.rejects(counters.setRemaining(november, 1), /the store of the counters/)
  })
})

async function chargeAll(
  counters: RedisCounters,
  buckets: Charge['buckets'],
  count: number,
  quota?: Charge['quota'],
): Promise<readonly string[]> {
  const outcomes: string[] = []
  for (let i = 0; i < count; i += 1) {
    outcomes.push((await counters.charge({ buckets, quota })).outcome)
  }
  return outcomes
}

/** What the contract asks of a store that is there. */
function asCounters(counters: RedisCounters): Counters {
  return {
    async charge(charge): Promise<ChargeOutcome> {
      const outcome = await counters.charge(charge)
      if (outcome.outcome === 'failed') throw new Error(outcome.detail)
      return outcome
    },
  }
}
