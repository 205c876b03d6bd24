import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { stateStoreContract } from '../../../test/contracts/state-store.ts'
import { temporaryDirectory } from '../../../test/support/temporary-directory.ts'
import { StateStoreError } from '../../ports/state-store.ts'
import { openSqliteStateStore } from './state-store.ts'

stateStoreContract('SqliteStateStore', async (t) =>
  openSqliteStateStore({ dataDir: temporaryDirectory(t) }),
)

describe('openSqliteStateStore()', () => {
  test('finds what was there before, and gives no revision again', async (t) => {
    const dataDir = temporaryDirectory(t)
    const first = openSqliteStateStore({ dataDir })
    await first.commit({ expected: [], writes: [{ key: ['a'], value: 1 }] })
    await first.putBlob('aa', Uint8Array.of(1, 2))
    const before = await first.commit({ expected: [], writes: [{ key: ['a'], remove: true }] })
    await first.close()
    const second = openSqliteStateStore({ dataDir })
    assert.equal(await second.get(['a']), undefined)
    assert.deepEqual([...((await second.findBlob('aa')) ?? [])], [1, 2])
    const after = await second.commit({ expected: [], writes: [{ key: ['a'], value: 1 }] })
    assert.ok(before.outcome === 'committed' && after.outcome === 'committed')
    assert.ok(after.revision > before.revision)
    await second.close()
  })

  test('writes what was asked for before close()', async (t) => {
    const dataDir = temporaryDirectory(t)
    const first = openSqliteStateStore({ dataDir })
    const committing = first.commit({ expected: [], writes: [{ key: ['a'], value: 1 }] })
    await first.close()
    assert.equal((await committing).outcome, 'committed')
    const second = openSqliteStateStore({ dataDir })
    assert.equal((await second.get(['a']))?.value, 1)
    await second.close()
  })

  test('fails what does not fit on the disk, alone and whole, and goes on', async (t) => {
    const store = openSqliteStateStore({ dataDir: temporaryDirectory(t), fileBytesMax: 200_000 })
    const small = (name: string) => ({ key: [name], value: 'small' })
    const outcomes = await Promise.allSettled([
      store.commit({ expected: [], writes: [small('before')] }),
      store.commit({
        expected: [],
        writes: [small('beside'), { key: ['large'], value: 'x'.repeat(1_000_000) }],
      }),
      store.commit({ expected: [], writes: [small('after')] }),
      store.putBlob('aa', new Uint8Array(1_000_000)),
    ])
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled', 'rejected'],
    )
    for (const outcome of outcomes) {
      if (outcome.status === 'fulfilled') continue
      assert.ok(outcome.reason instanceof StateStoreError)
      assert.match(outcome.reason.message, /the disk is full/)
    }
    const keys = (await store.list({ prefix: [], limit: 10 })).records.map(({ key }) => key[0])
    assert.deepEqual(keys, ['after', 'before'])
    assert.equal(await store.findBlob('aa'), undefined)
    // Room that is freed is room again.
    await store.reset()
    const revision = await store.commit({ expected: [], writes: [small('again')] })
    assert.equal(revision.outcome, 'committed')
    await store.close()
  })
})
