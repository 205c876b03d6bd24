import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** A living process as the system shows it. */
export interface TableEntry {
  readonly pid: number
  readonly groupId: number
  /** Absent on Linux, where `findResidentSize` is exact. */
  readonly residentBytes?: number
}

/**
 * Since when the process with this id runs, as a text that no later process with the same id has: ticks
 * since the machine's start, that start, and the namespace of ids. Undefined: there is none.
 */
export function findStartToken(pid: number): string | undefined {
  if (process.platform !== 'linux') return findListedStart(pid)
  const stat = readStat(pid)
  return stat === undefined || stat.isDead ? undefined : `${stat.startTicks}.${machineToken()}`
}

/** The end of every token of this machine until it is started anew, in this namespace of ids. */
export function machineToken(): string {
  if (process.platform !== 'linux') return 'ps'
  const boot = readText('/proc/sys/kernel/random/boot_id')?.slice(0, 8) ?? '0'
  return `${boot}.${idNamespace()}`
}

function idNamespace(): string {
  try {
    return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0'
  } catch {
    return '0'
  }
}

interface Stat {
  readonly groupId: number
  readonly startTicks: string
  readonly isDead: boolean
}

/** Fields of `/proc/PID/stat`. The name of the command stands in parentheses and may hold anything. */
function readStat(pid: number): Stat | undefined {
  const text = readText(`/proc/${pid}/stat`)
  if (text === undefined) return undefined
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const [state = 'X', , group = '0'] = fields
  return {
    groupId: Number(group),
    startTicks: fields[19] ?? '0',
    isDead: state === 'Z' || state === 'X',
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return undefined
  }
}

/** Every living process. Cost: a file for each on Linux, one `ps` elsewhere. */
export function listRunning(): readonly TableEntry[] {
  if (process.platform !== 'linux') return listWithPs()
  const found: TableEntry[] = []
  for (const name of readdirSync('/proc')) {
    const pid = Number(name)
    if (!Number.isInteger(pid)) continue
    const stat = readStat(pid)
    if (stat !== undefined && !stat.isDead) found.push({ pid, groupId: stat.groupId })
  }
  return found
}

function listWithPs(): readonly TableEntry[] {
  return ps(['-A', '-o', 'pid=,pgid=,rss=']).flatMap((line) => {
    const [pid, groupId, kilobytes] = line.trim().split(/\s+/).map(Number)
    if (pid === undefined || groupId === undefined || kilobytes === undefined) return []
    return [{ pid, groupId, residentBytes: kilobytes * 1_024 }]
  })
}

function findListedStart(pid: number): string | undefined {
  const start = ps(['-o', 'lstart=', '-p', String(pid)])[0]?.trim()
  if (start === undefined || start === '') return undefined
  return `${start.replace(/[^A-Za-z0-9]+/g, '_')}.ps`
}

function ps(args: readonly string[]): readonly string[] {
  try {
    return execFileSync('ps', args, { encoding: 'latin1', stdio: ['ignore', 'pipe', 'ignore'] })
      .split('\n')
      .filter((line) => line !== '')
  } catch {
    return []
  }
}

/** What a process holds in memory. Bytes. */
export interface ResidentSize {
  /** Now, without what is a copy of a file on disk and could be dropped: what a limit is about. */
  readonly ownBytes: number
  /** At most, all of it: what AWS reports. */
  readonly mostBytes: number
}

/** As the kernel keeps it. Undefined: the process is gone, or this is not Linux. */
export function findResidentSize(pid: number): ResidentSize | undefined {
  const text = readText(`/proc/${pid}/status`)
  if (text === undefined) return undefined
  const own = kilobytesOf(text, 'RssAnon:') + kilobytesOf(text, 'RssShmem:')
  return { ownBytes: own * 1_024, mostBytes: kilobytesOf(text, 'VmHWM:') * 1_024 }
}

function kilobytesOf(status: string, name: string): number {
  const at = status.indexOf(name)
  return at === -1 ? 0 : Number.parseInt(status.slice(at + name.length), 10)
}

/** Ids of the living processes that a process's main thread has started. Linux alone; else none. */
export function childrenOf(pid: number): readonly number[] {
  const text = readText(`/proc/${pid}/task/${pid}/children`)?.trim() ?? ''
  return text === '' ? [] : text.split(' ').map(Number)
}

/** Kills every process of the group; nothing when it has none any more. */
export function killGroup(groupId: number): void {
  try {
    process.kill(-groupId, 'SIGKILL')
  } catch {
    // None is left, or none of them is ours.
  }
}
