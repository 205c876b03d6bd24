import { ServiceError } from '../aws/service-error.ts'
import type { JsonValue } from '../base/json.ts'
import { recordKeyRange, recordKeyText } from '../ports/record-key.ts'
import { pageRecordsMax, StateStoreError } from '../ports/state-store.ts'
import type { Commit, RecordKey, StateStore } from '../ports/state-store.ts'

declare const recordValue: unique symbol

/**
 * A key (or a prefix) that says which record is under it. Any `RecordKey` is one: the type is then the
 * word of the caller, `tx.get<StageRecord>(key)`. It holds because a key names one kind of record (see
 * `records.ts`) and nothing but handlers writes records.
 */
export type TypedKey<Value> = RecordKey & { readonly [recordValue]?: Value }

/** What a transaction may do. Reads see what the same transaction wrote before. */
export interface Transaction {
  /**
   * The value, undefined when there is no such record. What was read, or was not there, must still be
   * so when the transaction commits.
   */
  get<Value extends object>(key: TypedKey<Value>): Promise<Value | undefined>
  /**
   * All records whose key begins with `prefix`, in key order.
   *
   * A listing is not remembered: a record that appears, changes or goes in its range before the commit
   * is no conflict, unless this transaction writes that record itself. Where a decision hangs on the
   * whole list (a name taken, a quota), read a record with `get` that every such change also writes.
   */
  list<Value extends object>(prefix: TypedKey<Value>): Promise<readonly ListedRecord<Value>[]>
  put<Value extends object>(key: TypedKey<Value>, value: NoInfer<Value>): void
  /** Removes the record, if it is there. */
  remove(key: RecordKey): void
}

export interface ListedRecord<Value> {
  readonly key: RecordKey
  readonly value: Value
}

/** A stored record with the type of its value. */
export interface TypedRecord<Value> extends ListedRecord<Value> {
  readonly revision: number
}

export interface TransactionOutcome<Result> {
  readonly result: Result
  /** The revision of every record that the transaction wrote; 0 when it wrote none. */
  readonly revision: number
}

/** How often a transaction that met a conflict is run in all. */
export const transactionAttemptsMax = 100

/** The most records that one listing reads. */
const listedRecordsMax = 100_000

/**
 * Runs `run` so that its reads and writes happen as one step, and returns its result.
 *
 * `run` is run again from the start when another write came between, so it does nothing but compute,
 * read and write through its transaction. An error that it throws ends the transaction without a
 * write; if what it had read no longer held, it is run again instead.
 *
 * @throws {ServiceError} ConflictException after `transactionAttemptsMax` conflicts.
 * Observed: the message is AWS's for a change that met another one.
 */
export async function transact<Result>(
  store: StateStore,
  run: (tx: Transaction) => Promise<Result>,
): Promise<Result> {
  return (await transactWithRevision(store, run)).result
}

/**
 * `transact` for a caller that also tells the data plane: `revision` is above every one that the
 * written (or removed) records had before.
 *
 * @throws {ServiceError} as `transact` does.
 */
export async function transactWithRevision<Result>(
  store: StateStore,
  run: (tx: Transaction) => Promise<Result>,
): Promise<TransactionOutcome<Result>> {
  for (let attempt = 1; attempt <= transactionAttemptsMax; attempt += 1) {
    const done = await attemptTransaction(store, run)
    if (done !== undefined) return done
  }
  throw new ServiceError(
    'ConflictException',
    409,
    'Unable to complete operation due to concurrent modification. Please try again later.',
  )
}

/** Undefined: a conflict. */
async function attemptTransaction<Result>(
  store: StateStore,
  run: (tx: Transaction) => Promise<Result>,
): Promise<TransactionOutcome<Result> | undefined> {
  const tx = new RecordedTransaction(store)
  let result: Result
  try {
    result = await run(tx)
  } catch (error) {
    if (tx.isConsistentByItself() || (await tx.stillHolds())) throw error
    return undefined
  }
  const commit = tx.toCommit()
  if (commit.writes.length === 0 && tx.isConsistentByItself()) return { result, revision: 0 }
  const outcome = await store.commit(commit)
  return outcome.outcome === 'committed' ? { result, revision: outcome.revision } : undefined
}

/**
 * Every record whose key begins with `prefix`, in key order, read page by page.
 *
 * Records written meanwhile may or may not be among them; none comes twice.
 *
 * @throws {StateStoreError} after `listedRecordsMax` records.
 */
