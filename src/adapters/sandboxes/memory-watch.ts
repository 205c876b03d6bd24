import {
  childrenOf,
  findResidentSize,
  listRunning,
  type ResidentSize,
  type TableEntry,
} from './process-table.ts'
import type { MemoryGuard } from './memory-limit.ts'

/** Milliseconds between two looks at the programs that are known. */
const lookMs = 100
/** Looks between two readings of the whole table, which finds what a program's children have started. */
const looksPerTable = 10

interface WatchOrder {
  /** Of the program and of its process group. */
  readonly pid: number
  readonly limitBytes: number
  /** Whether it waits for an event: then it is looked at once a second. */
  readonly isIdle: () => boolean
  /** Called once, when the group is over its limit. */
  readonly over: () => void
}

interface Watched {
  readonly order: WatchOrder
  readonly sinceMs: number
  members: readonly number[]
  mostBytes: number
  lookedMs: number
  isOver: boolean
}

/** What is told of the processes that programs have started, by their ids. */
export interface MemberEvents {
  found(pid: number): void
  /** It is gone, or the program is. */
  lost(pid: number): void
}

const untold: MemberEvents = { found: () => undefined, lost: () => undefined }

/** Looks at how much memory programs hold. */
export interface MemoryWatch {
  add(order: WatchOrder): MemoryGuard
  close(): void
}

/**
 * One timer for all programs, and none while there is no program. A program and what it has started itself
 * is looked at every 100 ms, for the first time when it is as old as that; the rest of its process group is
 * found once a second. Cost: about 20 µs for each program, 10 µs for each process of the machine once a second.
 */
export function createMemoryWatch(told: MemberEvents = untold): MemoryWatch {
  const all = new Map<number, Watched>()
  let timer: NodeJS.Timeout | undefined
  let looks = 0

  function look(): void {
    const wholeTable = process.platform !== 'linux' || looks % looksPerTable === 0
    looks += 1
    const table = wholeTable ? groupsOf(listRunning()) : undefined
    const nowMs = performance.now()
    for (const watched of all.values()) {
      // Until it has become another program, which is after it was started, it has the memory of this one.
      if (nowMs - watched.sinceMs < lookMs) continue
      if (!wholeTable && watched.order.isIdle()) continue
      lookAt(watched, table?.get(watched.order.pid), told)
    }
  }

  return {
    add(order) {
      const watched: Watched = {
        order,
        sinceMs: performance.now(),
        members: [],
        mostBytes: 0,
        lookedMs: -lookMs,
        isOver: false,
      }
      all.set(order.pid, watched)
      timer ??= setInterval(look, lookMs).unref()
      return {
        mostBytes() {
          // Asked after every invocation: the kernel's own maximum is no older than a look.
          if (performance.now() - watched.lookedMs >= lookMs) lookAt(watched, undefined, told)
          return watched.mostBytes
        },
        wasKilled: () => false,
        close() {
          all.delete(order.pid)
          for (const member of watched.members) told.lost(member)
          if (all.size > 0) return
          clearInterval(timer)
          timer = undefined
        },
      }
    },
    close() {
      clearInterval(timer)
      timer = undefined
      all.clear()
    },
  }
}

function groupsOf(table: readonly TableEntry[]): ReadonlyMap<number, readonly TableEntry[]> {
  return Map.groupBy(table, (entry) => entry.groupId)
}

function lookAt(
  watched: Watched,
  group: readonly TableEntry[] | undefined,
  told: MemberEvents,
): void {
  const { pid, limitBytes, over } = watched.order
  const known = new Set([...watched.members, ...childrenOf(pid)])
  for (const entry of group ?? []) known.add(entry.pid)
  known.delete(pid)
  for (const member of known) if (!watched.members.includes(member)) told.found(member)
  watched.lookedMs = performance.now()
  const own = sizeOf(pid, group)
  let nowBytes = own?.ownBytes ?? 0
  const members: number[] = []
  for (const member of known) {
    const size = sizeOf(member, group)
    if (size === undefined) {
      told.lost(member)
      continue
    }
    members.push(member)
    nowBytes += size.ownBytes
  }
  watched.members = members
  watched.mostBytes = Math.max(watched.mostBytes, own?.mostBytes ?? 0, nowBytes)
  if (nowBytes <= limitBytes || watched.isOver) return
  watched.isOver = true
  over()
}

function sizeOf(pid: number, group: readonly TableEntry[] | undefined): ResidentSize | undefined {
  const listed = group?.find((entry) => entry.pid === pid)?.residentBytes
  if (listed === undefined) return findResidentSize(pid)
  return { ownBytes: listed, mostBytes: listed }
}
