import type { Clock } from '../ports/clock.ts'
import type { LogSink } from '../ports/log-sink.ts'
import type { OperatorLog } from '../ports/operator-log.ts'
import type { Random } from '../ports/random.ts'
import type { InitOutcome, Sandboxes } from '../ports/sandboxes.ts'
import type { FunctionVersion } from '../snapshot/function-declaration.ts'
import type { Alarm, Alarms } from './alarms.ts'
import { functionKey, type FunctionPlace } from './function-table.ts'
import { initMsMax, type FunctionPlaneLimits } from './limits.ts'
import type { LiveSandbox } from './live-sandbox.ts'
import { nextPool } from './next-pool.ts'
import { createSandboxPool, type SandboxPool } from './sandbox-pool.ts'
import { startSandbox } from './start-sandbox.ts'
import type { SandboxTaker, WaitingInvocation } from './waiting-invocation.ts'

/** What a fleet is made of. */
export interface FleetParts {
  readonly sandboxes: Sandboxes
  readonly clock: Clock
  readonly random: Random
  readonly logs: LogSink
  readonly log: OperatorLog
  readonly alarms: Alarms
  readonly limits: FunctionPlaneLimits
}

/**
 * All sandboxes of this machine, in a pool for each version of a function.
 *
 * An invocation takes the idle sandbox that was used last, or waits for the first that becomes free: one
 * that another invocation gives back, or one that is started because it waits. The machine has room for
 * `sandboxesMax`; when that is used up, an idle sandbox of another version is stopped, the oldest first.
 * Chosen: docs/decisions/0023-invocations-where-aws-is-silent.md
 */
export interface SandboxFleet {
  /** The pool of a version as it is configured now. */
  poolOf(place: FunctionPlace, version: FunctionVersion): SandboxPool
  /** False: too many wait. Else the taker is told, perhaps at once. */
  request(pool: SandboxPool, taker: SandboxTaker): boolean
  /** The invocation is over and the sandbox good. */
  giveBack(live: LiveSandbox): void
  /** The invocation is over and the sandbox is not to be used again. */
  discard(live: LiveSandbox): void
  /** Pools that are old: what is idle stops, what runs ends first, who waits is served. */
  retire(isOld: (pool: SandboxPool) => boolean): void
  /** Retired ones that still have sandboxes, too. */
  pools(): Iterable<SandboxPool>
  coldStarts(): number
  waitingCount(): number
  /** Who waits gives up; nothing starts any more. Resolves when all processes are gone. */
  close(): Promise<void>
}

/** A fleet without sandboxes. */
export function createSandboxFleet(parts: FleetParts): SandboxFleet {
  return new Fleet(parts)
}

class Fleet implements SandboxFleet {
  readonly #parts: FleetParts
  readonly #limits: FunctionPlaneLimits
  readonly #pools = new Map<string, SandboxPool>()
  /** Until their last sandbox is gone. */
  readonly #retiredPools = new Set<SandboxPool>()
  readonly #waitingPools = new Set<SandboxPool>()
  #aliveCount = 0
  #stoppingCount = 0
  #waitingCount = 0
  #coldStarts = 0
  #sweep: Alarm | undefined
  #closed = false

  constructor(parts: FleetParts) {
    this.#parts = parts
    this.#limits = parts.limits
  }

  poolOf(place: FunctionPlace, version: FunctionVersion): SandboxPool {
    const key = `${functionKey(place)}:${version.version}:${version.revisionId}`
    const known = this.#pools.get(key)
    if (known !== undefined) return known
    const pool = createSandboxPool(key, place, version)
    this.#pools.set(key, pool)
    return pool
  }

  *pools(): Iterable<SandboxPool> {
    yield* this.#pools.values()
    yield* this.#retiredPools
  }

  coldStarts(): number {
    return this.#coldStarts
  }

  waitingCount(): number {
    return this.#waitingCount
  }

