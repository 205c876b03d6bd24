import { control, head, type StageCacheMemory } from './stage-cache-memory.ts'
import type { CacheBlocks } from './cache-blocks.ts'

/**
 * Finds entries by the hash of their keys: open addressing, a slot after another, never more than two thirds
 * full because there are one and a half slots for each block. For who holds the lock.
 */
export class CacheIndex {
  readonly #slots: Int32Array
  readonly #blocks: CacheBlocks

  constructor({ tables }: StageCacheMemory, blocks: CacheBlocks) {
    const { words, blocksMax } = blocks
    this.#slots = new Int32Array(
      tables,
      4 * (control.count + 2 * blocksMax),
      words[control.indexSlots] ?? 0,
    )
    this.#blocks = blocks
  }

  /** The first block of the entry with this hash that `isIt` says is meant; 0: none. */
  find(hash: number, isIt: (block: number) => boolean): number {
    const count = this.#slots.length
    for (let slot = this.#home(hash); ; slot = slot + 1 === count ? 0 : slot + 1) {
      const block = this.#slots[slot] ?? 0
      if (block === 0) return 0
      if (this.#blocks.word(block, head.hash) === hash && isIt(block)) return block
    }
  }

  add(block: number): void {
    const count = this.#slots.length
    let slot = this.#home(this.#blocks.word(block, head.hash))
    while (this.#slots[slot] !== 0) slot = slot + 1 === count ? 0 : slot + 1
    this.#slots[slot] = block
  }

  /** The entries behind it move up, so that no slot ever stands for something that was there once. */
  remove(block: number): void {
    const slots = this.#slots
    const count = slots.length
    let hole = this.#home(this.#blocks.word(block, head.hash))
    while (slots[hole] !== block) hole = hole + 1 === count ? 0 : hole + 1
    let slot = hole
    for (;;) {
      slot = slot + 1 === count ? 0 : slot + 1
      const other = slots[slot] ?? 0
      if (other === 0) break
      const home = this.#home(this.#blocks.word(other, head.hash))
      // What has its home between the hole and itself would not be found in the hole.
      const isBetween = hole <= slot ? hole < home && home <= slot : hole < home || home <= slot
      if (isBetween) continue
      slots[hole] = other
      hole = slot
    }
    slots[hole] = 0
  }

  clear(): void {
    this.#slots.fill(0)
  }

  #home(hash: number): number {
    return (hash >>> 0) % this.#slots.length
  }
}
