import { randomFillSync } from 'node:crypto'

/**
 * Where what is in the memory of a stage's cache.
 *
 * The arena is cut into blocks. An entry is a chain of them: a head, its key, its value. It grows while the
 * cache fills. Beside it, of fixed size: the control words, for each block the one that follows it and how
 * often it was given up, and an index of entries by the hash of their keys.
 */
export interface StageCacheMemory {
  /** Control words, chains, versions and index. */
  readonly tables: SharedArrayBuffer
  /** Growable. */
  readonly arena: SharedArrayBuffer
  /** Bytes that all caches of the process may still take, in KiB; one for all of them. */
  readonly budget: SharedArrayBuffer
}

/** Bytes of a block. */
export const blockBytes = 512

/** Positions in the control words. A block is named by its number plus one; 0: none. */
export const control = Object.freeze({
  lock: 0,
  waiting: 1,
  isClosed: 2,
  generation: 3,
  /** Blocks that were ever given out; those above were not. */
  topBlocks: 4,
  firstFree: 5,
  freeBlocks: 6,
  newest: 7,
  oldest: 8,
  entries: 9,
  /** Blocks that the arena has now. */
  grownBlocks: 10,
  evictions: 11,
  blocksMax: 12,
  indexSlots: 13,
  /** KiB taken from the budget, used or not. */
  claimedKib: 14,
  seed0: 15,
  seed1: 16,
  /** Those of them that the cache does not use yet, and no other one may. */
  reservedKib: 17,
  /** How many answers were about to be asked for. It begins anew after 2^32. */
  orders: 18,
  count: 19,
})

/** Positions in the head of an entry, in words of 4 bytes from the begin of its first block. */
export const head = Object.freeze({
  hash: 0,
  keyBytes: 1,
  valueBytes: 2,
  generation: 3,
  /** A number of 8 bytes: milliseconds of the stage clock. */
  expiresMs: 4,
  newer: 6,
  older: 7,
  order: 8,
})

/** Bytes of the head of an entry. */
export const headBytes = 40

/** The least that a cache may be: some blocks and their index. */
export const cacheBytesMin = 16 * 1024

/** Chains, versions, and one and a half slots of the index for each block. */
const tableBytesPerBlock = 4 + 4 + 6

/** Memory for a cache that takes at most `bytesMax` in all. Next to nothing of it is taken at first. */
export function createStageCacheMemory(
  bytesMax: number,
  budget: SharedArrayBuffer,
): StageCacheMemory {
  const controlBytes = 4 * control.count
  const blocksMax = Math.floor((bytesMax - controlBytes - 8) / (blockBytes + tableBytesPerBlock))
  const indexSlots = Math.floor(blocksMax * 1.5) + 1
  const tables = new SharedArrayBuffer(controlBytes + 4 * (2 * blocksMax + indexSlots))
  const words = new Int32Array(tables)
  words[control.blocksMax] = blocksMax
  words[control.indexSlots] = indexSlots
  randomFillSync(words, control.seed0, 2)
  // What was asked of a cache before is not kept in the one that takes its place.
  randomFillSync(words, control.generation, 1)
  const arena = new SharedArrayBuffer(0, { maxByteLength: blocksMax * blockBytes })
  return { tables, arena, budget }
}

/** Bytes that a cache holds now, used or not. */
export function heldBytes({ tables, arena }: StageCacheMemory): number {
  return tables.byteLength + arena.byteLength
}

/** A budget of so many bytes for all caches of a process. */
export function createCacheBudget(bytes: number): SharedArrayBuffer {
  const budget = new SharedArrayBuffer(4)
  new Int32Array(budget)[0] = Math.min(Math.floor(bytes / 1024), 2 ** 31 - 1)
  return budget
}

/** Takes so many, or as many as there are, from a word that counts KiB; how many it took. */
export function claimUpTo(words: Int32Array, at: number, kib: number): number {
  for (;;) {
    const left = Atomics.load(words, at)
    const taken = Math.min(left, kib)
    if (taken <= 0) return 0
    if (Atomics.compareExchange(words, at, left, left - taken) === left) return taken
  }
}

/** Takes from the budget; false, and nothing taken, when there is not so much. */
export function claimKib(budget: Int32Array, kib: number): boolean {
  if (Atomics.sub(budget, 0, kib) >= kib) return true
  Atomics.add(budget, 0, kib)
  return false
}
