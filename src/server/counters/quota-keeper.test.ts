import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { recordingLog } from '../../../test/support/recording-sinks.ts'
import { MemoryStateStore } from '../../adapters/memory/state-store.ts'
import { createOwnCounters, type SharedCounters } from '../../adapters/shared-memory/counters.ts'
import { StateStoreError, type StateStore } from '../../ports/state-store.ts'
import { createQuotaKeeper, type QuotaKeeper } from './quota-keeper.ts'

const key = 'quota/000000000000/us-east-1/plan/key'
const november = { key, limit: 5, period: '2026-11-01', day: '2026-11-22' }
const wholeYear = { firstDay: '2026-01-01', lastDay: '2026-12-31' }
const stageClock = { nowMs: () => Date.UTC(2026, 10, 22) }

interface Scene {
  readonly counters: SharedCounters
  readonly keeper: QuotaKeeper
}

/** A process: counters of its own, and a keeper that begins with what the store has. */
async function begin(store: StateStore): Promise<Scene> {
  const counters = createOwnCounters({ monotonicMs: () => 0 })
  const keeper = createQuotaKeeper({ store, counters, stageClock, log: recordingLog() })
  await keeper.start()
  return { counters, keeper }
}

function charge({ counters }: Scene, count: number, quota = november): number {
  let taken = 0
  for (let i = 0; i < count; i += 1) {
    if (counters.charge({ buckets: [], quota }).outcome === 'taken') taken += 1
  }
  return taken
}

describe('createQuotaKeeper()', () => {
  test('goes on after a restart where it was', async () => {
    const store = new MemoryStateStore()
    const first = await begin(store)
    assert.equal(charge(first, 3), 3)
    await first.keeper.close()
    const second = await begin(store)
    assert.equal(charge(second, 9), 2)
    await second.keeper.close()
  })

  test('tells each day, with what was left at its end', async (t) => {
    const scene = await begin(new MemoryStateStore())
    t.after(() => scene.keeper.close())
    charge(scene, 2)
    charge(scene, 1, { ...november, day: '2026-11-23' })
    charge(scene, 9, { ...november, period: '2026-12-01', day: '2026-12-01' })
    assert.deepEqual(await scene.keeper.usage(key, { ...wholeYear, firstDay: '2026-11-23' }), [
      { day: '2026-11-23', used: 1, remaining: 2, limit: 5, period: '2026-11-01' },
      { day: '2026-12-01', used: 5, remaining: 0, limit: 5, period: '2026-12-01' },
    ])
    assert.deepEqual(await scene.keeper.usage('quota/a/r/plan/other', wholeYear), [])
  })

  test('loses no day of a clock that is moved faster than it writes', async (t) => {
    const scene = await begin(new MemoryStateStore())
    t.after(() => scene.keeper.close())
    const days = ['2026-11-22', '2026-11-23', '2026-11-24', '2026-11-25']
    for (const day of days) {
      charge(scene, 1, { ...november, day })
      scene.keeper.collect()
    }
    const told = await scene.keeper.usage(key, wholeYear)
    assert.deepEqual(
      told.map(({ day, used, remaining }) => [day, used, remaining]),
      days.map((day, i) => [day, 1, 4 - i]),
    )
  })

  test('lets as many pass as it was told are left, also after a restart', async () => {
    const store = new MemoryStateStore()
    const first = await begin(store)
    charge(first, 5)
    await first.keeper.setRemaining(november, 7)
    await first.keeper.close()
    const second = await begin(store)
    assert.equal(charge(second, 20), 7)
    const [day] = await second.keeper.usage(key, wholeYear)
    assert.deepEqual([day?.used, day?.remaining], [12, 0])
    await second.keeper.close()
  })

  test('forgets what is removed, and everything when it is cleared', async (t) => {
    const store = new MemoryStateStore()
    const scene = await begin(store)
    t.after(() => scene.keeper.close())
    const other = { ...november, key: 'quota/000000000000/us-east-1/plan/other' }
    charge(scene, 5)
    charge(scene, 5, other)
    await scene.keeper.remove([key, 'quota/a/r/plan/none'])
    assert.deepEqual(await scene.keeper.usage(key, wholeYear), [])
    assert.equal(charge(scene, 9), 5)
    assert.equal(charge(scene, 9, other), 0)
    await store.reset()
    await scene.keeper.clear()
    assert.deepEqual(await scene.keeper.usage(key, wholeYear), [])
    assert.equal(charge(scene, 9, other), 5)
  })

  test('keeps the days that GetUsage tells, and the month before them', async (t) => {
    const scene = await begin(new MemoryStateStore())
    t.after(() => scene.keeper.close())
    // Ninety days end with the last one; what was left on the first is known by the month before it.
    for (const day of ['2026-07-22', '2026-07-26', '2026-11-22']) {
      charge(scene, 1, { ...november, day })
      scene.keeper.collect()
    }
    const told = await scene.keeper.usage(key, wholeYear)
    assert.deepEqual(
      told.map(({ day }) => day),
      ['2026-07-26', '2026-11-22'],
    )
  })

  test('writes later what the store could not take', async (t) => {
    const store = new MemoryStateStore()
    let isFull = true
    const failing: StateStore = {
      get: (at) => store.get(at),
      list: (range) => store.list(range),
      commit: (commit) =>
        isFull ? Promise.reject(new StateStoreError('full')) : store.commit(commit),
      putBlob: (hash, bytes) => store.putBlob(hash, bytes),
      findBlob: (hash) => store.findBlob(hash),
      sweepBlobs: (isReferenced) => store.sweepBlobs(isReferenced),
      reset: () => store.reset(),
      close: () => store.close(),
    }
    const scene = await begin(failing)
    t.after(() => scene.keeper.close())
    charge(scene, 2)
    await assert.rejects(scene.keeper.setRemaining(november, 9), StateStoreError)
    isFull = false
    const [day] = await scene.keeper.usage(key, wholeYear)
    assert.deepEqual([day?.used, day?.remaining], [2, 9])
  })
})
