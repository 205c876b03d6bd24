import type { TokenBucket } from '../../ports/counters.ts'
import {
  bucketNumbers,
  bucketsPerSet,
  counterControl,
  type CounterMemory,
} from './counter-memory.ts'
import { placeOf, type CounterName } from './counter-names.ts'

/** What a bucket holds is counted in millionths of tokens: a microsecond at one token a second. */
const unitsPerToken = 1_000_000
/** Less than a request can be short of: what rates that are no binary fractions lose by rounding. */
const roundingUnits = 1e-3

const levelAt = 2
const sinceAt = 3
const rateAt = 4
const burstAt = 5

/**
 * The token buckets of a process. Everything here is for who holds the lock.
 *
 * A bucket stands somewhere in the set of 16 places that its name says; nothing is ever looked for
 * elsewhere, so a look-up has a bound. Where all 16 are taken, one that is full by now is forgotten, which
 * changes nothing, or else the one that was used longest ago, which lets its caller begin anew and is
 * counted. Whole numbers of tokens a second are counted without rounding.
 */
export class BucketTable {
  readonly #numbers: Float64Array
  readonly #words: Int32Array
  readonly #sets: number

  constructor({ buckets, control }: CounterMemory) {
    this.#numbers = new Float64Array(buckets)
    this.#words = new Int32Array(control)
    this.#sets = this.#numbers.length / (bucketNumbers * bucketsPerSet)
  }

  /** Takes a token; false, and nothing taken, when there is none. `nowUs`: a whole number. */
  take(bucket: TokenBucket, name: CounterName, nowUs: number): boolean {
    const at = this.#fill(bucket, name, nowUs)
    const level = this.#numbers[at + levelAt] ?? 0
    if (level < unitsPerToken - roundingUnits) return false
    this.#numbers[at + levelAt] = level - unitsPerToken
    return true
  }

  /** Puts the token back that was just taken. */
  giveBack(name: CounterName): void {
    const at = name.slot
    if (!this.#isAt(at, name)) return
    this.#numbers[at + levelAt] = (this.#numbers[at + levelAt] ?? 0) + unitsPerToken
  }

  /** Buckets forgotten that were not full, of the whole process. */
  forgottenCount(): number {
    return Atomics.load(this.#words, counterControl.forgottenCount)
  }

  clear(): void {
    this.#numbers.fill(0)
  }

  /** Where the bucket is, with what it holds now. */
  #fill({ ratePerSecond, burst }: TokenBucket, name: CounterName, nowUs: number): number {
    const numbers = this.#numbers
    const at = this.#isAt(name.slot, name) ? name.slot : this.#place(name, nowUs)
    name.slot = at
    if (numbers[at + sinceAt] === 0) {
      numbers[at + levelAt] = burst * unitsPerToken
    } else {
      numbers[at + levelAt] = Math.min(this.#levelAt(at, nowUs), burst * unitsPerToken)
    }
    // Another thread may have read the clock a little later and come first.
    numbers[at + sinceAt] = Math.max(numbers[at + sinceAt] ?? 0, nowUs)
    numbers[at + rateAt] = ratePerSecond
    numbers[at + burstAt] = burst
    return at
  }

  #levelAt(at: number, nowUs: number): number {
    const numbers = this.#numbers
    const passedUs = Math.max(0, nowUs - (numbers[at + sinceAt] ?? 0))
    const filled = (numbers[at + levelAt] ?? 0) + passedUs * (numbers[at + rateAt] ?? 0)
    return Math.min(filled, (numbers[at + burstAt] ?? 0) * unitsPerToken)
  }

  #isAt(at: number, { high, low }: CounterName): boolean {
    return at >= 0 && this.#numbers[at] === high && this.#numbers[at + 1] === low
  }

  /** Where it is, or where it shall be: then it is empty and has no time yet. */
  #place(name: CounterName, nowUs: number): number {
    const numbers = this.#numbers
    const first = (placeOf(name.low) & (this.#sets - 1)) * bucketNumbers * bucketsPerSet
    const end = first + bucketNumbers * bucketsPerSet
    let oldest = first
    for (let at = first; at < end; at += bucketNumbers) {
      if (this.#isAt(at, name)) return at
      if ((numbers[at + sinceAt] ?? 0) < (numbers[oldest + sinceAt] ?? 0)) oldest = at
    }
    const chosen = this.#findFull(first, end, nowUs) ?? oldest
    const isLost =
      numbers[chosen] !== 0 &&
      this.#levelAt(chosen, nowUs) < (numbers[chosen + burstAt] ?? 0) * unitsPerToken
    if (isLost) Atomics.add(this.#words, counterControl.forgottenCount, 1)
    numbers.fill(0, chosen, chosen + bucketNumbers)
    numbers[chosen] = name.high
    numbers[chosen + 1] = name.low
    return chosen
  }

  /** A place without a bucket, else one whose bucket is full. */
  #findFull(first: number, end: number, nowUs: number): number | undefined {
    const numbers = this.#numbers
    let full: number | undefined
    for (let at = first; at < end; at += bucketNumbers) {
      if (numbers[at] === 0) return at
      const isFull = this.#levelAt(at, nowUs) >= (numbers[at + burstAt] ?? 0) * unitsPerToken
      if (isFull) full ??= at
    }
    return full
  }
}
