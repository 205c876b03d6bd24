import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { slowConflictingStore } from '../../test/contracts/slow-conflicting-store.ts'
import { seededRandom, testSeed } from '../../test/support/seeded-random.ts'
import { MemoryStateStore } from '../adapters/memory/state-store.ts'
import { ServiceError } from '../aws/service-error.ts'
import type { StateStore } from '../ports/state-store.ts'
import { listAll, transact, transactionAttemptsMax, transactWithRevision } from './transaction.ts'
import type { TypedKey } from './transaction.ts'

interface Count {
  readonly count: number
}

const a = ['000000000000', 'us-east-1', 'count', 'a']
const b = ['000000000000', 'us-east-1', 'count', 'b']
const counts = ['000000000000', 'us-east-1', 'count']

async function put(store: StateStore, key: readonly string[], count: number): Promise<void> {
  await store.commit({ expected: [], writes: [{ key, value: { count } }] })
}

async function valueOf(store: StateStore, key: readonly string[]): Promise<unknown> {
  return (await store.get(key))?.value
}

describe('transact()', () => {
  test('commits what was put and removed, and answers the result', async () => {
    const store = new MemoryStateStore()
    await put(store, a, 1)
    const result = await transact(store, async (tx) => {
      const before = await tx.get<Count>(a)
      tx.remove(a)
      tx.put<Count>(b, { count: 5 })
      return before?.count
    })
    assert.equal(result, 1)
    assert.equal(await valueOf(store, a), undefined)
    assert.deepEqual(await valueOf(store, b), { count: 5 })
  })

  test('reads its own writes when it gets and when it lists', async () => {
    const store = new MemoryStateStore()
    await put(store, a, 1)
    await transact(store, async (tx) => {
      tx.put<Count>(b, { count: 2 })
      assert.deepEqual(await tx.get<Count>(b), { count: 2 })
      assert.deepEqual(
        (await tx.list<Count>(counts)).map(({ value }) => value.count),
        [1, 2],
      )
      tx.remove(a)
      assert.equal(await tx.get(a), undefined)
      assert.deepEqual(await tx.list(counts), [{ key: b, value: { count: 2 } }])
      tx.put<Count>(['other'], { count: 3 })
      assert.equal((await tx.list(counts)).length, 1)
      assert.equal((await tx.list([])).length, 2)
    })
  })

  test('runs again when a record that it read changed, and loses no update', async () => {
    const store = new MemoryStateStore()
    await put(store, a, 0)
    await Promise.all(
      Array.from({ length: 50 }, () =>
        transact(store, async (tx) => {
          const { count } = (await tx.get<Count>(a)) ?? { count: 0 }
          tx.put<Count>(a, { count: count + 1 })
        }),
      ),
    )
    assert.deepEqual(await valueOf(store, a), { count: 50 })
  })

  test('loses no update on a store that is slow and conflicts by itself', async (t) => {
    const seed = testSeed()
    t.diagnostic(`seed ${seed}`)
    const store = slowConflictingStore(new MemoryStateStore(), {
      random: seededRandom(seed),
      conflictShare: 0.3,
      turnsMax: 3,
    })
    await Promise.all(
      Array.from({ length: 12 }, () =>
        transact(store, async (tx) => {
          const [first, second] = [await tx.get<Count>(a), await tx.get<Count>(b)]
          assert.equal(first?.count, second?.count, 'both or neither were written')
          tx.put<Count>(a, { count: (first?.count ?? 0) + 1 })
          tx.put<Count>(b, { count: (second?.count ?? 0) + 1 })
        }),
      ),
    )
    assert.deepEqual(await valueOf(store, a), { count: 12 })
    assert.deepEqual(await valueOf(store, b), { count: 12 })
  })

  test('lets one of two win when both create what neither found', async () => {
    const store = new MemoryStateStore()
    const create = (count: number): Promise<string> =>
      transact(store, async (tx) => {
        if ((await tx.get(a)) !== undefined) return 'exists'
        tx.put<Count>(a, { count })
        return 'created'
      })
    assert.deepEqual((await Promise.all([create(1), create(2)])).toSorted(), ['created', 'exists'])
  })

  test('runs again when a listed record that it writes changed meanwhile', async () => {
    const store = new MemoryStateStore()
    await put(store, a, 1)
    let runs = 0
    await transact(store, async (tx) => {
      runs += 1
      const [first] = await tx.list<Count>(counts)
      if (runs === 1) await put(store, a, 10)
      tx.put<Count>(a, { count: (first?.value.count ?? 0) + 1 })
    })
    assert.equal(runs, 2)
    assert.deepEqual(await valueOf(store, a), { count: 11 })
  })

  test('does not run again when a listed record that it does not write changed', async () => {
    const store = new MemoryStateStore()
    await put(store, a, 1)
    let runs = 0
    await transact(store, async (tx) => {
      runs += 1
      await tx.list(counts)
      await put(store, a, 10)
      tx.put<Count>(b, { count: 1 })
    })
    assert.equal(runs, 1)
  })

  test('refuses with ConflictException when every attempt met a conflict', async () => {
    const store = new MemoryStateStore()
    let runs = 0
    const refused = transact(store, async (tx) => {
      runs += 1
      await tx.get(a)
      await put(store, a, runs)
      tx.put<Count>(a, { count: -1 })
    })
    await assert.rejects(refused, (error) => {
      assert.ok(error instanceof ServiceError)
      assert.equal(error.code, 'ConflictException')
      assert.equal(error.status, 409)
      assert.equal(
        error.message,
        'Unable to complete operation due to concurrent modification. Please try again later.',
      )
      return true
    })
    assert.equal(runs, transactionAttemptsMax)
    assert.deepEqual(await valueOf(store, a), { count: transactionAttemptsMax })
  })

  test('passes on an error of the run and writes nothing', async () => {
    const store = new MemoryStateStore()
    const failed = transact(store, async (tx) => {
      tx.put<Count>(a, { count: 1 })
      throw new ServiceError('NotFoundException', 404, 'Invalid stage')
    })
    await assert.rejects(failed, /Invalid stage/)
    assert.equal(await valueOf(store, a), undefined)
  })

  test('runs again when the error came of reads that do not fit together', async () => {
    const store = new MemoryStateStore()
    await put(store, a, 1)
    await put(store, b, 1)
    let runs = 0
    const sum = await transact(store, async (tx) => {
      runs += 1
      const first = await tx.get<Count>(a)
      if (runs === 1) {
        await put(store, a, 2)
        await put(store, b, 2)
      }
      const second = await tx.get<Count>(b)
      if (first?.count !== second?.count) throw new Error('torn')
      return (first?.count ?? 0) + (second?.count ?? 0)
    })
    assert.equal(sum, 4)
    assert.equal(runs, 2)
  })

  test('answers one state of several records also when it only reads', async () => {
    const store = new MemoryStateStore()
    let runs = 0
    const both = await transact(store, async (tx) => {
      runs += 1
      const first = await tx.get<Count>(a)
      if (runs === 1) await put(store, a, 7)
      return [first?.count, (await tx.get<Count>(b))?.count]
    })
    assert.deepEqual(both, [7, undefined])
  })
})