  request(pool: SandboxPool, taker: SandboxTaker): boolean {
    const live = pool.idle.pop()
    if (live !== undefined) {
      run(live, taker)
      return true
    }
    if (this.#closed || this.#waitingCount >= this.#limits.waitingMax) return false
    this.#wait(pool, taker)
    this.#grow()
    return true
  }

  giveBack(live: LiveSandbox): void {
    live.pool.running -= 1
    if (live.state === 'gone') return
    this.#free(live)
  }

  discard(live: LiveSandbox): void {
    live.pool.running -= 1
    this.#stop(live)
  }

  retire(isOld: (pool: SandboxPool) => boolean): void {
    for (const pool of this.#pools.values()) {
      if (!isOld(pool)) continue
      pool.retired = true
      this.#pools.delete(pool.key)
      if (pool.alive.size > 0) this.#retiredPools.add(pool)
      for (const live of pool.idle.splice(0)) this.#stop(live)
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const pool of this.#waitingPools) {
      for (const entry of pool.waiting.splice(0)) this.#leave(entry).closed()
    }
    this.#waitingPools.clear()
    await this.#parts.sandboxes.close()
  }

  /** Bound: as long as the slowest start and the slowest invocation before it may take. */
  #wait(pool: SandboxPool, taker: SandboxTaker): void {
    const sinceMs = this.#parts.clock.monotonicMs()
    const patienceMs = initMsMax + pool.version.timeoutSeconds * 1000
    const entry: WaitingInvocation = {
      taker,
      sinceMs,
      dueMs: sinceMs + patienceMs,
      ring: () => {
        pool.waiting.splice(pool.waiting.indexOf(entry), 1)
        if (pool.waiting.length === 0) this.#waitingPools.delete(pool)
        this.#leave(entry).gaveUp()
      },
    }
    pool.waiting.push(entry)
    this.#waitingPools.add(pool)
    this.#waitingCount += 1
    this.#parts.alarms.set(entry)
  }

