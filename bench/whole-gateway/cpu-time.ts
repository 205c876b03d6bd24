import { readdirSync, readFileSync } from 'node:fs'

/**
 * CPU time that a process and all of its threads have used, in microseconds (Linux). Read from the
 * scheduler's own nanosecond counters, which are finer than the ticks of `/proc/PID/stat`.
 */
export function cpuTimeUs(pid: number): number {
  let nanoseconds = 0
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    const [running = '0'] = readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')
    nanoseconds += Number(running)
  }
  return nanoseconds / 1000
}

/** Resident memory of a process in megabytes (10^6 bytes). */
export function residentMb(pid: number): number {
  const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return (Number(line?.[1] ?? 0) * 1024) / 1e6
}
