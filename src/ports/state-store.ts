import type { JsonValue } from '../base/json.ts'

/**
 * Names a record: account, region, kind, then what the kind needs (`['000000000000', 'us-east-1',
 * 'stage', restApiId, stageName]`). At least one segment; a segment is any non-empty string without
 * U+0000. Keys order segment by segment, each by code units.
 */
export type RecordKey = readonly string[]

export interface StoredRecord {
  readonly key: RecordKey
  readonly value: JsonValue
  /** Grows with every write of the record; never reused for another value of the same key. */
  readonly revision: number
}

/** What must still hold for a commit to happen. `revision: 0` says that no such record may exist. */
export interface Expectation {
  readonly key: RecordKey
  readonly revision: number
}

export type RecordWrite =
  | { readonly key: RecordKey; readonly value: JsonValue }
  | { readonly key: RecordKey; readonly remove: true }

export interface Commit {
  readonly expected: readonly Expectation[]
  readonly writes: readonly RecordWrite[]
}

export type CommitOutcome =
  | { readonly outcome: 'committed' }
  /** An expectation did not hold: nothing was written. */
  | { readonly outcome: 'conflict'; readonly key: RecordKey }

export interface RecordPage {
  readonly records: readonly StoredRecord[]
  /** Pass as `after` for the next page; absent on the last one. */
  readonly next?: RecordKey
}

/**
 * Records and blobs that survive the process.
 *
 * Atomicity: a commit is one step: all of its writes or none, never seen half. Two commits of which
 * one expects what the other writes never both succeed. Durability: when `commit` or `putBlob`
 * resolves, the data survive `kill -9` and power loss (the memory adapter promises less and says so).
 * Ordering: `list` answers in key order. Bound: a page has at most 1,000 records. Failure policy: an
 * operation that the store cannot do rejects with `StateStoreError`; the call that needed it fails.
 * Promises only: there is never an open transaction between two calls, so any database fits.
 */
export interface StateStore {
  get(key: RecordKey): Promise<StoredRecord | undefined>
  /** Records whose key begins with `prefix` (whole segments), after `after` (exclusive) if given. */
  list(range: {
    readonly prefix: RecordKey
    readonly after?: RecordKey | undefined
    readonly limit: number
  }): Promise<RecordPage>
  commit(commit: Commit): Promise<CommitOutcome>
  /** Stores content under its hash. Storing the same again does nothing. */
  putBlob(hash: string, bytes: Uint8Array): Promise<void>
  findBlob(hash: string): Promise<Uint8Array | undefined>
  /** Deletes the blobs that `isReferenced` does not claim, and says how many. */
  sweepBlobs(isReferenced: (hash: string) => boolean): Promise<number>
  /** Deletes every record and every blob. */
  reset(): Promise<void>
  close(): Promise<void>
}

/** The store could not do it: the disk is full, the connection is gone, another process holds it. */
export class StateStoreError extends Error {
  override readonly name = 'StateStoreError'
}
