import type { CacheReading } from '../../ports/stage-caches.ts'
import type { FoundEntry, StageCacheTable, TableReading } from './stage-cache-table.ts'

/** The longest contents that are remembered, in bytes. */
const contentBytesMax = 16 * 1024
/** What a thread remembers of all of its caches, in bytes. */
const rememberedBytesMax = 2 * 1024 ** 2
/** What an entry takes besides its texts and bytes, in bytes: generous. */
const overheadBytes = 1024
/** How many copies there may be of contents: here, and what is made of them. */
const copies = 3

/** How long an entry may be used before the table is told so: milliseconds, times. */
const untoldMsMax = 100
const untoldUsesMax = 64

type Hit = Extract<CacheReading, { readonly outcome: 'hit' }>
type TableHit = Extract<TableReading, { readonly outcome: 'hit' }>

/** An entry as this thread has read it. */
interface Remembered {
  readonly found: FoundEntry
  readonly reading: Hit
  /** By the clock of the table. */
  readonly toldMs: number
  untoldUses: number
}

/**
 * Entries of one cache that this thread has read, so that reading one again needs neither the lock nor a copy.
 * What is remembered is served only while the table still has that very entry.
 *
 * The table hears that an entry is in use every tenth of a second or 64 times: that is how exactly it knows which
 * one was used least recently.
 *
 * Chosen: docs/decisions/0040-stage-caches.md
 */
export class EntryMemo {
  readonly #table: StageCacheTable
  readonly #room: MemoRoom
  readonly #entries = new Map<string, Remembered>()

  constructor(table: StageCacheTable, room: MemoRoom) {
    this.#table = table
    this.#room = room
  }

  /** Undefined: ask the table. */
  find(key: string, nowMs: number): Hit | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    if (!this.#table.isThere(entry.found, nowMs)) {
      this.#entries.delete(key)
      return undefined
    }
    entry.untoldUses += 1
    const isTold = entry.untoldUses < untoldUsesMax && nowMs - entry.toldMs < untoldMsMax
    return isTold ? entry.reading : undefined
  }

  /** What was just read, by the reading that is given from now on. */
  keep(key: string, { bytes, generation, found, order }: TableHit, nowMs: number): Hit {
    const { length } = bytes
    if (length > contentBytesMax) return { outcome: 'hit', bytes, generation, order }
    const before = this.#entries.get(key)
    if (before !== undefined && isSame(before.found, found)) {
      this.#entries.set(key, { ...before, toldMs: nowMs, untoldUses: 0 })
      return before.reading
    }
    this.#room.take(this, copies * length + 2 * key.length + overheadBytes)
    // What was read may be a small part of memory that is given out in larger pieces.
    const own = new Uint8Array(bytes)
    const reading: Hit = { outcome: 'hit', bytes: own, generation, isLasting: true, order }
    this.#entries.set(key, { found, reading, toldMs: nowMs, untoldUses: 0 })
    return reading
  }

  clear(): void {
    this.#entries.clear()
  }

  /** Of a cache that the thread has no more. */
  close(): void {
    this.clear()
    this.#room.leave(this)
  }
}

function isSame(one: FoundEntry, other: FoundEntry): boolean {
  const { block, version, generation } = other
  return one.block === block && one.version === version && one.generation === generation
}

/** The room that the memos of a thread share. Full, it is emptied: what is in use comes back by itself. */
export class MemoRoom {
  readonly #users = new Set<EntryMemo>()
  #takenBytes = 0

  take(memo: EntryMemo, bytes: number): void {
    if (this.#takenBytes + bytes > rememberedBytesMax) {
      for (const user of this.#users) user.clear()
      this.#users.clear()
      this.#takenBytes = 0
    }
    this.#users.add(memo)
    this.#takenBytes += bytes
  }

  /** What it took counts until the room is emptied. */
  leave(memo: EntryMemo): void {
    this.#users.delete(memo)
  }
}
