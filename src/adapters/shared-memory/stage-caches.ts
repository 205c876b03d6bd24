import type { Clock } from '../../ports/clock.ts'
import type {
  CacheEntry,
  CacheReading,
  StageCacheFailures,
  StageCachePlace,
  StageCaches,
} from '../../ports/stage-caches.ts'
import { EntryMemo, MemoRoom } from './entry-memo.ts'
import { createMemoryRelease } from './memory-release.ts'
import { heldBytes, type StageCacheMemory } from './stage-cache-memory.ts'
import { StageCacheTable } from './stage-cache-table.ts'

/** One stage's cache, as the owner tells a thread of it. It can be posted to a thread. */
export interface SharedStageCache {
  readonly place: StageCachePlace
  /** Undefined: it has none any more. */
  readonly memory: StageCacheMemory | undefined
}

/** The caches that a thread was told of. */
export interface AttachedStageCaches extends StageCaches {
  /** The stage's cache from now on. */
  attach(cache: SharedStageCache): void
}

/** What a thread reads and writes caches with. */
export interface StageCacheThread {
  /** Of this thread alone, greater than 0; never of another one in the life of the process. */
  readonly token: number
  /** Its monotonic time is one for all threads. */
  readonly clock: Pick<Clock, 'monotonicMs'>
}

/** The place of a cache as one text. */
export function placeKey({ account, region, restApiId, stageName }: StageCachePlace): string {
  return `${account}/${region}/${restApiId}/${stageName}`
}

/**
 * Caches in the memory of this process, each one for all of its threads. It answers at once. A thread that has
 * not been told of a stage's cache finds nothing in it and keeps nothing.
 */
export function attachStageCaches({ token, clock }: StageCacheThread): AttachedStageCaches {
  const apis = new Map<string, Map<string, OpenCache>>()
  const room = new MemoRoom()
  const release = createMemoryRelease()
  const keyBytes = createKeyEncoder()
  const nowMs = () => clock.monotonicMs()
  let unavailableCount = 0
  let droppedCount = 0
  const unavailable = (detail: string): CacheReading => {
    unavailableCount += 1
    return { outcome: 'unavailable', detail }
  }

  function read(place: StageCachePlace, key: string): CacheReading {
    const cache = apis.get(place.restApiId)?.get(place.stageName)
    if (cache === undefined) return nothing
    const { table, memo } = cache
    const readMs = nowMs()
    const remembered = memo.find(key, readMs)
    if (remembered !== undefined) return remembered
    try {
      const reading = table.read(keyBytes(key))
      if (reading.outcome === 'busy') return unavailable('another thread holds it')
      return reading.outcome === 'hit' ? memo.keep(key, reading, readMs) : reading
    } catch (error) {
      return unavailable(`emptied: ${String(error)}`)
    }
  }

  function isKept(place: StageCachePlace, key: string, entry: CacheEntry): boolean {
    const { bytes, generation, order, ttlMs } = entry
    const expiresMs = nowMs() + ttlMs
    try {
      const table = apis.get(place.restApiId)?.get(place.stageName)?.table
      return table?.write(keyBytes(key), { bytes, generation, order, expiresMs }) ?? true
    } catch {
      return false
    }
  }

  return {
    attach({ place, memory }) {
      const { restApiId, stageName } = place
      const stages = apis.get(restApiId) ?? new Map<string, OpenCache>()
      const before = stages.get(stageName)
      before?.memo.close()
      if (before !== undefined) release.letGo(heldBytes(before.memory))
      if (memory === undefined) stages.delete(stageName)
      else {
        const table = new StageCacheTable(memory, { token, nowMs })
        stages.set(stageName, { memory, table, memo: new EntryMemo(table, room) })
      }
      if (stages.size === 0) apis.delete(restApiId)
      else apis.set(restApiId, stages)
    },
    read,
    write(place, key, entry) {
      if (entry.ttlMs > 0 && !isKept(place, key, entry)) droppedCount += 1
    },
    figures: (): StageCacheFailures => ({ unavailableCount, droppedCount }),
  }
}

/** A cache that the thread was told of. */
interface OpenCache {
  readonly memory: StageCacheMemory
  readonly table: StageCacheTable
  readonly memo: EntryMemo
}

/** Keys as UTF-8, in memory that the next key takes. */
function createKeyEncoder(): (key: string) => Uint8Array {
  const scratch = Buffer.alloc(scratchBytes)
  return (key) => {
    // A character is three bytes at most, or a half of four.
    if (key.length * 3 > scratchBytes) return Buffer.from(key)
    return scratch.subarray(0, scratch.write(key))
  }
}

const scratchBytes = 4096

const nothing: CacheReading = Object.freeze({ outcome: 'miss', generation: 0, order: () => 0 })
