import assert from 'node:assert/strict'
import { describe } from 'node:test'
import type { RecordKey } from '../../src/ports/state-store.ts'
import { commitAtLast, listed, put } from './state-store-calls.ts'
import type { StoreTest } from './state-store-calls.ts'

/** Atomicity, expectations and revisions. */
export function commitsContract(name: string, storeTest: StoreTest): void {
  describe(`${name}: commits`, () => {
    storeTest('commit() makes all of its writes, under one revision', async (store) => {
      await put(store, ['old'], 1)
      const outcome = await commitAtLast(store, {
        expected: [],
        writes: [
          { key: ['a'], value: 1 },
          { key: ['b'], value: 2 },
          { key: ['old'], remove: true },
        ],
      })
      assert.equal((await store.get(['a']))?.revision, outcome.revision)
      assert.equal((await store.get(['b']))?.revision, outcome.revision)
      assert.equal(await store.get(['old']), undefined)
    })

    storeTest('commit() applies writes of one key in order', async (store) => {
      await commitAtLast(store, {
        expected: [],
        writes: [
          { key: ['a'], value: 1 },
          { key: ['a'], value: 2 },
          { key: ['b'], value: 1 },
          { key: ['b'], remove: true },
          { key: ['c'], remove: true },
          { key: ['c'], value: 3 },
        ],
      })
      assert.equal((await store.get(['a']))?.value, 2)
      assert.equal(await store.get(['b']), undefined)
      assert.equal((await store.get(['c']))?.value, 3)
    })

    storeTest('commit() of nothing answers revision 0 and gives none away', async (store) => {
      const before = await put(store, ['a'], 1)
      const outcome = await commitAtLast(store, {
        expected: [{ key: ['a'], revision: before }],
        writes: [],
      })
      assert.equal(outcome.revision, 0)
      assert.equal((await store.get(['a']))?.revision, before)
    })

    storeTest('commit() does nothing when it removes what is not there', async (store) => {
      await commitAtLast(store, { expected: [], writes: [{ key: ['a'], remove: true }] })
      assert.equal(await store.get(['a']), undefined)
    })

    storeTest('commit() happens when the expected revision is the one there', async (store) => {
      const revision = await put(store, ['a'], 1)
      const next = await commitAtLast(store, {
        expected: [{ key: ['a'], revision }],
        writes: [{ key: ['a'], value: 2 }],
      })
      assert.ok(next.revision > revision)
    })

    storeTest('commit() happens when it expects nothing and nothing is there', async (store) => {
      const expected = [{ key: ['a'], revision: 0 }]
      await commitAtLast(store, { expected, writes: [{ key: ['a'], value: 1 }] })
      assert.equal((await store.get(['a']))?.value, 1)
    })

    for (const [what, expect] of brokenExpectations) {
      storeTest(`commit() writes nothing when ${what}`, async (store) => {
        const first = await put(store, ['a'], 1)
        const current = await put(store, ['a'], 2)
        await put(store, ['gone'], 1)
        await commitAtLast(store, { expected: [], writes: [{ key: ['gone'], remove: true }] })
        const expectation = expect({ first, current })
        const outcome = await store.commit({
          expected: [{ key: ['free'], revision: 0 }, expectation],
          writes: [
            { key: ['b'], value: 1 },
            { key: ['a'], remove: true },
          ],
        })
        assert.equal(outcome.outcome, 'conflict')
        assert.equal(await store.get(['b']), undefined)
        assert.deepEqual(await store.get(['a']), { key: ['a'], value: 2, revision: current })
      })
    }

    storeTest('commit() names the key of the expectation that did not hold', async (store) => {
      await put(store, ['a', 'x'], 1)
      const outcome = await store.commit({
        expected: [{ key: ['a', 'x'], revision: 0 }],
        writes: [],
      })
      assert.deepEqual(outcome, { outcome: 'conflict', key: ['a', 'x'] })
    })

    storeTest('commit() gives a re-created record a revision it never had', async (store) => {
      const seen = new Set<number>()
      let last = 0
      for (let round = 0; round < 5; round += 1) {
        const revision = await put(store, ['a'], round)
        assert.ok(revision > last)
        assert.ok(!seen.has(revision))
        seen.add(revision)
        last = revision
        const removed = await commitAtLast(store, {
          expected: [{ key: ['a'], revision }],
          writes: [{ key: ['a'], remove: true }],
        })
        assert.ok(removed.revision > last)
        last = removed.revision
      }
    })

    storeTest('commit() lets one of many win that expect the same', async (store) => {
      const revision = await put(store, ['a'], 'start')
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          store.commit({
            expected: [{ key: ['a'], revision }],
            writes: [
              { key: ['a'], value: i },
              { key: ['by', String(i)], value: i },
            ],
          }),
        ),
      )
      const winners = outcomes.flatMap((outcome, i) => (outcome.outcome === 'committed' ? [i] : []))
      // A store that may give up a contended commit may give up all of them.
      assert.ok(winners.length <= 1)
      assert.deepEqual(
        (await listed(store, ['by'])).map(({ value }) => value),
        winners,
      )
      assert.equal((await store.get(['a']))?.value, winners[0] ?? 'start')
    })

    storeTest(
      'commit() never lets two succeed that expect what the other writes',
      async (store) => {
        for (let round = 0; round < 10; round += 1) {
          const left = ['left', String(round)]
          const right = ['right', String(round)]
          const outcomes = await Promise.all([
            store.commit({
              expected: [{ key: right, revision: 0 }],
              writes: [{ key: left, value: 1 }],
            }),
            store.commit({
              expected: [{ key: left, revision: 0 }],
              writes: [{ key: right, value: 1 }],
            }),
          ])
          const records = [await store.get(left), await store.get(right)]
          const committed = outcomes.filter(({ outcome }) => outcome === 'committed')
          assert.ok(committed.length <= 1)
          assert.equal(records.filter((record) => record !== undefined).length, committed.length)
        }
      },
    )

    storeTest('commit() loses no update of concurrent read-and-write loops', async (store) => {
      await put(store, ['n'], 0)
      await Promise.all(
        Array.from({ length: 8 }, async () => {
          for (let done = 0; done < 5;) {
            const record = await store.get(['n'])
            assert.ok(record && typeof record.value === 'number')
            const outcome = await store.commit({
              expected: [{ key: ['n'], revision: record.revision }],
              writes: [{ key: ['n'], value: record.value + 1 }],
            })
            if (outcome.outcome === 'committed') done += 1
          }
        }),
      )
      assert.equal((await store.get(['n']))?.value, 40)
    })

    storeTest('a listing never sees half of a commit', async (store) => {
      const writing = (async () => {
        for (let round = 1; round <= 30; round += 1) {
          await commitAtLast(store, {
            expected: [],
            writes: [
              { key: ['pair', 'a'], value: round },
              { key: ['pair', 'b'], value: round },
            ],
          })
        }
      })()
      for (let round = 0; round < 30; round += 1) {
        const { records } = await store.list({ prefix: ['pair'], limit: 10 })
        const [a, b] = records
        assert.equal(a?.value, b?.value)
        assert.equal(a?.revision, b?.revision)
      }
      await writing
    })
  })
}

interface Revisions {
  readonly first: number
  readonly current: number
}

const brokenExpectations: readonly (readonly [
  string,
  (revisions: Revisions) => { key: RecordKey; revision: number },
])[] = [
  ['it expects an older revision', ({ first }) => ({ key: ['a'], revision: first })],
  ['it expects a newer revision', ({ current }) => ({ key: ['a'], revision: current + 1 })],
  ['it expects no record and there is one', () => ({ key: ['a'], revision: 0 })],
  ['it expects a record and there is none', ({ first }) => ({ key: ['none'], revision: first })],
  ['it expects a record that was removed', ({ first }) => ({ key: ['gone'], revision: first })],
]
