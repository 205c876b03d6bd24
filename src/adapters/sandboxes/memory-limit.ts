import { openCgroup } from './cgroup.ts'
import type { MemoryWatch } from './memory-watch.ts'

/** Keeps one program, and what it starts, within its memory. */
export interface MemoryGuard {
  /** The most that was seen at a time. */
  mostBytes(): number
  /** Whether the kernel killed it for its memory. */
  wasKilled(): boolean
  close(): void
}

export interface MemoryOrder {
  /** Of the program and of its process group. */
  readonly pid: number
  readonly memoryMb: number
  /** Whether it waits for an event. */
  readonly isIdle: () => boolean
  /** Called once, when it is over its memory and nobody else will kill it. */
  readonly over: () => void
}

/** What guards every sandbox. */
export interface MemoryLimit {
  readonly mode: 'cgroup' | 'watch'
  guard(order: MemoryOrder): MemoryGuard
  close(): void
}

/**
 * Memory by the kernel where there is a directory of cgroup v2 that is ours to use, else by looking.
 * A program whose own cgroup cannot be made is watched.
 */
export function createMemoryLimit(cgroupRoot: string | undefined, watch: MemoryWatch): MemoryLimit {
  const look = (order: MemoryOrder) =>
    watch.add({
      pid: order.pid,
      limitBytes: order.memoryMb * 1_048_576,
      isIdle: order.isIdle,
      over: order.over,
    })
  if (cgroupRoot === undefined) return { mode: 'watch', guard: look, close: () => watch.close() }
  return {
    mode: 'cgroup',
    guard: (order) => openCgroup(cgroupRoot, order) ?? look(order),
    close: () => watch.close(),
  }
}

/** What Node itself needs beside the heap of the code, in MB: measured at 20 to 30 for an empty program. */
const nodeRoomMb = 32
/** Of the memory, for what was just made; V8 holds it up to three times. In AWS's proportion. */
const youngShare = 0.05

/**
 * Flags that keep V8's heap within a function's memory, so that it collects its garbage in time. Where the
 * heap is too small for Node itself, half of the memory is the heap's.
 */
export function nodeHeapFlags(memoryMb: number): readonly string[] {
  const oldSpaceMb = Math.max(Math.floor(memoryMb / 2), memoryMb - nodeRoomMb)
  const semiSpaceMb = Math.max(1, Math.floor(memoryMb * youngShare))
  return [
    `--max-old-space-size=${oldSpaceMb - 2 * semiSpaceMb}`,
    `--max-semi-space-size=${semiSpaceMb}`,
  ]
}
