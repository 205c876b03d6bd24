import type { AccountId, Region, RestApiId, StageName } from '../aws/identifiers.ts'

/** The cache of one stage. */
export interface StageCachePlace {
  readonly account: AccountId
  readonly region: Region
  readonly restApiId: RestApiId
  readonly stageName: StageName
}

/** A stage's cache as it is declared. */
export interface StageCacheSize {
  /** Bytes that the entries may take, keys and what is kept beside them included. */
  readonly bytesMax: number
}

/** An entry: one answer. */
export interface CacheEntry {
  /** The answer as the data plane wrote it. */
  readonly bytes: Uint8Array
  /**
   * Of the reading after which the answer was fetched: one that was asked for before a flush is not kept
   * after it.
   */
  readonly generation: number
  /** Of that reading. Where an answer is kept that was asked for later, this one is dropped. */
  readonly order: number
  /** How long it may be served from now, in milliseconds. */
  readonly ttlMs: number
  /** `cacheDataEncrypted`: the store keeps it encrypted. */
  readonly isEncrypted: boolean
}

/** A place after all readings of the cache before it: for who is about to ask for an answer. */
export type CacheOrder = () => number

/** Of a store that does not answer in time, or at all: a miss, which is counted. */
export type CacheReading =
  | {
      readonly outcome: 'hit'
      /** Nobody changes them. */
      readonly bytes: Uint8Array
      readonly generation: number
      /**
       * The very same `bytes` come with other readings of the entry: what is made of them may be kept with them.
       * Absent: they may be others each time.
       */
      readonly isLasting?: true
      readonly order: CacheOrder
    }
  | { readonly outcome: 'miss'; readonly generation: number; readonly order: CacheOrder }
  | { readonly outcome: 'unavailable'; readonly detail: string }

/**
 * The caches of stages: bounded, one for each stage that has a cluster, whatever the number of workers.
 *
 * Keys are well-formed texts and are compared whole, or by their SHA-256. What is least recently used leaves
 * first. Time is the stage clock's. An entry is never seen by another stage, nor after its time, nor after a
 * flush that has resolved, and never gives way to one that was asked for before it. It answers at once where the cache is in this process. Failure policy: a reading
 * that fails or is slow is a miss, a writing that fails is dropped; both are counted. Never rejects.
 */
export interface StageCaches {
  read(place: StageCachePlace, key: string): CacheReading | Promise<CacheReading>
  write(place: StageCachePlace, key: string, entry: CacheEntry): void
  figures(): StageCacheFailures
}

/** What went wrong since the start, as whoever reads and writes saw it. */
export interface StageCacheFailures {
  /** Readings of a store that did not answer in time, or at all. */
  readonly unavailableCount: number
  /** Answers that were not kept because there was no room, no time or no store. */
  readonly droppedCount: number
}

/**
 * The caches as whoever declares stages sees them.
 *
 * `resize` empties what was there, as on AWS; the same size changes nothing.
 */
export interface StageCacheClusters {
  /** The stage has a cache of this size from now on; undefined: none. */
  resize(place: StageCachePlace, size: StageCacheSize | undefined): Promise<void>
  /** Every entry is gone when it resolves. */
  flush(place: StageCachePlace): Promise<void>
}
