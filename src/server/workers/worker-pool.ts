import type { Socket } from 'node:net'
import type { ServingChange } from '../../ports/deployment-feed.ts'
import type { OperatorLog } from '../../ports/operator-log.ts'
import type {
  ApplyFailure,
  OwnerMessage,
  WorkerMessage,
  WorkerSettings,
} from './worker-messages.ts'
import { type GoneReason, WorkerThread } from './worker-thread.ts'

/** How long a worker may take for what, and how much may wait meanwhile. */
export interface WorkerBounds {
  /** Without a heartbeat for this long a worker is given no connection. */
  readonly lateAfterMs: number
  /** Without a heartbeat for this long it is replaced. */
  readonly hungAfterMs: number
  /** From the start of a thread to its first heartbeat. */
  readonly startWithinMs: number
  /** From a change to its acknowledgement by a worker whose event loop turns. */
  readonly acknowledgeWithinMs: number
  /** Connections of all workers together; above, a new one is closed at once. */
  readonly connectionsMax: number
  /** Accepted sockets that wait, paused, while no worker can take them. */
  readonly waitingMax: number
}

/** Chosen: docs/decisions/0004-workers-and-connections.md. */
export const defaultWorkerBounds: WorkerBounds = Object.freeze({
  lateAfterMs: 1000,
  hungAfterMs: 5000,
  startWithinMs: 30_000,
  acknowledgeWithinMs: 10_000,
  connectionsMax: 20_000,
  waitingMax: 4096,
})

export interface WorkerPoolOptions {
  readonly workerCount: number
  /** The script that a worker thread runs. */
  readonly entry: URL
  readonly settings: Omit<WorkerSettings, 'signals' | 'token'>
  readonly bounds: WorkerBounds
  /** Everything that is served now: what a new worker must apply before it takes a connection. */
  readonly replay: () => readonly ServingChange[]
  /** What a new worker must know before that; empty unless said. */
  readonly greet?: () => readonly OwnerMessage[]
  readonly onMessage: (thread: WorkerThread, message: WorkerMessage) => void
  readonly onApplyFailure: (failure: ApplyFailure) => void
  /** A thread with this token runs no code any more. */
  readonly onEnded?: (token: number) => void
  readonly log: OperatorLog
}

/** Sockets untaken by one worker; above, further ones wait at the owner, where a hang loses nothing. */
const untakenMax = 64
const checkIntervalMs = 200
/** While sockets wait, how often to look whether a worker has taken some of its own. */
const waitingIntervalMs = 5
/** A worker that dies before it ever served is started again after this, doubled each time. */
const restartDelayMs = 100
const restartDelayMsMax = 5000
/** So many failures in a row before any worker ever served mean that none will. */
const firstStartAttempts = 3

interface WaitingSocket {
  readonly socket: Socket
  readonly listener: number
}

/**
 * The worker threads, kept at their number. The owner accepts every connection and hands it to the
 * worker that holds the fewest, so a worker that dies takes only its own connections along; while none
 * can take any, accepted sockets wait unread.
 */
export class WorkerPool {
  readonly #options: WorkerPoolOptions
  #threads: WorkerThread[] = []
  #waiting: WaitingSocket[] = []
  #loaded: Promise<void> = Promise.resolve()
  #startedCount = 0
  #earlyFailures = 0
  #closed = false
  #timer: NodeJS.Timeout | undefined
  #waitingTimer: NodeJS.Timeout | undefined
  readonly #restarts = new Set<NodeJS.Timeout>()
  #firstServing: PromiseWithResolvers<void> | undefined
  #wanted: PromiseWithResolvers<WorkerThread> | undefined
  readonly #replacedCounts = new Map<GoneReason, number>()
  #refusedCount = 0

  constructor(options: WorkerPoolOptions) {
    this.#options = options
  }

