import type { FunctionVersion } from '../snapshot/function-declaration.ts'
import type { FunctionPlace } from './function-table.ts'
import type { LiveSandbox } from './live-sandbox.ts'
import type { WaitingInvocation } from './waiting-invocation.ts'

/** The sandboxes of one version of a function as it was configured at one time. */
export interface SandboxPool {
  readonly key: string
  readonly place: FunctionPlace
  readonly version: FunctionVersion
  /** All that are alive, those that start or stop included. */
  readonly alive: Set<LiveSandbox>
  /** The most recently used last: it is used next, so that those not needed grow old. */
  readonly idle: LiveSandbox[]
  /** First come, first served. */
  readonly waiting: WaitingInvocation[]
  starting: number
  running: number
  /** The version is configured differently now, or gone: sandboxes stop as soon as nobody waits. */
  retired: boolean
}

/** A pool without sandboxes. */
export function createSandboxPool(
  key: string,
  place: FunctionPlace,
  version: FunctionVersion,
): SandboxPool {
  return {
    key,
    place,
    version,
    alive: new Set(),
    idle: [],
    waiting: [],
    starting: 0,
    running: 0,
    retired: false,
  }
}

/** How many sandboxes should start, of which `startsAtOnceMax` may. */
export function missingStarts(pool: SandboxPool, startsAtOnceMax: number): number {
  return Math.min(pool.waiting.length, startsAtOnceMax) - pool.starting
}
