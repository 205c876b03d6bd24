import { deepFreeze } from '../../base/freeze.ts'
import { invariant } from '../../base/invariant.ts'
import type { JsonValue } from '../../base/json.ts'
import { recordKeyRange, recordKeyText } from '../../ports/record-key.ts'
import { pageRecordsMax, StateStoreError } from '../../ports/state-store.ts'
import type {
  Commit,
  CommitOutcome,
  RecordKey,
  RecordPage,
  StateStore,
  StoredRecord,
} from '../../ports/state-store.ts'

/**
 * A state store in memory: for tests, and for a server that shall leave nothing behind.
 *
 * Durability: none. What is committed lives as long as the store object.
 * Cost: a new key costs a binary search and a move within an array of all keys.
 */
export class MemoryStateStore implements StateStore {
  readonly #records = new Map<string, StoredRecord>()
  /** Texts of all keys in order. */
  readonly #order: string[] = []
  readonly #blobs = new Map<string, Uint8Array>()
  #lastRevision = 0
  #closed = false

  async get(key: RecordKey): Promise<StoredRecord | undefined> {
    this.#assertOpen()
    return this.#records.get(recordKeyText(key))
  }

  async list(range: Parameters<StateStore['list']>[0]): Promise<RecordPage> {
    this.#assertOpen()
    invariant(range.limit >= 1, 'a page has room for at least one record')
    const limit = Math.min(range.limit, pageRecordsMax)
    const { from, below } = recordKeyRange(range.prefix)
    const records: StoredRecord[] = []
    for (let i = this.#startOf(from, range.after); i < this.#order.length; i += 1) {
      const text = this.#order[i] ?? ''
      if (below !== undefined && text >= below) break
      if (records.length === limit) return withNext(records)
      const record = this.#records.get(text)
      invariant(record, 'the order names a record that is there')
      records.push(record)
    }
    return { records }
  }

  async commit({ expected, writes }: Commit): Promise<CommitOutcome> {
    this.#assertOpen()
    for (const { key, revision } of expected) {
      const found = this.#records.get(recordKeyText(key))?.revision ?? 0
      if (found !== revision) return { outcome: 'conflict', key }
    }
    if (writes.length === 0) return { outcome: 'committed', revision: 0 }
    // Prepared before the first of them is made, so that a bad one leaves everything as it was.
    const revision = this.#lastRevision + 1
    const prepared = writes.map((write) => ({
      text: recordKeyText(write.key),
      record: 'remove' in write ? undefined : storedRecord(write.key, write.value, revision),
    }))
    this.#lastRevision = revision
    for (const { text, record } of prepared) this.#write(text, record)
    return { outcome: 'committed', revision }
  }

  async putBlob(hash: string, bytes: Uint8Array): Promise<void> {
    this.#assertOpen()
    if (!this.#blobs.has(hash)) this.#blobs.set(hash, bytes.slice())
  }

  async findBlob(hash: string): Promise<Uint8Array | undefined> {
    this.#assertOpen()
    return this.#blobs.get(hash)?.slice()
  }

  async sweepBlobs(isReferenced: (hash: string) => boolean): Promise<number> {
    this.#assertOpen()
    const unreferenced = [...this.#blobs.keys()].filter((hash) => !isReferenced(hash))
    for (const hash of unreferenced) this.#blobs.delete(hash)
    return unreferenced.length
  }

  async reset(): Promise<void> {
    this.#assertOpen()
    this.#records.clear()
    this.#order.length = 0
    this.#blobs.clear()
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#records.clear()
    this.#order.length = 0
    this.#blobs.clear()
  }

  #write(text: string, record: StoredRecord | undefined): void {
    const isNew = !this.#records.has(text)
    if (record !== undefined) {
      if (isNew) this.#order.splice(firstIndexAtLeast(this.#order, text), 0, text)
      this.#records.set(text, record)
    } else if (!isNew) {
      this.#order.splice(firstIndexAtLeast(this.#order, text), 1)
      this.#records.delete(text)
    }
  }

  #startOf(from: string, after: RecordKey | undefined): number {
    const start = firstIndexAtLeast(this.#order, from)
    if (after === undefined) return start
    const afterText = recordKeyText(after)
    const index = firstIndexAtLeast(this.#order, afterText)
    return Math.max(start, this.#order[index] === afterText ? index + 1 : index)
  }

  #assertOpen(): void {
    if (this.#closed) throw new StateStoreError('the state store is closed')
  }
}

function withNext(records: StoredRecord[]): RecordPage {
  const next = records.at(-1)?.key
  return next === undefined ? { records } : { records, next }
}

function storedRecord(key: RecordKey, value: JsonValue, revision: number): StoredRecord {
  const copy: JsonValue = JSON.parse(JSON.stringify(value))
  return deepFreeze({ key: [...key], value: copy, revision })
}

/** Index of the first text that is not below `text`: where it is, or would go. */
function firstIndexAtLeast(order: readonly string[], text: string): number {
  let low = 0
  let high = order.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((order[middle] ?? '') < text) low = middle + 1
    else high = middle
  }
  return low
}