  /**
   * Starts the threads at once; what they serve is told them when `loaded` resolves. Resolves when every
   * worker serves. Rejects when they die again and again without ever serving, or `loaded` does.
   */
  start(loaded: Promise<void>): Promise<void> {
    this.#loaded = loaded
    const first = Promise.withResolvers<void>()
    this.#firstServing = first
    for (let i = 0; i < this.#options.workerCount; i += 1) this.#startThread()
    let lookedAtMs = performance.now()
    this.#timer = setInterval(() => {
      const nowMs = performance.now()
      // An owner that was itself held up (the machine slept) has no ground to call a worker late.
      this.#check(Math.min(nowMs - lookedAtMs, 2 * checkIntervalMs))
      lookedAtMs = nowMs
    }, checkIntervalMs)
    return first.promise
  }

  get threads(): readonly WorkerThread[] {
    return this.#threads
  }

  /** Resolves with a thread that starts or serves, when there is one. */
  someThread(): Promise<WorkerThread> {
    const [thread] = this.#threads
    if (thread !== undefined) return Promise.resolve(thread)
    this.#wanted ??= Promise.withResolvers()
    return this.#wanted.promise
  }

  get waitingCount(): number {
    return this.#waiting.length
  }

  /** Connections closed at once because a bound was reached. */
  get refusedCount(): number {
    return this.#refusedCount
  }

  /** How many workers were replaced, by the reason. */
  get replacedCounts(): ReadonlyMap<GoneReason, number> {
    return this.#replacedCounts
  }

  /** Gives an accepted, paused socket to a worker, now or when one can take it. */
  accept(socket: Socket, listener: number): void {
    const load = this.#threads.reduce((sum, thread) => sum + thread.load, this.#waiting.length)
    if (this.#closed || load >= this.#options.bounds.connectionsMax) return this.#refuse(socket)
    const thread = this.#waiting.length === 0 ? this.#chooseThread() : undefined
    if (thread !== undefined) return thread.handOver(socket, listener)
    if (this.#waiting.length >= this.#options.bounds.waitingMax) return this.#refuse(socket)
    this.#waiting.push({ socket, listener })
    this.#waitingTimer ??= setInterval(() => this.#handOverWaiting(), waitingIntervalMs)
  }

  /** Resolves when every worker that serves has acknowledged the changes or is gone. */
  async apply(changes: readonly ServingChange[]): Promise<void> {
    const { acknowledgeWithinMs } = this.#options.bounds
    const acknowledged: Promise<void>[] = []
    for (const thread of this.#threads) {
      // One that starts takes no connection before it has this too: nobody needs to wait for it.
      if (thread.state === 'starting') void thread.apply(changes)
      else acknowledged.push(thread.apply(changes, acknowledgeWithinMs))
    }
    await Promise.all(acknowledged)
  }

  /** Replaces no worker any more; resolves when none holds a connection. */
  async drain(idleGraceMs: number): Promise<void> {
    this.#stopReplacing()
    await Promise.all(this.#threads.map((thread) => thread.drain(idleGraceMs)))
  }

  /** Ends every worker at once. */
  close(): void {
    this.#stopReplacing()
    clearInterval(this.#timer)
    clearInterval(this.#waitingTimer)
    for (const { socket } of this.#waiting) socket.destroy()
    this.#waiting = []
    for (const thread of [...this.#threads]) thread.stop('stopped', 'the server stops')
  }

  #stopReplacing(): void {
    this.#closed = true
    for (const timer of this.#restarts) clearTimeout(timer)
    this.#restarts.clear()
    this.#handOverWaiting()
  }

  #startThread(): void {
    const {
      entry,
      settings,
      replay,
      greet = () => [],
      onMessage,
      onApplyFailure,
      log,
    } = this.#options
    this.#startedCount += 1
    const thread = new WorkerThread({
      id: this.#startedCount,
      entry,
      settings,
      events: {
        serving: () => this.#onServing(thread),
        gone: (_, reason, detail) => this.#onGone(thread, reason, detail),
        message: onMessage,
        applyFailed: (_, failure) => {
          log.error('stage-compile-failed', { ...failure, worker: thread.id })
          onApplyFailure(failure)
        },
      },
    })
    void thread.ended.then(() => this.#options.onEnded?.(thread.id))
    this.#threads.push(thread)
    this.#wanted?.resolve(thread)
    this.#wanted = undefined
    this.#loaded.then(
      () => {
        for (const message of greet()) thread.post(message)
        return thread.apply(replay())
      },
      (error: unknown) => this.#firstServing?.reject(error),
    )
  }

  #onServing(thread: WorkerThread): void {
    this.#earlyFailures = 0
    if (this.#startedCount > this.#options.workerCount) {
      this.#options.log.info('worker-serving', { worker: thread.id })
    }
    if (this.#threads.every(({ state }) => state === 'serving')) this.#firstServing?.resolve()
    this.#handOverWaiting()
  }

  #onGone(thread: WorkerThread, reason: GoneReason, detail: string): void {
    this.#threads = this.#threads.filter((other) => other !== thread)
    if (this.#closed) return
    this.#options.log.error(`worker-${reason}`, { worker: thread.id, detail })
    this.#replacedCounts.set(reason, (this.#replacedCounts.get(reason) ?? 0) + 1)
    if (thread.hasServed) return this.#startThread()
    this.#restartLater(detail)
  }

  #restartLater(detail: string): void {
    this.#earlyFailures += 1
    if (this.#earlyFailures >= firstStartAttempts) {
      // Does nothing once the first start has succeeded.
      this.#firstServing?.reject(new Error(`the workers do not start: ${detail}`))
    }
    const delayMs = Math.min(restartDelayMs * 2 ** this.#earlyFailures, restartDelayMsMax)
    const timer = setTimeout(() => {
      this.#restarts.delete(timer)
      this.#startThread()
    }, delayMs)
    this.#restarts.add(timer)
  }

  #check(elapsedMs: number): void {
    const { hungAfterMs, startWithinMs } = this.#options.bounds
    for (const thread of [...this.#threads]) {
      thread.observeBeat(elapsedMs)
      const boundMs = thread.hasBeaten ? hungAfterMs : startWithinMs
      if (thread.lateMs >= boundMs) thread.stop('hung', `no heartbeat for ${boundMs} ms`)
    }
    this.#handOverWaiting()
  }

  #handOverWaiting(): void {
    while (this.#waiting.length > 0) {
      const thread = this.#chooseThread()
      if (thread === undefined) return
      const next = this.#waiting.shift()
      if (next !== undefined) thread.handOver(next.socket, next.listener)
    }
    clearInterval(this.#waitingTimer)
    this.#waitingTimer = undefined
  }

  /** The serving worker with the fewest connections; among equals, the one that waited longest. */
  #chooseThread(): WorkerThread | undefined {
    let chosen: WorkerThread | undefined
    let leastLoad = Infinity
    for (const thread of this.#threads) {
      if (thread.state !== 'serving' || thread.signals.isEnding()) continue
      if (thread.untakenCount >= untakenMax) continue
      if (thread.lateMs >= this.#options.bounds.lateAfterMs) continue
      const { load } = thread
      if (load < leastLoad) {
        leastLoad = load
        chosen = thread
      }
    }
    if (chosen !== undefined && this.#threads.length > 1) {
      const last = chosen
      this.#threads = [...this.#threads.filter((thread) => thread !== last), last]
    }
    return chosen
  }

  #refuse(socket: Socket): void {
    this.#refusedCount += 1
    socket.destroy()
  }
}