  #leave(entry: WaitingInvocation): SandboxTaker {
    this.#waitingCount -= 1
    this.#parts.alarms.cancel(entry)
    return entry.taker
  }

  #takeFirst(pool: SandboxPool): SandboxTaker | undefined {
    const entry = pool.waiting.shift()
    if (pool.waiting.length === 0) this.#waitingPools.delete(pool)
    return entry === undefined ? undefined : this.#leave(entry)
  }

  /** Starts what is missing while there is room, and makes room. */
  #grow(): void {
    while (this.#waitingPools.size > 0 && !this.#closed) {
      const { pool, missing } = this.#nextPool()
      if (pool === undefined) return
      if (this.#aliveCount < this.#limits.sandboxesMax) this.#start(pool)
      else {
        const oldest = this.#stoppingCount < missing ? this.#oldestIdle() : undefined
        if (oldest === undefined) return
        this.#stop(oldest)
      }
    }
  }

  #nextPool() {
    let inUse = 0
    for (const pool of this.#pools.values()) {
      if (pool.running + pool.starting + pool.waiting.length > 0) inUse += 1
    }
    return nextPool(this.#waitingPools, inUse, this.#limits)
  }

  #oldestIdle(): LiveSandbox | undefined {
    let oldest: LiveSandbox | undefined
    for (const { idle } of this.#pools.values()) {
      const first = idle[0]
      if (first !== undefined && first.idleSinceMs < (oldest?.idleSinceMs ?? Infinity))
        oldest = first
    }
    return oldest
  }

  #start(pool: SandboxPool): void {
    this.#aliveCount += 1
    pool.starting += 1
    const live = startSandbox(pool, this.#parts, {
      gone: (which) => this.#gone(which),
      codeChanged: (which) => this.#codeChanged(which),
    })
    pool.alive.add(live)
    if (pool.retired) this.#retiredPools.add(pool)
    const init = live.sandbox?.init ?? Promise.resolve(notStarted)
    void init.then((outcome) => this.#started(live, outcome))
  }

  #started(live: LiveSandbox, outcome: InitOutcome): void {
    const { pool } = live
    pool.starting -= 1
    if (outcome.outcome === 'ready' && live.state === 'starting') {
      this.#coldStarts += 1
      live.initMs = outcome.initMs
      const taker = this.#takeFirst(pool)
      if (taker !== undefined) run(live, taker)
      else this.#free(live)
      return this.#grow()
    }
    const failure =
      outcome.outcome === 'ready'
        ? ({
            outcome: 'exited',
            exit: { status: 'signal: killed' },
            initMs: outcome.initMs,
          } as const)
        : outcome
    this.#stop(live)
    this.#takeFirst(pool)?.initFailed(live, failure)
    this.#grow()
  }

  /** To whoever needs it most; else it is idle. */
  #free(live: LiveSandbox): void {
    const { pool } = live
    if (live.stale || this.#closed) return this.#stop(live)
    if (this.#waitingCount > 0 && this.#isWantedElsewhere(pool)) return this.#stop(live)
    const taker = this.#waitingCount > 0 ? this.#takeFirst(pool) : undefined
    if (taker !== undefined) return run(live, taker)
    if (pool.retired) return this.#stop(live)
    live.state = 'idle'
    live.idleSinceMs = this.#parts.clock.monotonicMs()
    pool.idle.push(live)
    if (this.#sweep === undefined) this.#setSweep(live.idleSinceMs + this.#limits.idleMs)
  }

  #isWantedElsewhere(own: SandboxPool): boolean {
    if (this.#aliveCount < this.#limits.sandboxesMax || this.#stoppingCount > 0) return false
    const { pool, isStarved } = this.#nextPool()
    if (pool === undefined || pool === own) return false
    return own.waiting.length === 0 || isStarved
  }

  #stop(live: LiveSandbox): void {
    if (live.state === 'gone' || live.state === 'stopping') return
    const { idle } = live.pool
    if (live.state === 'idle' && idle.includes(live)) idle.splice(idle.indexOf(live), 1)
    live.state = 'stopping'
    this.#stoppingCount += 1
    const gone = () => this.#gone(live)
    if (live.sandbox === undefined) gone()
    else void live.sandbox.stop().then(gone, gone)
  }

  #gone(live: LiveSandbox): void {
    if (live.state === 'gone') return
    const { pool } = live
    if (live.state === 'stopping') this.#stoppingCount -= 1
    if (live.state === 'idle') pool.idle.splice(pool.idle.indexOf(live), 1)
    live.state = 'gone'
    this.#aliveCount -= 1
    pool.alive.delete(live)
    if (pool.alive.size === 0) this.#retiredPools.delete(pool)
    this.#grow()
  }

  /** Each sandbox of the version watches the same files: the first that tells speaks for all. */
  #codeChanged(teller: LiveSandbox): void {
    if (teller.stale) return
    const { alive, idle } = teller.pool
    for (const live of alive) live.stale = true
    for (const live of idle.splice(0)) this.#stop(live)
  }

  #setSweep(dueMs: number): void {
    this.#sweep = { dueMs, ring: () => this.#stopUnused() }
    this.#parts.alarms.set(this.#sweep)
  }

  #stopUnused(): void {
    this.#sweep = undefined
    const usedBeforeMs = this.#parts.clock.monotonicMs() - this.#limits.idleMs
    let nextMs = Infinity
    for (const { idle } of this.#pools.values()) {
      const old = idle.findIndex((live) => live.idleSinceMs > usedBeforeMs)
      for (const live of idle.splice(0, old < 0 ? idle.length : old)) this.#stop(live)
      nextMs = Math.min(nextMs, (idle[0]?.idleSinceMs ?? Infinity) + this.#limits.idleMs)
    }
    if (nextMs !== Infinity) this.#setSweep(nextMs)
  }
}

const notStarted: InitOutcome = Object.freeze({
  outcome: 'not-started',
  detail: 'the sandbox could not be asked to start',
})

function run(live: LiveSandbox, taker: SandboxTaker): void {
  live.state = 'running'
  live.pool.running += 1
  taker.take(live)
}
