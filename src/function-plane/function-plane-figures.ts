import type { Sandboxes } from '../ports/sandboxes.ts'
import type { EventFigures } from './events.ts'
import type { RunFigures } from './run-invocation.ts'
import type { SandboxFleet } from './sandbox-fleet.ts'

/** What the operator sees of a function plane. */
export interface FunctionPlaneFigures {
  readonly memoryMode: Sandboxes['memoryMode']
  /** Since the start; each attempt of an event is one. What was refused is not among them. */
  readonly invocations: number
  readonly throttles: number
  readonly errors: number
  readonly coldStarts: number
  /** Invocations that run now, or wait for a sandbox. */
  readonly running: number
  /** Invocations among them that wait. */
  readonly waiting: number
  readonly events: EventFigures
  /** Versions that have sandboxes. */
  readonly versions: readonly VersionFigures[]
}

/** The sandboxes of one version of a function. */
export interface VersionFigures {
  readonly account: string
  readonly region: string
  readonly functionName: string
  readonly version: string
  readonly running: number
  readonly idle: number
  readonly starting: number
}

/** The figures at this moment. */
export function figuresOf(parts: {
  readonly fleet: SandboxFleet
  readonly run: RunFigures
  readonly events: EventFigures
  readonly sandboxes: Sandboxes
}): FunctionPlaneFigures {
  const { fleet, run, events, sandboxes } = parts
  return {
    memoryMode: sandboxes.memoryMode,
    ...run,
    coldStarts: fleet.coldStarts(),
    waiting: fleet.waitingCount(),
    events,
    versions: [...fleet.pools()]
      .filter((pool) => pool.alive.size > 0)
      .map(({ place, version, running, idle, starting }) => ({
        account: place.account,
        region: place.region,
        functionName: place.functionName,
        version: version.version,
        running,
        idle: idle.length,
        starting,
      })),
  }
}
