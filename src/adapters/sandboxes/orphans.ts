import { readdirSync, rmdirSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { findStartToken, killGroup, listRunning, machineToken } from './process-table.ts'
import { isOwn } from './run-directory.ts'

interface RunName {
  readonly pid: number
  readonly threadId: number
  readonly token: string
}

function parseRunName(name: string): RunName | undefined {
  const match = /^run-(\d{1,10})-(\d{1,10})-([\w.]{1,80})$/.exec(name)
  if (match === null) return undefined
  return { pid: Number(match[1]), threadId: Number(match[2]), token: match[3] ?? '' }
}

/**
 * Kills what servers of this user have left running that are themselves gone: processes whose id and start
 * are as recorded, never by name. Returns how many. What another namespace of process ids has recorded is
 * left alone: its ids mean other processes here.
 */
export function killOrphans(root: string): number {
  return sweep(root, ({ pid, token }) => isOfThisNamespace(token) && findStartToken(pid) !== token)
}

/** The same for what a thread of this process, which has ended, has left running. */
export function killProgramsOfThread(root: string, endedThreadId: number): number {
  return sweep(root, ({ pid, threadId }) => pid === process.pid && threadId === endedThreadId)
}

function isOfThisNamespace(token: string): boolean {
  return token.split('.').at(-1) === machineToken().split('.').at(-1)
}

function sweep(root: string, isAbandoned: (run: RunName) => boolean): number {
  let killed = 0
  for (const name of namesIn(root)) {
    const run = parseRunName(name)
    const directory = join(root, name)
    if (run !== undefined && isOwn(directory) && isAbandoned(run)) killed += sweepRun(directory)
  }
  return killed
}

function sweepRun(directory: string): number {
  let killed = 0
  for (const name of namesIn(directory)) {
    const match = /^(\d{1,10})-([\w.]{1,80})$/.exec(name)
    if (match !== null && findStartToken(Number(match[1])) === match[2]) {
      kill(Number(match[1]))
      killed += 1
    }
    quietly(() => unlinkSync(join(directory, name)))
  }
  quietly(() => rmdirSync(directory))
  return killed
}

/** A recorded process leads its group, or has left one whose leader is gone. */
function kill(pid: number): void {
  const entry = listRunning().find((running) => running.pid === pid)
  if (entry?.groupId === pid) return killGroup(pid)
  quietly(() => process.kill(pid, 'SIGKILL'))
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}

function quietly(act: () => void): void {
  try {
    act()
  } catch {
    // Another server that starts now was quicker, or the process has just ended.
  }
}
