import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { InvariantError } from '../../src/base/invariant.ts'
import type { JsonValue } from '../../src/base/json.ts'
import type { RecordKey } from '../../src/ports/state-store.ts'
import { isObject, listed, put } from './state-store-calls.ts'
import type { StoreTest } from './state-store-calls.ts'

/** Keys and values: what is read is what was written. */
export function recordsContract(name: string, storeTest: StoreTest): void {
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

function* manyMembers(count: number): Generator<[string, number]> {
  for (let i = 0; i < count; i += 1) yield [`member${i}`, i]
}

function nested(levels: number): JsonValue {
  let value: JsonValue = 'innermost'
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? [value] : { in: value }
  return value
}
