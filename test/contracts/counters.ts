import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import type { Clock } from '../../src/ports/clock.ts'
import type { Counters, QuotaCounter, TokenBucket } from '../../src/ports/counters.ts'
import { VirtualClock } from '../support/virtual-clock.ts'

const bucket = (key: string, ratePerSecond: number, burst: number): TokenBucket => ({
  key,
  ratePerSecond,
  burst,
})

const november: QuotaCounter = {
  key: 'quota/000000000000/us-east-1/plan/key',
  limit: 3,
  period: '2026-11-01',
  day: '2026-11-22',
}

/** How many of `attempts` requests the quota lets through. */
async function countWithin(
  counters: Counters,
  quota: QuotaCounter,
  attempts: number,
): Promise<number> {
  let taken = 0
  for (let i = 0; i < attempts; i += 1) {
    if ((await counters.charge({ buckets: [], quota })).outcome === 'taken') taken += 1
  }
  return taken
}

/** How many of `attempts` takes are let through. */
async function countTaken(
  counters: Counters,
  buckets: readonly TokenBucket[],
  attempts: number,
): Promise<number> {
  let taken = 0
  for (let i = 0; i < attempts; i += 1) {
    if ((await counters.charge({ buckets, quota: undefined })).outcome === 'taken') taken += 1
  }
  return taken
}

