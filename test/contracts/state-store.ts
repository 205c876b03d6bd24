import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import { InvariantError } from '../../src/base/invariant.ts'
import type { JsonValue } from '../../src/base/json.ts'
import { pageRecordsMax, StateStoreError } from '../../src/ports/state-store.ts'
import type {
  Commit,
  CommitOutcome,
  RecordKey,
  StateStore,
  StoredRecord,
} from '../../src/ports/state-store.ts'

/** Opens a new, empty store; what is to go after its `close` (a directory) is hung on `t.after`. */
export type OpenStateStore = (t: TestContext) => Promise<StateStore>

/** Every sentence of the `StateStore` port, as tests. Each adapter calls it. */
export function stateStoreContract(name: string, open: OpenStateStore): void {
  const storeTest = (title: string, run: (store: StateStore) => Promise<void>): void => {
    test(title, async (t) => {
      const store = await open(t)
      try {
        await run(store)
      } finally {
        await store.close()
      }
    })
  }

  describe(`${name}: records`, () => {
    storeTest('get() answers undefined when there is no such record', async (store) => {
      assert.equal(await store.get(['a']), undefined)
    })

    storeTest('get() answers what was committed, with its key and a revision', async (store) => {
      const revision = await put(store, ['a', 'b'], { x: 1 })
      assert.deepEqual(await store.get(['a', 'b']), { key: ['a', 'b'], value: { x: 1 }, revision })
      assert.ok(revision > 0)
    })

    storeTest('get() tells keys apart that join to the same letters', async (store) => {
      await put(store, ['ab', 'c'], 1)
      await put(store, ['a', 'bc'], 2)
      await put(store, ['abc'], 3)
      assert.equal((await store.get(['ab', 'c']))?.value, 1)
      assert.equal((await store.get(['a', 'bc']))?.value, 2)
      assert.equal((await store.get(['abc']))?.value, 3)
      assert.equal(await store.get(['ab']), undefined)
    })

    for (const [what, key] of badKeys) {
      storeTest(`get() and commit() reject a key with ${what}`, async (store) => {
        await assert.rejects(store.get(key), InvariantError)
        const writes = [
          { key: ['good'], value: 1 },
          { key, value: 1 },
        ]
        await assert.rejects(store.commit({ expected: [], writes }), InvariantError)
        await assert.rejects(
          store.commit({ expected: [{ key, revision: 0 }], writes: [] }),
          InvariantError,
        )
        assert.equal(await store.get(['good']), undefined)
      })
    }

    for (const [what, value] of faithfulValues) {
      storeTest(`commit() keeps ${what} as it is`, async (store) => {
        await put(store, ['v'], value)
        assert.deepEqual((await store.get(['v']))?.value, value)
        assert.deepEqual((await listed(store, ['v']))[0]?.value, value)
      })
    }

    storeTest('commit() stores what JSON says of a value', async (store) => {
      await put(store, ['v'], { kept: [1, -0, 2.5], gone: undefined })
      const value = (await store.get(['v']))?.value
      assert.ok(isObject(value))
      assert.deepEqual(Object.keys(value), ['kept'])
      assert.ok(Array.isArray(value['kept']) && Object.is(value['kept'][1], 0))
    })

    storeTest('commit() keeps 2,000 levels as they are', async (store) => {
      const text = '['.repeat(2_000) + ']'.repeat(2_000)
      await put(store, ['v'], JSON.parse(text))
      assert.ok(JSON.stringify((await store.get(['v']))?.value) === text)
      assert.ok(JSON.stringify((await listed(store, ['v']))[0]?.value) === text)
    })

    storeTest('get() and list() answer frozen values', async (store) => {
      await put(store, ['v'], { inner: { list: [1] } })
      for (const record of [await store.get(['v']), (await listed(store, ['v']))[0]]) {
        assert.ok(record)
        assert.ok(isObject(record.value) && isObject(record.value['inner']))
        assert.ok(Object.isFrozen(record.value))
        assert.ok(Object.isFrozen(record.value['inner']))
        assert.ok(Object.isFrozen(record.value['inner']['list']))
      }
    })

    storeTest('commit() does not see what its caller changes afterwards', async (store) => {
      const value = { x: [1] }
      const key = ['v']
      const committing = store.commit({ expected: [], writes: [{ key, value }] })
      value.x.push(2)
      key[0] = 'w'
      await committing
      value.x.push(3)
      assert.deepEqual((await store.get(['v']))?.value, { x: [1] })
      assert.equal(await store.get(['w']), undefined)
    })
  })

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

    storeTest('commit() never lets two succeed that expect what the other writes', async (store) => {
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
    })

    storeTest('commit() loses no update of concurrent read-and-write loops', async (store) => {
      await put(store, ['n'], 0)
      await Promise.all(
        Array.from({ length: 8 }, async () => {
          for (let done = 0; done < 5; ) {
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

  describe(`${name}: listing`, () => {
    storeTest('list() answers an empty page when nothing begins with the prefix', async (store) => {
      await put(store, ['a'], 1)
      assert.deepEqual(await store.list({ prefix: ['b'], limit: 10 }), { records: [] })
    })

    storeTest('list() orders segment by segment, by code units', async (store) => {
      for (const key of orderedKeys.toReversed()) await put(store, key, 1)
      assert.deepEqual(
        (await listed(store, [])).map(({ key }) => key),
        orderedKeys,
      )
    })

    storeTest('list() matches whole segments and the key that is the prefix', async (store) => {
      const inside: RecordKey[] = [['a', 'b'], ['a', 'b', '\u0001'], ['a', 'b', 'c'], ['a', 'b', 'c', 'd']]
      const outside: RecordKey[] = [['a'], ['a', 'a', 'z'], ['a', 'b\u0001'], ['a', 'bb'], ['a', 'bc', 'd'], ['ab'], ['b']]
      for (const key of [...inside, ...outside]) await put(store, key, 1)
      assert.deepEqual(
        (await listed(store, ['a', 'b'])).map(({ key }) => key),
        inside,
      )
    })

    storeTest('list() pages: each record once, in order, none after the last', async (store) => {
      const names = Array.from({ length: 10 }, (_, i) => `k${i}`)
      await putAll(store, names.map((name) => ['p', name]))
      await put(store, ['q'], 1)
      for (const limit of [1, 3, 5, 9, 10, 11]) {
        const seen: string[] = []
        let after: RecordKey | undefined
        let pages = 0
        do {
          const page = await store.list({ prefix: ['p'], after, limit })
          assert.ok(page.records.length <= limit)
          seen.push(...page.records.map(({ key }) => key[1] ?? ''))
          if (page.next !== undefined) assert.deepEqual(page.next, page.records.at(-1)?.key)
          after = page.next
          pages += 1
        } while (after !== undefined)
        assert.deepEqual(seen, names)
        assert.equal(pages, Math.ceil(names.length / limit))
      }
    })

    storeTest('list() goes on after a key that was removed or never was', async (store) => {
      await putAll(store, [['p', 'a'], ['p', 'b'], ['p', 'd']])
      await commitAtLast(store, { expected: [], writes: [{ key: ['p', 'b'], remove: true }] })
      const keysAfter = async (after: RecordKey): Promise<unknown> =>
        (await store.list({ prefix: ['p'], after, limit: 10 })).records.map(({ key }) => key[1])
      assert.deepEqual(await keysAfter(['p', 'b']), ['d'])
      assert.deepEqual(await keysAfter(['p', 'a', 'x']), ['d'])
      assert.deepEqual(await keysAfter(['p', 'd']), [])
      assert.deepEqual(await keysAfter(['p']), ['a', 'd'])
      assert.deepEqual(await keysAfter(['a']), ['a', 'd'])
      assert.deepEqual(await keysAfter(['z']), [])
    })

    storeTest('list() has at most 1,000 records on a page', async (store) => {
      await putAll(
        store,
        Array.from({ length: pageRecordsMax + 1 }, (_, i) => ['p', String(i).padStart(5, '0')]),
      )
      const page = await store.list({ prefix: ['p'], limit: 5_000 })
      assert.equal(page.records.length, pageRecordsMax)
      const rest = await store.list({ prefix: ['p'], after: page.next, limit: 5_000 })
      assert.equal(rest.records.length, 1)
      assert.equal(rest.next, undefined)
    })

    storeTest('list() rejects a limit below one and a bad prefix', async (store) => {
      await assert.rejects(store.list({ prefix: ['p'], limit: 0 }), InvariantError)
      await assert.rejects(store.list({ prefix: ['p', ''], limit: 1 }), InvariantError)
      await assert.rejects(store.list({ prefix: ['p\u0000'], limit: 1 }), InvariantError)
    })
  })

  describe(`${name}: blobs`, () => {
    storeTest('findBlob() answers undefined when there is none', async (store) => {
      assert.equal(await store.findBlob('00'), undefined)
    })

    for (const [what, bytes] of blobContents()) {
      storeTest(`putBlob() keeps ${what}`, async (store) => {
        await store.putBlob('aa', bytes)
        assertSameBytes(await store.findBlob('aa'), bytes)
      })
    }

    storeTest('putBlob() under a known hash does nothing', async (store) => {
      await store.putBlob('aa', bytesOf('first'))
      await store.putBlob('aa', bytesOf('first'))
      await store.putBlob('aa', bytesOf('second'))
      assertSameBytes(await store.findBlob('aa'), bytesOf('first'))
    })

    storeTest('putBlob() by many at once stores it', async (store) => {
      await Promise.all(Array.from({ length: 10 }, () => store.putBlob('aa', bytesOf('same'))))
      assertSameBytes(await store.findBlob('aa'), bytesOf('same'))
    })

    storeTest('neither writer nor reader of a blob can change it', async (store) => {
      const bytes = bytesOf('content')
      const putting = store.putBlob('aa', bytes)
      bytes.fill(0)
      await putting
      const found = await store.findBlob('aa')
      assertSameBytes(found, bytesOf('content'))
      found?.fill(0)
      assertSameBytes(await store.findBlob('aa'), bytesOf('content'))
    })

    storeTest('blobs are not records', async (store) => {
      await store.putBlob('aa', bytesOf('content'))
      assert.equal(await store.get(['aa']), undefined)
      assert.deepEqual(await listed(store, []), [])
    })

    storeTest('sweepBlobs() deletes what is not claimed and counts it', async (store) => {
      for (const hash of ['aa', 'bb', 'cc']) await store.putBlob(hash, bytesOf(hash))
      await put(store, ['aa'], 1)
      assert.equal(await store.sweepBlobs((hash) => hash === 'bb'), 2)
      assert.equal(await store.findBlob('aa'), undefined)
      assertSameBytes(await store.findBlob('bb'), bytesOf('bb'))
      assert.equal(await store.findBlob('cc'), undefined)
      assert.equal(await store.sweepBlobs((hash) => hash === 'bb'), 0)
      assert.equal((await store.get(['aa']))?.value, 1)
    })

    storeTest('sweepBlobs() deletes nothing when the claim fails', async (store) => {
      for (const hash of ['aa', 'bb', 'cc']) await store.putBlob(hash, bytesOf(hash))
      let asked = 0
      const sweeping = store.sweepBlobs(() => {
        asked += 1
        if (asked === 2) throw new RangeError('cannot tell')
        return false
      })
      await assert.rejects(sweeping, RangeError)
      for (const hash of ['aa', 'bb', 'cc']) assert.ok(await store.findBlob(hash))
    })

    storeTest('a swept blob can be stored again', async (store) => {
      await store.putBlob('aa', bytesOf('first'))
      await store.sweepBlobs(() => false)
      await store.putBlob('aa', bytesOf('second'))
      assertSameBytes(await store.findBlob('aa'), bytesOf('second'))
    })
  })

  describe(`${name}: reset and close`, () => {
    storeTest('reset() deletes every record and every blob', async (store) => {
      await putAll(store, [['a'], ['b', 'c']])
      await store.putBlob('aa', bytesOf('content'))
      await store.reset()
      assert.deepEqual(await listed(store, []), [])
      assert.equal(await store.get(['a']), undefined)
      assert.equal(await store.findBlob('aa'), undefined)
      await put(store, ['a'], 2)
      assert.equal((await store.get(['a']))?.value, 2)
    })

    storeTest('reset() does not let a revision come back', async (store) => {
      const before = await put(store, ['a'], 1)
      await store.reset()
      assert.ok((await put(store, ['a'], 2)) > before)
    })

    storeTest('close() lets no call through but another close', async (store) => {
      await put(store, ['a'], 1)
      await store.close()
      await store.close()
      const calls: (() => Promise<unknown>)[] = [
        () => store.get(['a']),
        () => store.list({ prefix: [], limit: 1 }),
        () => store.commit({ expected: [], writes: [{ key: ['a'], value: 1 }] }),
        () => store.commit({ expected: [], writes: [] }),
        () => store.putBlob('aa', bytesOf('content')),
        () => store.findBlob('aa'),
        () => store.sweepBlobs(() => true),
        () => store.reset(),
      ]
      for (const call of calls) await assert.rejects(call(), StateStoreError)
    })
  })
}

const badKeys: readonly (readonly [string, RecordKey])[] = [
  ['no segment', []],
  ['an empty segment', ['a', '', 'b']],
  ['U+0000 in a segment', ['a', 'b\u0000c']],
]

const faithfulValues: readonly (readonly [string, JsonValue])[] = [
  ['null', null],
  ['false', false],
  ['an empty object', {}],
  ['an empty text', ''],
  ['numbers at the edges', [0, 1e-7, 1.5, -1, Number.MAX_SAFE_INTEGER, 1e308, 5e-324]],
  ['text of every plane', 'ä €\u{1f600}\u{10ffff}\ud800 \udfff\u0000\u001f\u2028"\\\u007f'],
  ['member names of every plane', { '': 1, 'a b': 2, '\u{1f600}': 3, '\u0000': 4, '\ud800': 5 }],
  ['members named as those of every object', JSON.parse('{"__proto__":{"a":1},"constructor":2}')],
  ['members in the order they had', { z: 1, a: 2, m: 3 }],
  ['a text of a million characters', 'ab€\u{1f600}'.repeat(200_000)],
  ['an object with 20,000 members', Object.fromEntries(manyMembers(20_000))],
  ['500 levels', nested(500)],
]

/** In the contract's order; no prefix of another order is one of them by chance. */
const orderedKeys: readonly RecordKey[] = [
  ['\u0001'],
  ['!'],
  ['A'],
  ['a'],
  ['a', '\u0001'],
  ['a', 'a'],
  ['a', 'a', 'a'],
  ['a', 'aa'],
  ['a', 'b'],
  ['a\u0001'],
  ['a\u0001', 'a'],
  ['a '],
  ['a!', 'z'],
  ['aa'],
  ['ab'],
  ['b'],
  ['\u007f'],
  ['\u0080'],
  ['\u07ff'],
  ['\u0800'],
  ['\ud7ff'],
  ['\ud800'],
  ['\u{10000}'],
  ['\u{10000}', 'a'],
  ['\u{10000}a'],
  ['\u{1f600}'],
  ['\u{10ffff}'],
  ['\udfff'],
  ['\ue000'],
  ['\ufffd'],
  ['\uffff'],
]

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

function* blobContents(): Generator<readonly [string, Uint8Array]> {
  yield ['no bytes', new Uint8Array(0)]
  yield ['every byte', Uint8Array.from({ length: 256 }, (_, i) => i)]
  yield ['3 million bytes', new Uint8Array(3_000_000).map((_, i) => (i * 31) % 251)]
  yield ['a part of a larger buffer', Uint8Array.from([1, 2, 3, 4, 5]).subarray(1, 3)]
}

function* manyMembers(count: number): Generator<[string, number]> {
  for (let i = 0; i < count; i += 1) yield [`member${i}`, i]
}

function nested(levels: number): JsonValue {
  let value: JsonValue = 'innermost'
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? [value] : { in: value }
  return value
}

/** Commits on and on while the store gives up though the expectations hold. */
async function commitAtLast(
  store: StateStore,
  commit: Commit,
): Promise<Extract<CommitOutcome, { outcome: 'committed' }>> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const outcome = await store.commit(commit)
    if (outcome.outcome === 'committed') return outcome
  }
  return assert.fail('no attempt was committed')
}

async function put(store: StateStore, key: RecordKey, value: JsonValue): Promise<number> {
  return (await commitAtLast(store, { expected: [], writes: [{ key, value }] })).revision
}

async function putAll(store: StateStore, allKeys: readonly RecordKey[]): Promise<void> {
  await commitAtLast(store, { expected: [], writes: allKeys.map((key) => ({ key, value: 1 })) })
}

async function listed(store: StateStore, prefix: RecordKey): Promise<readonly StoredRecord[]> {
  return (await store.list({ prefix, limit: pageRecordsMax })).records
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

function assertSameBytes(found: Uint8Array | undefined, expected: Uint8Array): void {
  assert.ok(found !== undefined && Buffer.compare(found, expected) === 0, 'the bytes are the same')
}

function isObject(value: JsonValue | undefined): value is { readonly [name: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
