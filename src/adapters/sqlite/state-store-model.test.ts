import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { temporaryDirectory } from '../../../test/support/temporary-directory.ts'
import type { JsonValue } from '../../base/json.ts'
import type { Commit, RecordKey, StateStore } from '../../ports/state-store.ts'
import { openSqliteStateStore } from './state-store.ts'

/** Few keys, so that commands meet; their segments part where the two ways to compare text do. */
const segment = fc.constantFrom('a', 'b', 'ab', '\u0001', '\u{1f600}', '\uffff', '\ud800')
const key = fc.array(segment, { minLength: 1, maxLength: 3 })
const hash = fc.constantFrom('00', '01', '02')

const write = fc.oneof(
  { weight: 3, arbitrary: fc.record({ key, value: fc.jsonValue({ maxDepth: 2 }) }) },
  fc.record({ key, remove: fc.constant(true as const) }),
)
const command = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('commit' as const),
      writes: fc.array(write, { maxLength: 4 }),
      expected: fc.array(fc.record({ key, shift: fc.constantFrom(0, 0, 0, 1, -1) }), {
        maxLength: 2,
      }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('get' as const), key }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('list' as const),
      prefix: fc.array(segment, { maxLength: 2 }),
      after: fc.option(key, { nil: undefined }),
      limit: fc.integer({ min: 1, max: 5 }),
    }),
  },
  fc.record({
    kind: fc.constant('putBlob' as const),
    hash,
    bytes: fc.uint8Array({ maxLength: 4 }),
  }),
  fc.record({ kind: fc.constant('findBlob' as const), hash }),
  fc.record({ kind: fc.constant('sweep' as const), kept: hash }),
  fc.record({ kind: fc.constant('reopen' as const) }),
)
type Command = typeof command extends fc.Arbitrary<infer One> ? One : never

interface ModelRecord {
  readonly key: RecordKey
  readonly value: JsonValue
  readonly revision: number
}

/** The store as simply as it can be said: two maps and a number. */
class Model {
  readonly records = new Map<string, ModelRecord>()
  readonly blobs = new Map<string, Uint8Array>()
  revision = 0

  find(wanted: RecordKey): ModelRecord | undefined {
    return this.records.get(JSON.stringify(wanted))
  }

  holds(expected: Commit['expected']): boolean {
    return expected.every((one) => (this.find(one.key)?.revision ?? 0) === one.revision)
  }

  apply(writes: Commit['writes'], revision: number): void {
    for (const one of writes) {
      if ('remove' in one) this.records.delete(JSON.stringify(one.key))
      else {
        const value: JsonValue = JSON.parse(JSON.stringify(one.value))
        this.records.set(JSON.stringify(one.key), { key: one.key, value, revision })
      }
    }
  }

  list(prefix: RecordKey, after: RecordKey | undefined): ModelRecord[] {
    return [...this.records.values()]
      .filter((record) => prefix.every((part, i) => record.key[i] === part))
      .filter((record) => after === undefined || compareKeys(record.key, after) > 0)
      .toSorted((left, right) => compareKeys(left.key, right.key))
  }
}

function compareKeys(left: RecordKey, right: RecordKey): number {
  for (const [i, a] of left.entries()) {
    const b = right[i]
    if (b === undefined) return 1
    if (a !== b) return a < b ? -1 : 1
  }
  return left.length - right.length
}

async function check(store: StateStore, model: Model, one: Exclude<Command, { kind: 'reopen' }>) {
  switch (one.kind) {
    case 'commit':
      return checkCommit(store, model, one)
    case 'get':
      return assert.deepEqual(await store.get(one.key), model.find(one.key))
    case 'list': {
      const page = await store.list(one)
      const all = model.list(one.prefix, one.after)
      assert.deepEqual(page.records, all.slice(0, one.limit))
      return assert.deepEqual(page.next, all[one.limit] && all[one.limit - 1]?.key)
    }
    case 'putBlob':
      if (!model.blobs.has(one.hash)) model.blobs.set(one.hash, one.bytes)
      return store.putBlob(one.hash, one.bytes)
    case 'findBlob': {
      const found = await store.findBlob(one.hash)
      return assert.deepEqual(found && [...found], toArray(model.blobs.get(one.hash)))
    }
    case 'sweep': {
      const swept = [...model.blobs.keys()].filter((any) => any !== one.kept)
      for (const any of swept) model.blobs.delete(any)
      return assert.equal(await store.sweepBlobs((any) => any === one.kept), swept.length)
    }
  }
}

async function checkCommit(
  store: StateStore,
  model: Model,
  { expected, writes }: Extract<Command, { kind: 'commit' }>,
): Promise<void> {
  const expectations = expected.map(({ key: wanted, shift }) => ({
    key: wanted,
    revision: Math.max(0, (model.find(wanted)?.revision ?? 0) + shift),
  }))
  const outcome = await store.commit({ expected: expectations, writes })
  assert.equal(outcome.outcome === 'committed', model.holds(expectations))
  if (outcome.outcome !== 'committed') return
  if (writes.length === 0) return assert.equal(outcome.revision, 0)
  assert.ok(outcome.revision > model.revision)
  model.revision = outcome.revision
  model.apply(writes, outcome.revision)
}

function toArray(bytes: Uint8Array | undefined): number[] | undefined {
  return bytes && [...bytes]
}

test('SqliteStateStore answers as two maps would, closed and opened in between', async (t) => {
  const parent = temporaryDirectory(t)
  let runs = 0
  await fc.assert(
    fc.asyncProperty(fc.array(command, { maxLength: 40, size: 'max' }), async (commands) => {
      runs += 1
      const dataDir = `${parent}/${runs}`
      const model = new Model()
      let store = openSqliteStateStore({ dataDir })
      try {
        for (const one of commands) {
          if (one.kind !== 'reopen') {
            await check(store, model, one)
            continue
          }
          await store.close()
          store = openSqliteStateStore({ dataDir })
        }
        assert.deepEqual(
          (await store.list({ prefix: [], limit: 1_000 })).records,
          model.list([], undefined),
        )
      } finally {
        await store.close()
      }
    }),
    { numRuns: 40 },
  )
})
