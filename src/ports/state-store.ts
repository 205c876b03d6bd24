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

/** Writes apply in order; a key written twice ends as the last of them says. */
export interface Commit {
  readonly expected: readonly Expectation[]
  readonly writes: readonly RecordWrite[]
}

export type CommitOutcome =
  | {
      readonly outcome: 'committed'
      /**
       * What the written records carry from now on; above every revision that their keys had before,
       * also those of removed records. 0 when the commit wrote nothing.
       */
      readonly revision: number
    }
  /**
   * An expectation did not hold (`key` is its key), or a contended database could not tell and gave up:
   * nothing was written. Read again and try again.
   */
  | { readonly outcome: 'conflict'; readonly key: RecordKey }

/** The most records that one page has. */
export const pageRecordsMax = 1_000

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
 * Values: what is read is frozen and equals `JSON.parse(JSON.stringify(value))`; neither a value nor
 * bytes are shared with whoever wrote or reads them in a way that one could change the other's.
 */
export interface StateStore {
  /** Undefined when there is no such record. */
  get(key: RecordKey): Promise<StoredRecord | undefined>
  /**
   * Records whose key begins with `prefix` (whole segments; none: every record), after `after`
   * (exclusive, a key of the range or not) if given. `limit` is at least 1; above 1,000 it means 1,000.
   */
  list(range: {
    readonly prefix: RecordKey
    readonly after?: RecordKey | undefined
    readonly limit: number
  }): Promise<RecordPage>
  commit(commit: Commit): Promise<CommitOutcome>
  /** Stores content under its hash. Storing under the same hash again does nothing. */
  putBlob(hash: string, bytes: Uint8Array): Promise<void>
  findBlob(hash: string): Promise<Uint8Array | undefined>
  /**
   * Deletes the blobs that `isReferenced` does not claim, and says how many. A blob whose record is not
   * committed yet looks unreferenced, so sweep only while nothing is being written (at start).
   */
  sweepBlobs(isReferenced: (hash: string) => boolean): Promise<number>
  /** Deletes every record and every blob. Revisions go on from where they were. */
  reset(): Promise<void>
  /** Ends the store once; what comes after (but another `close`) rejects with `StateStoreError`. */
  close(): Promise<void>
}

/** The store could not do it: the disk is full, the connection is gone, another process holds it. */
export class StateStoreError extends Error {
  override readonly name = 'StateStoreError'
}
