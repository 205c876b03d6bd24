import type { Sandbox } from '../ports/sandboxes.ts'
import type { SandboxLog } from './sandbox-log.ts'
import type { SandboxPool } from './sandbox-pool.ts'

/** A sandbox of the fleet, from its start until its process is gone. */
export interface LiveSandbox {
  readonly pool: SandboxPool
  readonly log: SandboxLog
  /** Undefined: it could not even be asked to start. */
  sandbox: Sandbox | undefined
  state: 'starting' | 'idle' | 'running' | 'stopping' | 'gone'
  /** Its code is old: it serves whom it was started for and stops. */
  stale: boolean
  /** How long its start took, until its first invocation took it. */
  initMs: number | undefined
  /** Of the monotonic clock, while it is idle. */
  idleSinceMs: number
}
