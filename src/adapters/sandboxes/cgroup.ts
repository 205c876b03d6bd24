import { accessSync, constants, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { MemoryGuard, MemoryOrder } from './memory-limit.ts'

/**
 * The directory of cgroup v2 below which this process may make its own, with memory accounted there.
 * `given` is taken or refused; without it the parent of the process's own cgroup is taken where it was
 * delegated, which shows in that a process that is not root may write to it. Undefined: there is none.
 */
export function findCgroupRoot(given: string | undefined): string | undefined {
  if (given !== undefined) return canHoldSandboxes(given) ? given : undefined
  if (process.platform !== 'linux' || process.getuid?.() === 0) return undefined
  const own = ownCgroup()
  if (own === undefined || own === '/') return undefined
  const parent = join('/sys/fs/cgroup', dirname(own))
  return canHoldSandboxes(parent) ? parent : undefined
}

function ownCgroup(): string | undefined {
  try {
    return /^0::(\/.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1]
  } catch {
    return undefined
  }
}

function canHoldSandboxes(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK)
    const controllers = () => readFileSync(join(directory, 'cgroup.subtree_control'), 'utf8')
    if (controllers().split(/\s/).includes('memory')) return true
    writeFileSync(join(directory, 'cgroup.subtree_control'), '+memory')
    return controllers().includes('memory')
  } catch {
    return false
  }
}

/**
 * Puts a program into a cgroup of its own, whose memory the kernel limits; over it the kernel kills the
 * program with all that it started. Undefined: the kernel refused.
 */
export function openCgroup(root: string, order: MemoryOrder): MemoryGuard | undefined {
  const directory = join(root, `stagedoor-${order.pid}`)
  const write = (name: string, value: string) => writeFileSync(join(directory, name), value)
  try {
    mkdirSync(directory)
  } catch (error) {
    // Left by a server that was killed; its processes are gone by now.
    if (!isThere(error)) return undefined
  }
  try {
    write('memory.max', String(order.memoryMb * 1_048_576))
    write('memory.swap.max', '0')
    write('memory.oom.group', '1')
    write('cgroup.procs', String(order.pid))
  } catch {
    removeQuietly(directory)
    return undefined
  }
  return guardOf(directory)
}

function isThere(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST'
}

function guardOf(directory: string): MemoryGuard {
  const number = (name: string, pattern: RegExp): number => {
    try {
      return Number(pattern.exec(readFileSync(join(directory, name), 'utf8'))?.[1] ?? 0)
    } catch {
      return 0
    }
  }
  let most = 0
  let wasKilled = false
  const look = () => {
    most = Math.max(most, number('memory.peak', /(\d+)/), number('memory.current', /(\d+)/))
    wasKilled ||= number('memory.events', /^oom_kill (\d+)/m) > 0
  }
  return {
    mostBytes() {
      look()
      return most
    },
    wasKilled() {
      look()
      return wasKilled
    },
    close() {
      look()
      // What left the program's process group is still in its cgroup.
      writeQuietly(join(directory, 'cgroup.kill'))
      removeQuietly(directory)
    },
  }
}

function writeQuietly(path: string): void {
  try {
    writeFileSync(path, '1')
  } catch {
    // A kernel before 5.14.
  }
}

function removeQuietly(directory: string): void {
  try {
    rmdirSync(directory)
  } catch {
    // Its last process is still on its way out; the next server with this root removes it.
  }
}
