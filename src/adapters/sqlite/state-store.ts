import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite'
import { deepFreeze } from '../../base/freeze.ts'
import { invariant } from '../../base/invariant.ts'
import type { JsonValue } from '../../base/json.ts'
import { parseRecordKey, recordKeyRange, recordKeyText } from '../../ports/record-key.ts'
import { pageRecordsMax, StateStoreError } from '../../ports/state-store.ts'
import type {
  Commit,
  CommitOutcome,
  RecordKey,
  RecordPage,
  StateStore,
  StoredRecord,
} from '../../ports/state-store.ts'
import { CommitQueue } from './commit-queue.ts'
import { decodeKeyBytes, encodeKeyBytes } from './key-bytes.ts'
import { openDatabase } from './open-database.ts'
import { toStateStoreError } from './sqlite-error.ts'

export interface SqliteStateStoreOptions {
  /** Made when absent. One process at a time. */
  readonly dataDir: string
  /** The most that the records and blobs may take on the disk; absent: what the disk has. */
  readonly fileBytesMax?: number
}

/**
 * Opens the state of a data directory and holds it until `close`.
 *
 * Durability: a resolved commit or blob is on the disk. The calls are answered by this thread, which
 * waits for the disk; writes that come together wait once.
 *
 * @throws {StateStoreError} when another process holds the directory, or its file is not ours, written
 * by a newer version, or damaged; the message says which file and what to do.
 */
export function openSqliteStateStore(options: SqliteStateStoreOptions): StateStore {
  const db = openDatabase(options.dataDir)
  try {
    if (options.fileBytesMax !== undefined) limitFile(db, options.fileBytesMax)
    return new SqliteStateStore(db)
  } catch (error) {
    db.close()
    throw toStateStoreError(error)
  }
}

function limitFile(db: DatabaseSync, fileBytesMax: number): void {
  const pageBytes = Number(db.prepare('PRAGMA page_size').get()?.['page_size'])
  db.exec(`PRAGMA max_page_count = ${Math.max(1, Math.floor(fileBytesMax / pageBytes))}`)
}

/** Sorts above the bytes of every key. */
const aboveEveryKey = Uint8Array.of(0xff)

interface PreparedWrite {
  readonly key: Uint8Array
  /** JSON text; undefined: the record is removed. */
  readonly value: string | undefined
}

class SqliteStateStore implements StateStore {
  readonly #db: DatabaseSync
  readonly #queue: CommitQueue
  readonly #statements: ReturnType<typeof prepareStatements>
  /** The last one given, by the transaction that is running too. */
  #lastRevision: number
  /** The last one that is on the disk. */
  #committedRevision: number
  #closed = false

