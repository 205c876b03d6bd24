import type { Clock } from '../ports/clock.ts'
import type { FunctionPlaneChange } from '../ports/deployment-feed.ts'
import type { FunctionInvocation, FunctionOutcome, Functions } from '../ports/functions.ts'
import type { LogSink } from '../ports/log-sink.ts'
import type { OperatorLog } from '../ports/operator-log.ts'
import type { Random } from '../ports/random.ts'
import type { Sandboxes } from '../ports/sandboxes.ts'
import { createAlarms } from './alarms.ts'
import { createConcurrency } from './concurrency.ts'
import { createEvents, type AsynchronousEvent } from './events.ts'
import { figuresOf, type FunctionPlaneFigures } from './function-plane-figures.ts'
import { createFunctionTable, functionKey } from './function-table.ts'
import { createFunctionTargets } from './function-targets.ts'
import { choosePool, invoke, type InvokeParts } from './invoke.ts'
import { defaultFunctionPlaneLimits, type FunctionPlaneLimits } from './limits.ts'
import { functionPlaneClosed, runInvocation, type RunParts } from './run-invocation.ts'
import { createSandboxFleet } from './sandbox-fleet.ts'
import type { SandboxPool } from './sandbox-pool.ts'

/** What a function plane needs from outside. */
export interface FunctionPlaneParts {
  readonly sandboxes: Sandboxes
  readonly clock: Clock
  readonly random: Random
  readonly logs: LogSink
  readonly log: OperatorLog
  /** What is not given is as in `defaultFunctionPlaneLimits`. */
  readonly limits?: Partial<FunctionPlaneLimits>
}

/** Lambda's invoke path: the functions that it was told of, run in sandboxes. */
export interface FunctionPlane extends Functions {
  /** Acts on the next invocation. What is older than what is known changes nothing. */
  apply(change: FunctionPlaneChange): void
  figures(): FunctionPlaneFigures
  /** No event that waits is run any more. Resolves when no invocation runs. */
  drain(): Promise<void>
  /** Ends everything at once, what runs included. Events that are held are lost. */
  close(): Promise<void>
}

/** A function plane without functions. */
export function createFunctionPlane(parts: FunctionPlaneParts): FunctionPlane {
  const { clock, random, log } = parts
  const limits = Object.freeze({ ...defaultFunctionPlaneLimits, ...parts.limits })
  const alarms = createAlarms(clock)
  const table = createFunctionTable()
  const concurrency = createConcurrency(limits)
  const fleet = createSandboxFleet({ ...parts, alarms, limits })
  const targets = createFunctionTargets({
    findDeclaration: table.find,
    seatsOf: (declaration) => concurrency.declare(declaration, declaration.reservedConcurrency),
    fleet,
  })
  let closed = false
  const waitingForEnd: (() => void)[] = []
  const run: RunParts = {
    clock,
    log,
    alarms,
    concurrency,
    fleet,
    figures: { running: 0, invocations: 0, throttles: 0, errors: 0 },
    allEnded() {
      for (const ended of waitingForEnd.splice(0)) ended()
    },
  }

  function runEvent(event: AsynchronousEvent): Promise<FunctionOutcome> {
    const target = targets.find(event.functionArn)
    if (target.outcome === 'refused') return Promise.resolve(target)
    const { seats } = target
    const pool = choosePool(target, random)
    const order = { clientContext: undefined, logTail: false, timeoutMs: undefined }
    return runInvocation({ ...order, ...event, isStreamed: false, seats, pool }, run)
  }

  const events = createEvents({ clock, alarms, log, limits, run: runEvent })
  const invokeParts: InvokeParts = { clock, random, targets, events, run }

  return Object.freeze({
    // Not async: a promise of a promise would cost three more turns.
    invoke(invocation: FunctionInvocation): Promise<FunctionOutcome> {
      if (closed) return Promise.resolve(functionPlaneClosed)
      try {
        const outcome = invoke(invocation, invokeParts)
        return outcome instanceof Promise ? outcome : Promise.resolve(outcome)
      } catch (error) {
        const detail = error instanceof Error ? (error.stack ?? error.message) : String(error)
        log.error('invocation-failed', { functionArn: invocation.functionArn, detail })
        return Promise.resolve({ outcome: 'unreachable', detail })
      }
    },
    apply(change: FunctionPlaneChange) {
      if (change.kind === 'reset') {
        table.clear()
        events.clear()
        concurrency.clear()
        fleet.retire(() => true)
      } else if (table.apply(change)) {
        const subject = change.kind === 'function' ? change.function : change
        if (change.kind === 'function') {
          concurrency.declare(change.function, change.function.reservedConcurrency)
        } else concurrency.undeclare(change)
        const key = functionKey(subject)
        fleet.retire((pool) => functionKey(pool.place) === key && isOld(pool))
      }
      targets.clear()
    },
    figures: () =>
      figuresOf({ fleet, run: run.figures, events: events.figures(), sandboxes: parts.sandboxes }),
    async drain() {
      events.stop()
      if (run.figures.running === 0) return
      await new Promise<void>((resolve) => waitingForEnd.push(resolve))
    },
    async close() {
      closed = true
      events.stop()
      events.clear()
      await fleet.close()
      alarms.clear()
    },
  })

  function isOld({ place, version }: SandboxPool): boolean {
    const versions = table.find(functionKey(place))?.versions ?? {}
    const current = Object.hasOwn(versions, version.version) ? versions[version.version] : undefined
    return current?.revisionId !== version.revisionId
  }
}