describe('transactWithRevision()', () => {
  test('answers a revision above the one of a record that it removed', async () => {
    const store = new MemoryStateStore()
    await put(store, a, 1)
    const before = (await store.get(a))?.revision ?? 0
    const { revision } = await transactWithRevision(store, async (tx) => tx.remove(a))
    assert.ok(revision > before)
  })

  test('answers the revision that its records carry, and 0 when it wrote none', async () => {
    const store = new MemoryStateStore()
    const written = await transactWithRevision(store, async (tx) => {
      tx.put<Count>(a, { count: 1 })
      tx.put<Count>(b, { count: 1 })
    })
    assert.equal((await store.get(a))?.revision, written.revision)
    assert.equal((await store.get(b))?.revision, written.revision)
    assert.equal((await transactWithRevision(store, (tx) => tx.get(a))).revision, 0)
  })
})

describe('listAll()', () => {
  test('reads over the bound of a page, each record once and in order', async () => {
    const store = new MemoryStateStore()
    const names = Array.from({ length: 2_500 }, (_, i) => String(i).padStart(5, '0'))
    await store.commit({
      expected: [],
      writes: names.toReversed().map((name) => ({ key: ['x', name], value: { name } })),
    })
    const listed = await listAll<{ name: string }>(store, ['x'])
    assert.deepEqual(
      listed.map(({ value }) => value.name),
      names,
    )
  })
})

test('TypedKey gives get() and put() the type of its record', async () => {
  const store = new MemoryStateStore()
  const key: TypedKey<Count> = a
  await transact(store, async (tx) => {
    tx.put(key, { count: 1 })
    const read = await tx.get(key)
    const count: number | undefined = read?.count
    assert.equal(count, 1)
  })
})
