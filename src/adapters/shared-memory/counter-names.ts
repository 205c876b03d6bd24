import { createHash } from 'node:crypto'

/** A key as the tables know it: 128 bits of a hash that only this process can make. */
export interface CounterName {
  /** Not 0. */
  readonly high: number
  readonly low: number
  /** Where it was found last; -1: not yet. */
  slot: number
}

/** Where a table looks for a name first: 32 bits. */
export function placeOf(low: number): number {
  return (low % 2 ** 32) | 0
}

/** Names that a thread remembers; more are made again when they are asked for. */
const namesMax = 100_000

/**
 * The names of keys. A key that was asked for before costs one look-up.
 *
 * Two keys of one name would be one counter: with 104 bits compared that does not happen.
 */
export class CounterNames {
  readonly #seed: Uint8Array
  #names = new Map<string, CounterName>()

  constructor(seed: Uint8Array) {
    this.#seed = seed
  }

  of(key: string): CounterName {
    const known = this.#names.get(key)
    if (known !== undefined) return known
    const hash = createHash('sha256').update(this.#seed).update(key).digest()
    const name: CounterName = {
      high: 1 + hash.readUIntBE(0, 6) * 16 + (hash.readUInt8(6) & 15),
      low: hash.readUIntBE(8, 6) * 16 + (hash.readUInt8(14) & 15),
      slot: -1,
    }
    if (this.#names.size >= namesMax) this.#names = new Map()
    this.#names.set(key, name)
    return name
  }
}