  constructor(db: DatabaseSync) {
    this.#db = db
    this.#statements = prepareStatements(db)
    this.#committedRevision = numberOf(this.#statements.lastRevision.get()?.['last'])
    this.#lastRevision = this.#committedRevision
    this.#queue = new CommitQueue(db, {
      onCommit: () => {
        this.#committedRevision = this.#lastRevision
      },
      onRollback: () => {
        this.#lastRevision = this.#committedRevision
      },
    })
  }

  async get(key: RecordKey): Promise<StoredRecord | undefined> {
    const keyBytes = encodeKeyBytes(recordKeyText(key))
    const row = this.#read(() => this.#statements.get.get(keyBytes))
    return row === undefined ? undefined : toRecord(row)
  }

  async list({ prefix, after, limit }: Parameters<StateStore['list']>[0]): Promise<RecordPage> {
    invariant(limit >= 1, 'a page has room for at least one record')
    const pageLimit = Math.min(limit, pageRecordsMax)
    const { from, below } = recordKeyRange(prefix)
    // The least text above `after` is itself with one U+0000 more.
    const afterText = after === undefined ? '' : `${recordKeyText(after)}\u0000`
    const lowest = encodeKeyBytes(afterText > from ? afterText : from)
    const upper = below === undefined ? aboveEveryKey : encodeKeyBytes(below)
    const rows = this.#read(() => this.#statements.list.all(lowest, upper, pageLimit + 1))
    const records = rows.slice(0, pageLimit).map(toRecord)
    const next = rows.length > pageLimit ? records.at(-1)?.key : undefined
    return next === undefined ? { records } : { records, next }
  }

  async commit({ expected, writes }: Commit): Promise<CommitOutcome> {
    // Copied now: the caller may go on changing what it passed.
    const expectations = expected.map(({ key, revision }) => ({
      key,
      keyBytes: encodeKeyBytes(recordKeyText(key)),
      revision,
    }))
    const prepared = writes.map((write): PreparedWrite => ({
      key: encodeKeyBytes(recordKeyText(write.key)),
      value: 'remove' in write ? undefined : jsonText(write.value),
    }))
    return this.#write(() => {
      for (const { key, keyBytes, revision } of expectations) {
        if (this.#revisionOf(keyBytes) !== revision) return { outcome: 'conflict', key }
      }
      return { outcome: 'committed', revision: this.#applyWrites(prepared) }
    })
  }

  async putBlob(hash: string, bytes: Uint8Array): Promise<void> {
    const copy = bytes.slice()
    await this.#write(() => this.#statements.putBlob.run(hash, copy))
  }

  async findBlob(hash: string): Promise<Uint8Array | undefined> {
    const row = this.#read(() => this.#statements.findBlob.get(hash))
    return row === undefined ? undefined : bytesOf(row['bytes'])
  }

  async sweepBlobs(isReferenced: (hash: string) => boolean): Promise<number> {
    return this.#write(() => {
      const hashes = this.#statements.blobHashes.all().map((row) => textOf(row['hash']))
      const unreferenced = hashes.filter((hash) => !isReferenced(hash))
      for (const hash of unreferenced) this.#statements.removeBlob.run(hash)
      return unreferenced.length
    })
  }

  async reset(): Promise<void> {
    await this.#write(() => {
      this.#statements.removeRecords.run()
      this.#statements.removeBlobs.run()
    })
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#queue.drain()
    this.#closed = true
    try {
      this.#db.close()
    } catch (error) {
      throw toStateStoreError(error)
    }
  }

  #applyWrites(writes: readonly PreparedWrite[]): number {
    if (writes.length === 0) return 0
    const revision = this.#lastRevision + 1
    for (const { key, value } of writes) {
      if (value === undefined) this.#statements.remove.run(key)
      else this.#statements.put.run(key, value, revision)
    }
    this.#statements.setLastRevision.run(revision)
    this.#lastRevision = revision
    return revision
  }

  #revisionOf(key: Uint8Array): number {
    const row = this.#statements.revision.get(key)
    return row === undefined ? 0 : numberOf(row['revision'])
  }

  #read<Result>(read: () => Result): Result {
    this.#assertOpen()
    try {
      return read()
    } catch (error) {
      throw toStateStoreError(error)
    }
  }

  async #write<Result>(write: () => Result): Promise<Result> {
    this.#assertOpen()
    return this.#queue.enqueue(write)
  }

  #assertOpen(): void {
    if (this.#closed) throw new StateStoreError('the state store is closed')
  }
}

function prepareStatements(db: DatabaseSync) {
  const prepare = (sql: string): StatementSync => db.prepare(sql)
  return {
    get: prepare('SELECT key, value, revision FROM records WHERE key = ?'),
    list: prepare(
      'SELECT key, value, revision FROM records WHERE key >= ? AND key < ? ORDER BY key LIMIT ?',
    ),
    revision: prepare('SELECT revision FROM records WHERE key = ?'),
    put: prepare(
      'INSERT INTO records (key, value, revision) VALUES (?, ?, ?) ' +
        'ON CONFLICT (key) DO UPDATE SET value = excluded.value, revision = excluded.revision',
    ),
    remove: prepare('DELETE FROM records WHERE key = ?'),
    removeRecords: prepare('DELETE FROM records'),
    lastRevision: prepare('SELECT last FROM revisions'),
    setLastRevision: prepare('UPDATE revisions SET last = ?'),
    putBlob: prepare('INSERT INTO blobs (hash, bytes) VALUES (?, ?) ON CONFLICT (hash) DO NOTHING'),
    findBlob: prepare('SELECT bytes FROM blobs WHERE hash = ?'),
    blobHashes: prepare('SELECT hash FROM blobs'),
    removeBlob: prepare('DELETE FROM blobs WHERE hash = ?'),
    removeBlobs: prepare('DELETE FROM blobs'),
  } as const
}

function toRecord(row: Record<string, SQLOutputValue>): StoredRecord {
  const key = parseRecordKey(decodeKeyBytes(bytesOf(row['key'])))
  const value: JsonValue = JSON.parse(textOf(row['value']))
  return Object.freeze({ key, value: deepFreeze(value), revision: numberOf(row['revision']) })
}

function jsonText(value: JsonValue): string {
  // Not for what the type allows, but for what got past it: nothing that JSON cannot say is stored.
  const text: string | undefined = JSON.stringify(value)
  invariant(text !== undefined, 'a record has a JSON value')
  return text
}

function textOf(column: SQLOutputValue | undefined): string {
  invariant(typeof column === 'string', 'the column holds text')
  return column
}

function numberOf(column: SQLOutputValue | undefined): number {
  invariant(typeof column === 'number', 'the column holds a number')
  return column
}

function bytesOf(column: SQLOutputValue | undefined): Uint8Array {
  invariant(column instanceof Uint8Array, 'the column holds bytes')
  return column
}
