import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { InvariantError } from '../../src/base/invariant.ts'
import { pageRecordsMax } from '../../src/ports/state-store.ts'
import type { RecordKey } from '../../src/ports/state-store.ts'
import { commitAtLast, listed, put, putAll } from './state-store-calls.ts'
import type { StoreTest } from './state-store-calls.ts'

/** Order, prefixes and pages. */
export function listingContract(name: string, storeTest: StoreTest): void {
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
      const inside: RecordKey[] = [
        ['a', 'b'],
        ['a', 'b', '\u0001'],
        ['a', 'b', 'c'],
        ['a', 'b', 'c', 'd'],
      ]
      const outside: RecordKey[] = [
        ['a'],
        ['a', 'a', 'z'],
        ['a', 'b\u0001'],
        ['a', 'bb'],
        ['a', 'bc', 'd'],
        ['ab'],
        ['b'],
      ]
      for (const key of [...inside, ...outside]) await put(store, key, 1)
      assert.deepEqual(
        (await listed(store, ['a', 'b'])).map(({ key }) => key),
        inside,
      )
    })

    storeTest('list() pages: each record once, in order, none after the last', async (store) => {
      const names = Array.from({ length: 10 }, (_, i) => `k${i}`)
      await putAll(
        store,
        names.map((name) => ['p', name]),
      )
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
          assert.ok(pages <= names.length, 'the pages end')
        } while (after !== undefined)
        assert.deepEqual(seen, names)
        assert.equal(pages, Math.ceil(names.length / limit))
      }
    })

    storeTest('list() goes on after a key that was removed or never was', async (store) => {
      await putAll(store, [['b'], ['p', 'a'], ['p', 'b'], ['p', 'd']])
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
}

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
