import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { StateStoreError } from '../../src/ports/state-store.ts'
import { assertSameBytes, bytesOf, listed, put, putAll } from './state-store-calls.ts'
import type { StoreTest } from './state-store-calls.ts'

/** Blobs, and how everything ends: sweep, reset, close. */
export function blobsContract(name: string, storeTest: StoreTest): void {
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

function* blobContents(): Generator<readonly [string, Uint8Array]> {
  yield ['no bytes', new Uint8Array(0)]
  yield ['every byte', Uint8Array.from({ length: 256 }, (_, i) => i)]
  yield ['3 million bytes', new Uint8Array(3_000_000).map((_, i) => (i * 31) % 251)]
  yield ['a part of a larger buffer', Uint8Array.from([1, 2, 3, 4, 5]).subarray(1, 3)]
}
