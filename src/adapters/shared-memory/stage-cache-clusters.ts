import { setTimeout as pause } from 'node:timers/promises'
import type {
  StageCacheClusters,
  StageCachePlace,
  StageCacheSize,
} from '../../ports/stage-caches.ts'
import { CacheShares } from './cache-shares.ts'
import { createMemoryRelease } from './memory-release.ts'
import { heldBytes, type StageCacheMemory } from './stage-cache-memory.ts'
import { StageCacheTable, type TableFigures } from './stage-cache-table.ts'
import { placeKey, type SharedStageCache } from './stage-caches.ts'

/** Who owns the caches of a process. */
export interface StageCacheOwner {
  /** Bytes of all caches together, whatever their stages ask for. */
  readonly bytesMax: number
  /** Tells every thread, before `resize` resolves; a thread that starts later is told by `shared`. */
  readonly tell: (cache: SharedStageCache) => void
  /** The caches of all stages together want more than there is, or there is nothing left for one. */
  readonly onShortage: (place: StageCachePlace, shortage: CacheShortage) => void
  /** A cache was emptied so that another one has memory at all. */
  readonly onReclaimed: (place: StageCachePlace) => void
}

/** What there is too little of, in bytes. */
export interface CacheShortage {
  /** Of all stages together. */
  readonly wantedBytes: number
  readonly bytesMax: number
}

/** A cache and how full it is. */
export interface StageCacheState extends TableFigures {
  readonly place: StageCachePlace
}

/** The caches of a process as their owner sees them. */
export interface OwnedStageCaches extends StageCacheClusters {
  /** All caches there are: what a thread that starts must be told. */
  shared(): readonly SharedStageCache[]
  /** A thread has ended, and runs no code any more: what it left half-written is emptied. */
  threadEnded(token: number): void
  figures(): readonly StageCacheState[]
  /** Takes all caches away. */
  clear(): Promise<void>
}

/** The owner's token: threads have smaller ones. */
const ownerToken = 2 ** 30
/** Between attempts to get the lock of a cache that is closed. */
const retryMs = 5

/** A cache as it was asked for. */
interface Declared {
  readonly place: StageCachePlace
  readonly bytesMax: number
}

interface Cluster extends Declared {
  readonly memory: StageCacheMemory
  readonly table: StageCacheTable
}

/**
 * Makes and unmakes caches in the memory of this process.
 *
 * Each takes memory as it fills and never more than its size; all together never more than the owner allows: a
 * cache that gets no more memory lets go of its own entries. Each has a part of its own that no other one takes,
 * and for a new one the largest is made anew, empty, where there is nothing left.
 *
 * Chosen: docs/decisions/0040-stage-caches.md
 */
export function createStageCacheClusters(owner: StageCacheOwner): OwnedStageCaches {
  const clusters = new Map<string, Cluster>()
  const shares = new CacheShares(owner.bytesMax)
  const closing = new Set<Cluster>()
  const release = createMemoryRelease()
  const nowMs = () => performance.now()
  /** What is under way: changes never mix, because one cache may take the memory of another. */
  let changes = Promise.resolve()

  function change(make: () => Promise<void>): Promise<void> {
    const changing = changes.then(make)
    changes = changing.catch(() => {})
    return changing
  }

  async function remove(cluster: Cluster): Promise<void> {
    clusters.delete(placeKey(cluster.place))
    owner.tell({ place: cluster.place, memory: undefined })
    // What holds it up ends shortly, or has ended and is recovered.
    closing.add(cluster)
    while (!cluster.table.close()) await pause(retryMs)
    closing.delete(cluster)
    release.letGo(heldBytes(cluster.memory))
  }

  function make({ place, bytesMax }: Declared, count: number): boolean {
    const memory = shares.claim(bytesMax, count)
    if (memory === undefined) return false
    const table = new StageCacheTable(memory, { token: ownerToken, nowMs })
    clusters.set(placeKey(place), { place, bytesMax, memory, table })
    owner.tell({ place, memory })
    return true
  }

  /** Makes those that give their memory for it anew, each once at most. */
  async function add(declared: Declared): Promise<void> {
    const wantedBytes = clusters
      .values()
      .reduce((sum, other) => sum + other.bytesMax, declared.bytesMax)
    const shortage = { wantedBytes, bytesMax: owner.bytesMax }
    if (wantedBytes > owner.bytesMax) owner.onShortage(declared.place, shortage)
    const count = clusters.size + 1
    if (!shares.isEnough(declared.bytesMax, count)) return
    const others = new Set(clusters.values())
    const unmade: Declared[] = [declared]
    for (let next = unmade.pop(); next !== undefined; next = unmade.pop()) {
      if (make(next, count)) continue
      shares.giveBack(clusters.values(), count)
      if (make(next, count)) continue
      const largest = shares.largest(others, count)
      if (largest === undefined) continue
      others.delete(largest)
      await remove(largest)
      owner.onReclaimed(largest.place)
      unmade.push(largest, next)
    }
  }

  async function resize(place: StageCachePlace, size: StageCacheSize | undefined): Promise<void> {
    const before = clusters.get(placeKey(place))
    if (before?.bytesMax === size?.bytesMax) return
    if (before !== undefined) await remove(before)
    if (size !== undefined) await add({ place, bytesMax: size.bytesMax })
    shares.reserve([...clusters.values()])
  }

  return {
    resize: (place, size) => change(() => resize(place, size)),
    flush: (place) => Promise.resolve(clusters.get(placeKey(place))?.table.flush()),
    shared: () => [...clusters.values().map(({ place, memory }) => ({ place, memory }))],
    threadEnded(token) {
      for (const { table } of [...clusters.values(), ...closing]) table.recover(token)
    },
    figures: () => [
      ...clusters.values().map(({ place, table }) => ({ place, ...table.figures() })),
    ],
    clear: () =>
      change(async () => {
        for (const cluster of [...clusters.values()]) await remove(cluster)
      }),
  }
}
