import { test } from 'node:test'
import type { TestContext } from 'node:test'
import type { StateStore } from '../../src/ports/state-store.ts'
import { blobsContract } from './state-store-blobs.ts'
import type { StoreTest } from './state-store-calls.ts'
import { commitsContract } from './state-store-commits.ts'
import { listingContract } from './state-store-listing.ts'
import { recordsContract } from './state-store-records.ts'

/** Opens a new, empty store; what is to go after its `close` (a directory) is hung on `t.after`. */
export type OpenStateStore = (t: TestContext) => Promise<StateStore>

/** Every sentence of the `StateStore` port, as tests. Each adapter calls it. */
export function stateStoreContract(name: string, open: OpenStateStore): void {
  const storeTest: StoreTest = (title, run) => {
    test(title, async (t) => {
      const store = await open(t)
      try {
        await run(store)
      } finally {
        await store.close()
      }
    })
  }
  recordsContract(name, storeTest)
  commitsContract(name, storeTest)
  listingContract(name, storeTest)
  blobsContract(name, storeTest)
}
