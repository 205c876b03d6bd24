import type { CacheOrder } from '../../ports/stage-caches.ts'
import { CacheBlocks } from './cache-blocks.ts'
import { CacheIndex } from './cache-index.ts'
import { keyHash } from './key-hash.ts'
import { StageCacheLock } from './stage-cache-lock.ts'
import {
  blockBytes,
  claimKib,
  control,
  head,
  headBytes,
  heldBytes,
  type StageCacheMemory,
} from './stage-cache-memory.ts'

/** What is asked of a table; `busy`: another thread holds it. */
export type TableReading =
  | {
      readonly outcome: 'hit'
      readonly bytes: Uint8Array
      readonly generation: number
      readonly found: FoundEntry
      readonly order: CacheOrder
    }
  | { readonly outcome: 'miss'; readonly generation: number; readonly order: CacheOrder }
  | { readonly outcome: 'busy' }

/** What is to be kept. */
export interface TableEntry {
  readonly bytes: Uint8Array
  readonly expiresMs: number
  readonly generation: number
  readonly order: number
}

/** How full a cache is. */
export interface TableFigures {
  readonly entriesCount: number
  /** Bytes of memory, used or not. */
  readonly heldBytes: number
  /** Entries that left before their time. */
  readonly evictionsCount: number
}

/** An entry as it was when it was found. */
export interface FoundEntry {
  /** 0: there is none. */
  readonly block: number
  readonly version: number
  readonly valueBytes: number
  readonly generation: number
  /** By the clock of the table. */
  readonly expiresMs: number
}

const noEntry = Object.freeze({ block: 0, version: 0, valueBytes: 0, expiresMs: 0 })

/** Readings of one entry that another thread takes away meanwhile; then it counts as not there. */
const attempts = 2

/**
 * The cache of a stage as one thread sees it: an index, blocks, and a list by last use, in memory that threads
 * share.
 *
 * Whatever changes is changed under one lock, shortly: what is read is copied outside of it and looked at
 * again, because entries never change, they only leave. A thread that ends while it holds the lock leaves a
 * cache that is emptied (`recover`), not served. A flush is one word: what was kept under the generation before
 * counts as gone and is the first to leave.
 */
export class StageCacheTable {
  readonly #memory: StageCacheMemory
  readonly #words: Int32Array
  readonly #blocks: CacheBlocks
  readonly #index: CacheIndex
  readonly #lock: StageCacheLock
  readonly #nowMs: () => number
  readonly #seed0: number
  readonly #seed1: number
  readonly #order: CacheOrder = () => Atomics.add(this.#words, control.orders, 1)

  /** `token`: of this thread, greater than 0, of no other thread of the process ever. */
  constructor(
    memory: StageCacheMemory,
    { token, nowMs }: { readonly token: number; readonly nowMs: () => number },
  ) {
    this.#memory = memory
    this.#blocks = new CacheBlocks(memory)
    this.#words = this.#blocks.words
    this.#index = new CacheIndex(memory, this.#blocks)
    this.#lock = new StageCacheLock(this.#words, token)
    this.#nowMs = nowMs
    this.#seed0 = this.#words[control.seed0] ?? 0
    this.#seed1 = this.#words[control.seed1] ?? 0
  }