/** Every sentence of the `Counters` port, as tests. `open` gives new counters on the given clock. */
export function countersContract(name: string, open: (clock: Clock) => Counters): void {
  const setUp = () => {
    const clock = new VirtualClock()
    return { clock, counters: open(clock) }
  }

  describe(name, () => {
    test('charge() lets the burst through at once, then refuses', async () => {
      const { counters } = setUp()
      assert.equal(await countTaken(counters, [bucket('a', 1, 5)], 10), 5)
      assert.deepEqual(await counters.charge({ buckets: [bucket('a', 1, 5)], quota: undefined }), {
        outcome: 'throttled',
        index: 0,
      })
    })

    test('charge() lets through again exactly when a token has come', async () => {
      const { clock, counters } = setUp()
      const tenth = [bucket('a', 10, 1)]
      assert.equal(await countTaken(counters, tenth, 1), 1)
      for (let round = 0; round < 50; round += 1) {
        await clock.advance(99)
        assert.equal(await countTaken(counters, tenth, 1), 0)
        await clock.advance(1)
        assert.equal(await countTaken(counters, tenth, 2), 1)
      }
    })

    test('charge() never has more than the burst, however long nobody came', async () => {
      const { clock, counters } = setUp()
      await countTaken(counters, [bucket('a', 100, 5)], 5)
      await clock.advance(3_600_000)
      assert.equal(await countTaken(counters, [bucket('a', 100, 5)], 10), 5)
    })

    test('charge() counts each key by itself', async () => {
      const { counters } = setUp()
      assert.equal(await countTaken(counters, [bucket('a', 1, 2)], 5), 2)
      assert.equal(await countTaken(counters, [bucket('b', 1, 3)], 5), 3)
    })

    test('charge() refuses always where the burst is 0', async () => {
      const { clock, counters } = setUp()
      assert.equal(await countTaken(counters, [bucket('a', 100, 0)], 3), 0)
      await clock.advance(60_000)
      assert.equal(await countTaken(counters, [bucket('a', 100, 0)], 3), 0)
    })

    test('charge() of no bucket is always let through', async () => {
      assert.equal(await countTaken(setUp().counters, [], 3), 3)
    })

    test('charge() takes of every bucket or of none, and names the first that refused', async () => {
      const { counters } = setUp()
      const wide = bucket('wide', 1, 10)
      const empty = bucket('empty', 0, 0)
      const narrow = bucket('narrow', 0, 3)
      assert.deepEqual(
        await counters.charge({ buckets: [wide, narrow, empty, empty], quota: undefined }),
        {
          outcome: 'throttled',
          index: 2,
        },
      )
      assert.equal(await countTaken(counters, [wide, narrow], 10), 3)
      assert.equal(await countTaken(counters, [wide], 10), 7)
    })

    test('charge() takes two tokens of a bucket that is named twice', async () => {
      const { counters } = setUp()
      const five = bucket('a', 0, 5)
      assert.equal(await countTaken(counters, [five, five], 5), 2)
      assert.deepEqual(await counters.charge({ buckets: [five, five], quota: undefined }), {
        outcome: 'throttled',
        index: 1,
      })
      assert.equal(await countTaken(counters, [five], 5), 1)
    })

    test('charge() follows a changed rate and burst from then on', async () => {
      const { clock, counters } = setUp()
      await counters.charge({ buckets: [bucket('a', 0, 10)], quota: undefined })
      assert.equal(await countTaken(counters, [bucket('a', 0, 4)], 10), 4)
      await clock.advance(1_000)
      assert.equal(await countTaken(counters, [bucket('a', 5, 4)], 10), 0)
      await clock.advance(400)
      assert.equal(await countTaken(counters, [bucket('a', 5, 4)], 10), 2)
    })

    test('charge() counts exactly at a rate that is no binary fraction', async () => {
      const { clock, counters } = setUp()
      const slow = [bucket('a', 0.1, 1)]
      assert.equal(await countTaken(counters, slow, 1), 1)
      for (let round = 0; round < 20; round += 1) {
        await clock.advance(9_999)
        assert.equal(await countTaken(counters, slow, 1), 0)
        await clock.advance(1)
        assert.equal(await countTaken(counters, slow, 2), 1)
      }
    })

    test('charge() lets a quota through to its limit, then refuses', async () => {
      const { counters } = setUp()
      assert.equal(await countWithin(counters, november, 10), 3)
      assert.deepEqual(await counters.charge({ buckets: [], quota: november }), {
        outcome: 'quota-exceeded',
      })
    })

    test('charge() counts a quota through the days of its period, and anew in the next', async () => {
      const { counters } = setUp()
      assert.equal(await countWithin(counters, november, 2), 2)
      assert.equal(await countWithin(counters, { ...november, day: '2026-11-30' }, 5), 1)
      const december = { ...november, period: '2026-12-01', day: '2026-12-01' }
      assert.equal(await countWithin(counters, december, 5), 3)
    })

    test('charge() counts each quota by itself, and follows a changed limit', async () => {
      const { counters } = setUp()
      assert.equal(await countWithin(counters, november, 5), 3)
      assert.equal(await countWithin(counters, { ...november, key: 'quota/a/r/plan/other' }, 5), 3)
      assert.equal(await countWithin(counters, { ...november, limit: 5 }, 5), 2)
      assert.equal(await countWithin(counters, { ...november, limit: 4 }, 5), 0)
    })

    test('charge() counts nothing of a quota where a bucket refuses, nor the reverse', async () => {
      const { counters } = setUp()
      const empty = bucket('empty', 0, 0)
      const wide = bucket('wide', 0, 5)
      const refused = await counters.charge({ buckets: [wide, empty], quota: november })
      assert.deepEqual(refused, { outcome: 'throttled', index: 1 })
      for (let i = 0; i < 3; i += 1) {
        await counters.charge({ buckets: [wide], quota: november })
      }
      const exceeded = await counters.charge({ buckets: [wide], quota: november })
      assert.deepEqual(exceeded, { outcome: 'quota-exceeded' })
      assert.equal(await countTaken(counters, [wide], 5), 2)
    })

    test('charge() counts a thread whose clock was read before midnight into the new period', async () => {
      const { counters } = setUp()
      const december = { ...november, period: '2026-12-01', day: '2026-12-01' }
      assert.equal(await countWithin(counters, december, 1), 1)
      assert.equal(await countWithin(counters, { ...november, day: '2026-11-30' }, 1), 1)
      assert.equal(await countWithin(counters, december, 5), 1)
    })

    test('charge() never lets through more than the burst and what came in the time', async () => {
      const step = fc.record({
        waitMs: fc.integer({ min: 0, max: 400 }),
        attempts: fc.integer({ min: 1, max: 8 }),
      })
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 1, max: 50 }),
          fc.integer({ min: 1, max: 8 }),
          fc.array(step, { maxLength: 20 }),
          async (rate, burst, steps) => {
            let nowMs = 0
            const clock = { ...stillClock, monotonicMs: () => nowMs }
            const counters = open(clock)
            const takenAt: number[] = []
            for (const { waitMs, attempts } of steps) {
              nowMs += waitMs
              const taken = await countTaken(counters, [bucket('a', rate, burst)], attempts)
              for (let i = 0; i < taken; i += 1) takenAt.push(nowMs)
              assertWithin(takenAt, rate, burst)
            }
          },
        ),
        { numRuns: 50 },
      )
    })
  })
}

const stillClock: Clock = { nowMs: () => 0, monotonicMs: () => 0, sleep: () => Promise.resolve() }

/** Between any two of the times at most the burst and what came meanwhile. */
function assertWithin(takenAt: readonly number[], rate: number, burst: number): void {
  const end = takenAt.length - 1
  for (let start = 0; start <= end; start += 1) {
    const elapsedMs = takenAt[end]! - takenAt[start]!
    assert.ok(end - start + 1 <= burst + (elapsedMs * rate) / 1000 + 1e-9)
  }
}
