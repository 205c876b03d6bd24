import { randomBytes } from 'node:crypto'

/** Buckets that may stand under one set of places; see `BucketTable`. */
export const bucketsPerSet = 16
/** Numbers of a bucket: its name (two), what it holds, since when, rate, burst. */
export const bucketNumbers = 6
/** Bytes of the key of a quota counter. */
export const quotaKeyBytesMax = 376
/** Numbers of a quota counter: its name (two), the length of its key, twelve of its days, and its key. */
export const quotaNumbers = 15 + quotaKeyBytesMax / 8

/** Words of the control block. */
export const counterControl = {
  /** Token of the thread that holds the lock; 0: nobody. */
  lock: 0,
  /** Threads that wait for it. */
  waiting: 1,
  /** Grows with every time that it was taken. */
  turns: 2,
  /** Quota counters that are there. */
  quotasCount: 3,
  /** Buckets forgotten that were not full. */
  forgottenCount: 4,
  count: 8,
} as const

/** The counters of a process, in memory that its threads share. It can be posted to a thread. */
export interface CounterMemory {
  readonly control: SharedArrayBuffer
  readonly buckets: SharedArrayBuffer
  /** Places of quota counters by the hash of their keys, plus one; 0: none. */
  readonly quotaIndex: SharedArrayBuffer
  readonly quotas: SharedArrayBuffer
  /** What of a quota counter its owner has not read yet. */
  readonly quotaNews: SharedArrayBuffer
  /** Of the hash of keys: who does not know it cannot make keys that meet. */
  readonly seed: Uint8Array
}

/** How many there may be. */
export interface CounterBounds {
  /** Rounded up to a power of two of sets of 16. */
  readonly bucketsMax?: number
  readonly quotasMax?: number
}

/** Memory for counters. What is not used of it takes no memory of the machine. */
export function createCounterMemory({
  bucketsMax = 131_072,
  quotasMax = 65_536,
}: CounterBounds = {}): CounterMemory {
  const sets = 2 ** Math.ceil(Math.log2(Math.max(1, bucketsMax / bucketsPerSet)))
  return {
    control: new SharedArrayBuffer(4 * counterControl.count),
    buckets: new SharedArrayBuffer(8 * bucketNumbers * bucketsPerSet * sets),
    quotaIndex: new SharedArrayBuffer(4 * 2 ** Math.ceil(Math.log2(2 * quotasMax))),
    quotas: new SharedArrayBuffer(8 * quotaNumbers * quotasMax),
    quotaNews: new SharedArrayBuffer(4 * quotasMax),
    seed: new Uint8Array(randomBytes(32)),
  }
}