export async function listAll<Value extends object>(
  store: StateStore,
  prefix: TypedKey<Value>,
): Promise<readonly TypedRecord<Value>[]> {
  const listed: TypedRecord<Value>[] = []
  let after: RecordKey | undefined
  do {
    const page = await store.list({ prefix, after, limit: pageRecordsMax })
    for (const { key, value, revision } of page.records) {
      listed.push({ key, value: asStored(prefix, value), revision })
    }
    if (listed.length > listedRecordsMax) {
      throw new StateStoreError(`more than ${listedRecordsMax} records in one listing`)
    }
    after = page.next
  } while (after !== undefined)
  return listed
}

interface PendingWrite {
  readonly key: RecordKey
  /** Undefined: the record is removed. */
  readonly value: JsonValue | undefined
}

interface KnownRecord {
  readonly key: RecordKey
  /** 0: there is none. */
  readonly revision: number
  readonly value: JsonValue | undefined
}

class RecordedTransaction implements Transaction {
  readonly #store: StateStore
  readonly #read = new Map<string, KnownRecord>()
  /** Revisions of records that a listing saw; they count only for records that are then written. */
  readonly #listed = new Map<string, number>()
  readonly #writes = new Map<string, PendingWrite>()
  #listingsCount = 0

  constructor(store: StateStore) {
    this.#store = store
  }

  async get<Value extends object>(key: TypedKey<Value>): Promise<Value | undefined> {
    const text = recordKeyText(key)
    const written = this.#writes.get(text)
    if (written !== undefined) return asStored(key, written.value)
    const known = this.#read.get(text)
    if (known !== undefined) return asStored(key, known.value)
    const record = await this.#store.get(key)
    this.#read.set(text, { key, revision: record?.revision ?? 0, value: record?.value })
    return asStored(key, record?.value)
  }

  async list<Value extends object>(
    prefix: TypedKey<Value>,
  ): Promise<readonly ListedRecord<Value>[]> {
    this.#listingsCount += 1
    const found = new Map<string, ListedRecord<Value>>()
    for (const { key, value, revision } of await listAll<Value>(this.#store, prefix)) {
      const text = recordKeyText(key)
      this.#listed.set(text, revision)
      found.set(text, { key, value })
    }
    return this.#overlay(found, prefix)
  }

  put<Value extends object>(key: TypedKey<Value>, value: NoInfer<Value>): void {
    // Records are interfaces of JSON members, which TypeScript does not count as index signatures.
    this.#writes.set(recordKeyText(key), { key, value: value as unknown as JsonValue })
  }

  remove(key: RecordKey): void {
    this.#writes.set(recordKeyText(key), { key, value: undefined })
  }

  toCommit(): Commit {
    const expected = [...this.#read.values()].map(({ key, revision }) => ({ key, revision }))
    for (const [text, { key }] of this.#writes) {
      const revision = this.#listed.get(text)
      if (revision !== undefined && !this.#read.has(text)) expected.push({ key, revision })
    }
    const writes = [...this.#writes.values()].map(({ key, value }) =>
      value === undefined ? ({ key, remove: true } as const) : { key, value },
    )
    return { expected, writes }
  }

  /** True when one read at most was made: nothing can have come between. */
  isConsistentByItself(): boolean {
    return this.#read.size + this.#listingsCount < 2
  }

  async stillHolds(): Promise<boolean> {
    const { expected } = this.toCommit()
    return (await this.#store.commit({ expected, writes: [] })).outcome === 'committed'
  }

  #overlay<Value>(
    found: Map<string, ListedRecord<Value>>,
    prefix: TypedKey<Value>,
  ): readonly ListedRecord<Value>[] {
    const { from, below } = recordKeyRange(prefix)
    let isMixed = false
    for (const [text, { key, value }] of this.#writes) {
      if (text < from || (below !== undefined && text >= below)) continue
      isMixed = true
      if (value === undefined) found.delete(text)
      else found.set(text, { key, value: asStored(prefix, value) })
    }
    if (!isMixed) return [...found.values()]
    return [...found].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, record]) => record)
  }
}

/** The one place where stored JSON gets its type back; `TypedKey` says why that holds. */
function asStored<Value>(key: TypedKey<Value>, value: JsonValue): Value
function asStored<Value>(key: TypedKey<Value>, value: JsonValue | undefined): Value | undefined
function asStored(_key: RecordKey, value: JsonValue | undefined): unknown {
  return value
}