  read(key: Uint8Array): TableReading {
    const hash = this.#hashOf(key)
    const order = this.#order
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const found = this.#locked(() => this.#findAndTouch(key, hash))
      if (found === undefined) return { outcome: 'busy' }
      if (found.block === 0) return { outcome: 'miss', generation: found.generation, order }
      const { block, version, generation, valueBytes } = found
      const bytes = this.#blocks.read(block, headBytes + key.length, valueBytes)
      const isCurrent = Atomics.load(this.#words, control.generation) === generation
      if (this.#blocks.isStill(block, version) && isCurrent) {
        return { outcome: 'hit', bytes, generation, found, order }
      }
    }
    return { outcome: 'miss', generation: Atomics.load(this.#words, control.generation), order }
  }

  /**
   * True while `read` would find this very entry. It takes no lock, and the entry counts as used only when it is
   * read.
   */
  isThere({ block, version, generation, expiresMs }: FoundEntry, nowMs: number): boolean {
    return (
      expiresMs > nowMs &&
      Atomics.load(this.#words, control.generation) === generation &&
      Atomics.load(this.#words, control.isClosed) === 0 &&
      this.#blocks.versionOf(block) === version
    )
  }

  /** False: there is no room, or another thread holds the table. */
  write(key: Uint8Array, entry: TableEntry): boolean {
    const hash = this.#hashOf(key)
    const count = Math.ceil((headBytes + key.length + entry.bytes.length) / blockBytes)
    if (count > this.#blocks.blocksMax) return false
    return (
      this.#locked(() => {
        if (entry.generation !== Atomics.load(this.#words, control.generation)) return true
        const before = this.#find(key, hash)
        if (before !== 0 && this.#isOlder(entry, before)) return true
        if (before !== 0) this.#remove(before)
        if (!this.#makeRoom(count)) return false
        this.#put(this.#blocks.take(count), { key, hash, entry })
        return true
      }) ?? false
    )
  }

  /** Everything that was kept is gone when it returns. */
  flush(): void {
    Atomics.add(this.#words, control.generation, 1)
  }

  /**
   * Nothing is kept or found from now on. False: not yet, another thread holds it; what it took of the budget
   * is given back when true.
   */
  close(): boolean {
    Atomics.store(this.#words, control.isClosed, 1)
    if (!this.#lock.acquire()) return false
    const kib = this.#words[control.claimedKib] ?? 0
    this.#words[control.claimedKib] = 0
    claimKib(new Int32Array(this.#memory.budget), -kib)
    this.#lock.release()
    return true
  }

  /** Empties what a thread left behind that has ended; does nothing when it left nothing. */
  recover(token: number): void {
    if (!this.#lock.isHeldBy(token)) return
    this.#empty()
    this.#lock.release()
  }

  figures(): TableFigures {
    return {
      entriesCount: this.#words[control.entries] ?? 0,
      heldBytes: heldBytes(this.#memory),
      evictionsCount: this.#words[control.evictions] ?? 0,
    }
  }

  #hashOf(key: Uint8Array): number {
    return keyHash(key, { length: key.length, seed0: this.#seed0, seed1: this.#seed1 })
  }

  /** Undefined: the lock is another's, or the cache is closed. */
  #locked<T>(change: () => T): T | undefined {
    if (!this.#lock.acquire()) return undefined
    try {
      if (Atomics.load(this.#words, control.isClosed) === 1) return undefined
      this.#blocks.look()
      return change()
    } catch (error) {
      // It may be half-written now.
      this.#empty()
      throw error
    } finally {
      this.#lock.release()
    }
  }

  #empty(): void {
    this.flush()
    this.#blocks.reset()
    this.#index.clear()
    for (const at of [control.newest, control.oldest, control.entries]) this.#words[at] = 0
  }

  #findAndTouch(key: Uint8Array, hash: number): FoundEntry {
    const generation = Atomics.load(this.#words, control.generation)
    const block = this.#find(key, hash)
    if (block === 0) return { ...noEntry, generation }
    if (this.#isGone(block, generation)) {
      this.#remove(block)
      return { ...noEntry, generation }
    }
    if (this.#words[control.newest] !== block) {
      this.#unlink(block)
      this.#linkNewest(block)
    }
    const valueBytes = this.#blocks.word(block, head.valueBytes)
    const expiresMs = this.#blocks.time(block, head.expiresMs)
    return { block, version: this.#blocks.versionOf(block), valueBytes, generation, expiresMs }
  }

  #find(key: Uint8Array, hash: number): number {
    const blocks = this.#blocks
    return this.#index.find(
      hash,
      (block) =>
        blocks.word(block, head.keyBytes) === key.length && blocks.hasBytes(block, headBytes, key),
    )
  }

  #isGone(block: number, generation: number): boolean {
    return (
      this.#blocks.word(block, head.generation) !== generation ||
      this.#blocks.time(block, head.expiresMs) <= this.#nowMs()
    )
  }

  /** True when the answer was asked for before the one that is kept. */
  #isOlder({ generation, order }: TableEntry, kept: number): boolean {
    const blocks = this.#blocks
    if (blocks.word(kept, head.generation) !== generation) return false
    // Orders begin anew: of two, the one that is less than half of all before the other is the older one.
    return ((order - blocks.word(kept, head.order)) | 0) < 0
  }

  /** What is gone leaves first, then the memory grows, then what is least recently used leaves. */
  #makeRoom(count: number): boolean {
    const words = this.#words
    const generation = Atomics.load(words, control.generation)
    while (this.#blocks.freeCount() < count) {
      const oldest = words[control.oldest] ?? 0
      if (oldest !== 0 && this.#isGone(oldest, generation)) this.#remove(oldest)
      else if (!this.#blocks.grow()) {
        // What would not be room enough is not emptied for it.
        if (oldest === 0 || (words[control.grownBlocks] ?? 0) < count) return false
        this.#remove(oldest)
        words[control.evictions] = (words[control.evictions] ?? 0) + 1
      }
    }
    return true
  }

  #put(
    block: number,
    given: { readonly key: Uint8Array; readonly hash: number; readonly entry: TableEntry },
  ): void {
    const { key, hash, entry } = given
    const blocks = this.#blocks
    blocks.setWord(block, head.hash, hash)
    blocks.setWord(block, head.keyBytes, key.length)
    blocks.setWord(block, head.valueBytes, entry.bytes.length)
    blocks.setWord(block, head.generation, entry.generation)
    blocks.setWord(block, head.order, entry.order)
    blocks.setTime(block, head.expiresMs, entry.expiresMs)
    blocks.write(block, headBytes, key)
    blocks.write(block, headBytes + key.length, entry.bytes)
    this.#index.add(block)
    this.#linkNewest(block)
    this.#words[control.entries] = (this.#words[control.entries] ?? 0) + 1
  }

  #remove(block: number): void {
    this.#index.remove(block)
    this.#unlink(block)
    this.#blocks.give(block)
    this.#words[control.entries] = (this.#words[control.entries] ?? 0) - 1
  }

  #linkNewest(block: number): void {
    const newest = this.#words[control.newest] ?? 0
    this.#blocks.setWord(block, head.newer, 0)
    this.#blocks.setWord(block, head.older, newest)
    if (newest === 0) this.#words[control.oldest] = block
    else this.#blocks.setWord(newest, head.newer, block)
    this.#words[control.newest] = block
  }

  #unlink(block: number): void {
    const newer = this.#blocks.word(block, head.newer)
    const older = this.#blocks.word(block, head.older)
    if (newer === 0) this.#words[control.newest] = older
    else this.#blocks.setWord(newer, head.older, older)
    if (older === 0) this.#words[control.oldest] = newer
    else this.#blocks.setWord(older, head.newer, newer)
  }
}
