import { lstatSync, mkdirSync, rmdirSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { threadId } from 'node:worker_threads'
import { findStartToken } from './process-table.ts'

/** Which programs a server has started: a file each, so that the next server can find them. */
export interface RunDirectory {
  add(pid: number): void
  remove(pid: number): void
  close(): void
}

/**
 * Directory of this user in which the run directories of all servers are. Undefined when it is not this
 * user's alone: somebody else made it, or can write to it, or it is a link.
 */
export function findRunRoot(parent: string = tmpdir()): string | undefined {
  const directory = join(parent, `stagedoor-${process.getuid?.() ?? 0}`)
  try {
    mkdirSync(directory, { mode: 0o700 })
  } catch {
    // It is there, or cannot be made: what is there decides.
  }
  return isOwn(directory) ? directory : undefined
}

/** Whether a path is a directory that belongs to this user alone. */
export function isOwn(directory: string): boolean {
  try {
    const found = lstatSync(directory)
    const isMine = process.getuid === undefined || found.uid === process.getuid()
    return found.isDirectory() && isMine && (found.mode & 0o077) === 0
  } catch {
    return false
  }
}

/** `run-PID-THREAD-START`: names the thread that started what is recorded in it. */
function runDirectoryName(): string {
  return `run-${process.pid}-${threadId}-${findStartToken(process.pid) ?? '0'}`
}

/** Begins to record. A record that cannot be written is one less that is found: never a failure. */
export function openRunDirectory(root: string | undefined): RunDirectory {
  if (root === undefined) return { add: () => {}, remove: () => {}, close: () => {} }
  const directory = join(root, runDirectoryName())
  const paths = new Map<number, string>()
  quietly(() => mkdirSync(directory, { mode: 0o700 }))

  function remove(pid: number): void {
    const path = paths.get(pid)
    if (path === undefined) return
    paths.delete(pid)
    quietly(() => unlinkSync(path))
  }

  return {
    add(pid) {
      const token = findStartToken(pid)
      if (token === undefined) return
      const path = join(directory, `${pid}-${token}`)
      paths.set(pid, path)
      quietly(() => writeFileSync(path, '', { flag: 'wx', mode: 0o600 }))
    },
    remove,
    close() {
      for (const pid of paths.keys()) remove(pid)
      // Another adapter of this thread may still have records in it; then it stays.
      quietly(() => rmdirSync(directory))
    },
  }
}

function quietly(act: () => void): void {
  try {
    act()
  } catch {
    // The directory was swept away, or the disk is full.
  }
}
