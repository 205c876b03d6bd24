import assert from 'node:assert/strict'
import type { JsonValue } from '../../src/base/json.ts'
import { pageRecordsMax } from '../../src/ports/state-store.ts'
import type {
  Commit,
  CommitOutcome,
  RecordKey,
  StateStore,
  StoredRecord,
} from '../../src/ports/state-store.ts'

/** A test that gets a new, empty store, which is closed when it ends. */
export type StoreTest = (title: string, run: (store: StateStore) => Promise<void>) => void

/** Commits on and on while the store gives up though the expectations hold. */
export async function commitAtLast(
  store: StateStore,
  commit: Commit,
): Promise<Extract<CommitOutcome, { outcome: 'committed' }>> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const outcome = await store.commit(commit)
    if (outcome.outcome === 'committed') return outcome
  }
  return assert.fail('no attempt was committed')
}

/** Commits one record and answers its revision. */
export async function put(store: StateStore, key: RecordKey, value: JsonValue): Promise<number> {
  return (await commitAtLast(store, { expected: [], writes: [{ key, value }] })).revision
}

/** Commits a record under each key, in one commit. */
export async function putAll(store: StateStore, allKeys: readonly RecordKey[]): Promise<void> {
  await commitAtLast(store, { expected: [], writes: allKeys.map((key) => ({ key, value: 1 })) })
}

/** The first page below a prefix, as long as a page may be. */
export async function listed(
  store: StateStore,
  prefix: RecordKey,
): Promise<readonly StoredRecord[]> {
  return (await store.list({ prefix, limit: pageRecordsMax })).records
}

/** UTF-8 of a text. */
export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

/** Compares without printing megabytes. */
export function assertSameBytes(found: Uint8Array | undefined, expected: Uint8Array): void {
  assert.ok(found !== undefined && Buffer.compare(found, expected) === 0, 'the bytes are the same')
}

/** Narrows a JSON value to an object. */
export function isObject(
  value: JsonValue | undefined,
): value is { readonly [name: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
