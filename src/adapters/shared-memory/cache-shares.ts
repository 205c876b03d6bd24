import {
  cacheBytesMin,
  claimKib,
  claimUpTo,
  control,
  createCacheBudget,
  createStageCacheMemory,
  type StageCacheMemory,
} from './stage-cache-memory.ts'

/** What part of its even share each cache has for itself; the rest is whoever's comes first. */
const ownPart = 1 / 2
/** The most that a cache may become, in even shares: what finds its entries takes memory from the begin. */
const sharesMax = 4

/** A cache that has memory. */
interface Sharer {
  readonly bytesMax: number
  readonly memory: StageCacheMemory
}

/**
 * Who may have how much of the memory that all caches of a process have together.
 *
 * An even share is what there is, divided by the number of caches. Half of it, or all of the cache's size where
 * that is less, is reserved for each; the rest is taken as caches fill. For the thread alone that makes and
 * unmakes caches.
 */
export class CacheShares {
  readonly #bytesMax: number
  readonly #budget: SharedArrayBuffer
  readonly #left: Int32Array

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
    this.#budget = createCacheBudget(bytesMax)
    this.#left = new Int32Array(this.#budget)
  }

  /** Memory for one of so many caches; undefined: there is too little, or it is too small for any entry. */
  claim(bytesMax: number, count: number): StageCacheMemory | undefined {
    const share = this.#bytesMax / count
    const mostBytes = Math.min(bytesMax, this.#bytesMax, sharesMax * share)
    const ownKib = this.#ownKib(bytesMax, count)
    if (!this.isEnough(bytesMax, count) || !claimKib(this.#left, ownKib)) return undefined
    const memory = createStageCacheMemory(mostBytes, this.#budget)
    const words = new Int32Array(memory.tables)
    words[control.claimedKib] = ownKib
    words[control.reservedKib] = ownKib - Math.ceil(memory.tables.byteLength / 1024)
    return memory
  }

  /** True when a cache of this size, one of so many, can be had if the others keep to what is their own. */
  isEnough(bytesMax: number, count: number): boolean {
    return this.#ownKib(bytesMax, count) * 1024 >= cacheBytesMin
  }

  /** What was reserved for caches beyond their own as one of so many, and is not used, is there for others. */
  giveBack(sharers: Iterable<Sharer>, count: number): void {
    for (const { bytesMax, memory } of sharers) {
      const words = new Int32Array(memory.tables)
      const excessKib = claimedKib(words) - this.#ownKib(bytesMax, count)
      const kib = claimUpTo(words, control.reservedKib, excessKib)
      Atomics.sub(words, control.claimedKib, kib)
      Atomics.add(this.#left, 0, kib)
    }
  }

  /** The cache that has most of those that have more than their own as one of so many; undefined: none has. */
  largest<Cluster extends Sharer>(sharers: Iterable<Cluster>, count: number): Cluster | undefined {
    let largest: Cluster | undefined
    let mostKib = 0
    for (const sharer of sharers) {
      const kib = claimedKib(new Int32Array(sharer.memory.tables))
      if (kib <= this.#ownKib(sharer.bytesMax, count) || kib <= mostKib) continue
      largest = sharer
      mostKib = kib
    }
    return largest
  }

  /** Reserves for each what is its own now, as far as there is memory. */
  reserve(sharers: readonly Sharer[]): void {
    for (const { bytesMax, memory } of sharers) {
      const words = new Int32Array(memory.tables)
      const mostBytes = Math.min(bytesMax, memory.tables.byteLength + memory.arena.maxByteLength)
      const lackingKib = this.#ownKib(mostBytes, sharers.length) - claimedKib(words)
      const kib = claimUpTo(this.#left, 0, lackingKib)
      Atomics.add(words, control.claimedKib, kib)
      Atomics.add(words, control.reservedKib, kib)
    }
  }

  #ownKib(bytesMax: number, count: number): number {
    return Math.floor(Math.min(bytesMax, (ownPart * this.#bytesMax) / count) / 1024)
  }
}

function claimedKib(words: Int32Array): number {
  return Atomics.load(words, control.claimedKib)
}
