import { setTimeout as pause } from 'node:timers/promises'
import type {
  StageCacheClusters,
  StageCachePlace,
  StageCacheSize,
} from '../../ports/stage-caches.ts'
import {
  cacheBytesMin,
  claimKib,
  control,
  createCacheBudget,
  createStageCacheMemory,
  type StageCacheMemory,
} from './stage-cache-memory.ts'
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

interface Cluster {
  readonly place: StageCachePlace
  readonly bytesMax: number
  readonly memory: StageCacheMemory
  readonly table: StageCacheTable
}

/**
 * Makes and unmakes caches in the memory of this process.
 *
 * Each takes memory as it fills and never more than its size; all together never more than the owner allows: a
 * cache that gets no more lets go of its own entries first.
 */
export function createStageCacheClusters(owner: StageCacheOwner): OwnedStageCaches {
  const clusters = new Map<string, Cluster>()
  const budget = createCacheBudget(owner.bytesMax)
  const closing = new Set<Cluster>()
  const nowMs = () => performance.now()

  /** What is under way for a stage: two changes of one stage never mix. */
  const changes = new Map<string, Promise<void>>()

  function change(key: string, make: () => Promise<void>): Promise<void> {
    const changing = (changes.get(key) ?? Promise.resolve()).then(make)
    changes.set(key, changing)
    return changing.finally(() => {
      if (changes.get(key) === changing) changes.delete(key)
    })
  }

  async function remove(key: string): Promise<void> {
    const cluster = clusters.get(key)
    if (cluster === undefined) return
    clusters.delete(key)
    owner.tell({ place: cluster.place, memory: undefined })
    // What holds it up ends shortly, or has ended and is recovered.
    closing.add(cluster)
    while (!cluster.table.close()) await pause(retryMs)
    closing.delete(cluster)
  }

  function add(place: StageCachePlace, { bytesMax }: StageCacheSize): void {
    const wantedBytes = clusters.values().reduce((sum, other) => sum + other.bytesMax, bytesMax)
    const shortage = { wantedBytes, bytesMax: owner.bytesMax }
    if (wantedBytes > owner.bytesMax) owner.onShortage(place, shortage)
    const memory = claimMemory(Math.min(bytesMax, owner.bytesMax), budget)
    if (memory === undefined) return
    const table = new StageCacheTable(memory, { token: ownerToken, nowMs })
    clusters.set(placeKey(place), { place, bytesMax, memory, table })
    owner.tell({ place, memory })
  }

  return {
    resize(place, size) {
      const key = placeKey(place)
      return change(key, async () => {
        if (clusters.get(key)?.bytesMax === size?.bytesMax) return
        await remove(key)
        if (size !== undefined) add(place, size)
      })
    },
    flush: (place) => Promise.resolve(clusters.get(placeKey(place))?.table.flush()),
    shared: () => [...clusters.values().map(({ place, memory }) => ({ place, memory }))],
    threadEnded(token) {
      for (const { table } of [...clusters.values(), ...closing]) table.recover(token)
    },
    figures: () => [
      ...clusters.values().map(({ place, table }) => ({ place, ...table.figures() })),
    ],
    async clear() {
      await Promise.all([...clusters.keys()].map((key) => change(key, () => remove(key))))
    },
  }
}

/** Undefined: not even its index can be had. */
function claimMemory(bytesMax: number, budget: SharedArrayBuffer): StageCacheMemory | undefined {
  if (bytesMax < cacheBytesMin) return undefined
  const memory = createStageCacheMemory(bytesMax, budget)
  const kib = Math.ceil(memory.tables.byteLength / 1024)
  if (!claimKib(new Int32Array(budget), kib)) return undefined
  new Int32Array(memory.tables)[control.claimedKib] = kib
  return memory
}
