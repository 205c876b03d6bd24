import { readdirSync, readFileSync } from 'node:fs'

/** What the system says about a process of this machine. Linux only. */
export interface ProcessFigures {
  readonly descriptorsCount: number
  readonly residentBytes: number
  /** The most that was resident since the process began: nothing between two looks is missed. */
  readonly residentBytesMax: number
}

/** The figures now. @throws when there is no such process or no `/proc`. */
export function processFigures(pid: number): ProcessFigures {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const bytesOf = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) * 1024
  return {
    descriptorsCount: readdirSync(`/proc/${pid}/fd`).length,
    residentBytes: bytesOf('VmRSS'),
    residentBytesMax: bytesOf('VmHWM'),
  }
}
