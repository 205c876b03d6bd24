import { invariant } from '../../base/invariant.ts'
import { blockBytes, claimUpTo, control, type StageCacheMemory } from './stage-cache-memory.ts'

/** The arena grows by so many blocks at a time, or by what there is: 1 MiB. */
const growthBlocks = 2048

const blockWords = blockBytes / 4
const blockKib = blockBytes / 1024

/**
 * The blocks of a cache: which are free, which follow one another, and what is in them. All but `bytesAt` and
 * `versionOf` is for who holds the lock. A block is named by its number plus one; 0: none.
 */
export class CacheBlocks {
  readonly words: Int32Array
  readonly #next: Int32Array
  readonly #versions: Int32Array
  readonly #arena: SharedArrayBuffer
  readonly #budget: Int32Array
  readonly #blocksMax: number
  #viewedBlocks = 0
  #bytes: Buffer = Buffer.alloc(0)
  #heads: Int32Array = new Int32Array(0)
  #times: Float64Array = new Float64Array(0)

  constructor({ tables, arena, budget }: StageCacheMemory) {
    this.words = new Int32Array(tables, 0, control.count)
    this.#blocksMax = this.words[control.blocksMax] ?? 0
    this.#next = new Int32Array(tables, 4 * control.count, this.#blocksMax)
    const versionsAt = 4 * (control.count + this.#blocksMax)
    this.#versions = new Int32Array(tables, versionsAt, this.#blocksMax)
    this.#arena = arena
    this.#budget = new Int32Array(budget)
  }

  get blocksMax(): number {
    return this.#blocksMax
  }

  /** A word of the head of an entry. */
  word(block: number, position: number): number {
    return this.#heads[(block - 1) * blockWords + position] ?? 0
  }

  setWord(block: number, position: number, value: number): void {
    this.#heads[(block - 1) * blockWords + position] = value
  }

  /** A time in the head of an entry; `position` counts words and is even. */
  time(block: number, position: number): number {
    return this.#times[((block - 1) * blockWords + position) / 2] ?? 0
  }

  setTime(block: number, position: number, value: number): void {
    this.#times[((block - 1) * blockWords + position) / 2] = value
  }

  /** Sees what other threads have grown. */
  look(): void {
    const grown = this.words[control.grownBlocks] ?? 0
    if (grown === this.#viewedBlocks) return
    // Views of a fixed length: those that follow a growing memory are slow.
    this.#bytes = Buffer.from(this.#arena, 0, grown * blockBytes)
    this.#heads = new Int32Array(this.#arena, 0, grown * blockWords)
    this.#times = new Float64Array(this.#arena, 0, (grown * blockWords) / 2)
    this.#viewedBlocks = grown
  }

  freeCount(): number {
    const { words } = this
    const untouched = (words[control.grownBlocks] ?? 0) - (words[control.topBlocks] ?? 0)
    return untouched + (words[control.freeBlocks] ?? 0)
  }

  /** False: it is as large as it may be, or there is no memory. What is reserved for it is taken first. */
  grow(): boolean {
    const { words } = this
    const grown = words[control.grownBlocks] ?? 0
    // Nothing is claimed in halves of a KiB.
    const blocks = Math.min(growthBlocks, this.#blocksMax - grown) & ~1
    const wantedKib = blocks * blockKib
    const reservedKib = claimUpTo(words, control.reservedKib, wantedKib)
    const sharedKib = claimUpTo(this.#budget, 0, wantedKib - reservedKib)
    Atomics.add(words, control.claimedKib, sharedKib)
    const step = (reservedKib + sharedKib) / blockKib
    if (step <= 0) return false
    const bytes = (grown + step) * blockBytes
    try {
      // A thread that ended in the middle of this may have left it larger.
      if (this.#arena.byteLength < bytes) this.#arena.grow(bytes)
    } catch {
      Atomics.add(words, control.reservedKib, reservedKib)
      Atomics.sub(words, control.claimedKib, sharedKib)
      Atomics.add(this.#budget, 0, sharedKib)
      return false
    }
    words[control.grownBlocks] = grown + step
    this.look()
    return true
  }

  /** A chain of so many blocks, of which there are enough. Neighbours, where there are, because they copy fast. */
  take(count: number): number {
    let first = 0
    for (let i = 0; i < count; i += 1) {
      const block = this.#takeOne()
      this.#next[block - 1] = first
      first = block
    }
    return first
  }

  /** Gives a chain up: who reads it sees so by its version. */
  give(first: number): void {
    const { words } = this
    Atomics.add(this.#versions, first - 1, 1)
    let count = 0
    let last = first
    for (let block = first; block !== 0; block = this.#next[block - 1] ?? 0) {
      last = block
      count += 1
      invariant(count <= this.#blocksMax, 'a chain of blocks ends')
    }
    this.#next[last - 1] = words[control.firstFree] ?? 0
    words[control.firstFree] = first
    words[control.freeBlocks] = (words[control.freeBlocks] ?? 0) + count
  }

  /** Of the entry whose first block this is. */
  versionOf(first: number): number {
    return Atomics.load(this.#versions, first - 1)
  }

  /** True when the entry has not been given up since. What was read before is read before this. */
  isStill(first: number, version: number): boolean {
    return Atomics.compareExchange(this.#versions, first - 1, version, version) === version
  }

  /** Writes into a chain, from a position in its bytes on. */
  write(first: number, position: number, bytes: Uint8Array): void {
    let done = 0
    this.#eachRun(first, { position, length: bytes.length }, (at, length) => {
      this.#bytes.set(bytes.subarray(done, done + length), at)
      done += length
    })
  }

  /**
   * A copy of some bytes of a chain. Of one that is given up meanwhile it is any bytes, or fewer: see
   * `isStill`.
   */
  read(first: number, position: number, length: number): Uint8Array {
    // Several times as fast as `set` is from memory that threads share.
    const copy = Buffer.allocUnsafe(length)
    if (position + length <= blockBytes) {
      const at = (first - 1) * blockBytes + position
      this.#bytes.copy(copy, 0, at, at + length)
      return copy
    }
    let done = 0
    this.#eachRun(first, { position, length }, (at, runLength) => {
      done += this.#bytes.copy(copy, done, at, at + runLength)
    })
    return copy
  }

  /** True when a chain has these bytes at a position. */
  hasBytes(first: number, position: number, bytes: Uint8Array): boolean {
    const { length } = bytes
    if (position + length <= blockBytes) {
      const begin = (first - 1) * blockBytes + position
      const own = this.#bytes
      for (let i = 0; i < length; i += 1) if (own[begin + i] !== bytes[i]) return false
      return true
    }
    let done = 0
    let isEqual = true
    this.#eachRun(first, { position, length: bytes.length }, (at, length) => {
      for (let i = 0; isEqual && i < length; i += 1) {
        isEqual = this.#bytes[at + i] === bytes[done + i]
      }
      done += length
    })
    return isEqual && done === bytes.length
  }

  /** Everything is free, and nothing has to be cleared for it. */
  reset(): void {
    const { words } = this
    for (const at of [control.topBlocks, control.firstFree, control.freeBlocks]) words[at] = 0
  }

  #takeOne(): number {
    const { words } = this
    const free = words[control.firstFree] ?? 0
    if (free === 0) {
      const top = (words[control.topBlocks] ?? 0) + 1
      words[control.topBlocks] = top
      return top
    }
    words[control.firstFree] = this.#next[free - 1] ?? 0
    words[control.freeBlocks] = (words[control.freeBlocks] ?? 0) - 1
    return free
  }

  /** The pieces of the arena in which some bytes of a chain are, neighbours as one. */
  #eachRun(
    first: number,
    { position, length }: { readonly position: number; readonly length: number },
    use: (at: number, length: number) => void,
  ): void {
    let block = first
    let offset = position
    let left = length
    for (; offset >= blockBytes && block !== 0; offset -= blockBytes) {
      block = this.#next[block - 1] ?? 0
    }
    while (left > 0 && block !== 0) {
      const at = (block - 1) * blockBytes + offset
      let room = blockBytes - offset
      let last = block
      let next = this.#next[last - 1] ?? 0
      while (next === last + 1 && room < left) {
        room += blockBytes
        last = next
        next = this.#next[last - 1] ?? 0
      }
      const runLength = Math.min(room, left)
      if (at + runLength > this.#bytes.length) return
      use(at, runLength)
      left -= runLength
      offset = 0
      block = next
    }
  }
}
