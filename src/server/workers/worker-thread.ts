import type { Socket } from 'node:net'
import { Worker, type MessagePort, type Transferable } from 'node:worker_threads'
import type { ServingChange } from '../../ports/deployment-feed.ts'
import type { FunctionsSettings } from '../functions/functions-messages.ts'
import type {
  ApplyFailure,
  OwnerMessage,
  WorkerMessage,
  WorkerSettings,
} from './worker-messages.ts'
import { createSignalMemory, readSignals, type SignalReader } from './worker-signals.ts'

/** Why a thread is gone. `late-answer`: its event loop turns, but a change was never acknowledged. */
export type GoneReason = 'died' | 'hung' | 'late-answer' | 'stopped'

/** What the owner does when something happens to a thread. */
export interface WorkerThreadEvents {
  /** It has applied everything it was given for the first time, and may take connections. */
  serving(thread: WorkerThread): void
  /** Called once. `detail` is for the operator. */
  gone(thread: WorkerThread, reason: GoneReason, detail: string): void
  message(thread: WorkerThread, message: WorkerMessage): void
  applyFailed(thread: WorkerThread, failure: ApplyFailure): void
}

/** How a thread is started. */
export interface WorkerThreadStart {
  /** Grows with every thread of the process: names it in logs and metrics. */
  readonly id: number
  readonly entry: URL
  readonly settings: Omit<WorkerSettings, 'signals' | 'token'>
  readonly events: WorkerThreadEvents
}

/** Why a thread was given up. */
export interface Gone {
  readonly reason: GoneReason
  readonly detail: string
}

interface PendingChange {
  readonly settle: () => void
  readonly timer: NodeJS.Timeout | undefined
}

/**
 * One worker thread as its owner sees it, from start to gone. `starting` until it has applied all
 * changes posted so far: only then does it serve what every other worker serves.
 */
export class WorkerThread {
  readonly id: number
  /** As Node counts threads. */
  readonly threadId: number
  readonly #worker: Worker
  readonly #signals: SignalReader
  readonly #events: WorkerThreadEvents
  readonly #pending = new Map<number, PendingChange>()
  readonly #gone = Promise.withResolvers<Gone>()
  readonly #ended = Promise.withResolvers<void>()
  #state: 'starting' | 'serving' | 'gone' = 'starting'
  #sequence = 0
  #hasServed = false
  #drained: PromiseWithResolvers<void> | undefined
  #handedOver = 0
  #beats = 0
  #lateMs = 0

  constructor({ id, entry, settings, events }: WorkerThreadStart) {
    const signals = createSignalMemory()
    this.id = id
    this.#signals = readSignals(signals)
    this.#events = events
    const workerData: WorkerSettings = { ...settings, signals, token: id }
    this.#worker = new Worker(entry, { name: `stagedoor-worker-${id}`, workerData })
    this.threadId = this.#worker.threadId
    this.#worker.on('error', (error) => this.#end('died', describeError(error)))
    this.#worker.on('exit', (code) => {
      this.#end('died', `exit code ${code}`)
      this.#ended.resolve()
    })
    // Only worker.ts posts to this port, and it posts WorkerMessage.
    this.#worker.on('message', (message: WorkerMessage) => this.#receive(message))
  }

  get state(): 'starting' | 'serving' | 'gone' {
    return this.#state
  }

  /** Resolves when the thread is given up. */
  get gone(): Promise<Gone> {
    return this.#gone.promise
  }

  /** Resolves when nothing of the thread runs any more. */
  get ended(): Promise<void> {
    return this.#ended.promise
  }

  /** Time since the event loop was last seen to turn, in milliseconds. */
  get lateMs(): number {
    return this.#lateMs
  }

  /** False until the thread's own code runs. */
  get hasBeaten(): boolean {
    return this.#beats !== 0
  }

  /** False while it has never been ready for connections. */
  get hasServed(): boolean {
    return this.#hasServed
  }

  /** Sockets handed over that the thread has not taken yet. */
  get untakenCount(): number {
    return (this.#handedOver - this.#signals.takenCount()) | 0
  }

  /** Connections that the thread holds or is about to. */
  get load(): number {
    return this.untakenCount + this.#signals.openCount()
  }

  get signals(): SignalReader {
    return this.#signals
  }

  /** Looks at the heartbeat, `elapsedMs` after the last look. */
  observeBeat(elapsedMs: number): void {
    const beats = this.#signals.beatCount()
    this.#lateMs = beats === this.#beats ? this.#lateMs + elapsedMs : 0
    this.#beats = beats
  }

  /** Moves an accepted socket into the thread. The socket must be paused and never read. */
  handOver(socket: Socket, listener: number): void {
    this.#handedOver = (this.#handedOver + 1) | 0
    // Node transfers a net.Socket (its documentation, net, "Transferring TCP handles to other
    // threads"); the type of the transfer list does not name it.
    const transferred = [socket as unknown as Transferable]
    try {
      this.#worker.postMessage({ kind: 'connection', socket, listener }, transferred)
    } catch {
      // The client is gone already, and with it the handle.
      this.#handedOver = (this.#handedOver - 1) | 0
      socket.destroy()
    }
  }

  post(message: OwnerMessage): void {
    this.#worker.postMessage(message)
  }

  /** Gives the thread its end of a link to the function plane. */
  linkFunctions(port: MessagePort): void {
    if (this.#state === 'gone') return port.close()
    this.#worker.postMessage({ kind: 'functions-port', port } satisfies OwnerMessage, [port])
  }

  /** Has the thread run the function plane; the other end of `port` is the owner's. */
  runFunctions(port: MessagePort, settings: FunctionsSettings): void {
    if (this.#state === 'gone') return port.close()
    this.#worker.postMessage({ kind: 'run-functions', port, settings } satisfies OwnerMessage, [
      port,
    ])
  }

  /**
   * Posts changes; resolves when the thread has acknowledged them or is gone. With `withinMs`, a
   * thread that has not acknowledged by then is given up.
   */
  apply(changes: readonly ServingChange[], withinMs?: number): Promise<void> {
    if (this.#state === 'gone') return Promise.resolve()
    const sequence = ++this.#sequence
    return new Promise((settle) => {
      const timer =
        withinMs === undefined
          ? undefined
          : setTimeout(
              () => this.stop('late-answer', `no acknowledgement within ${withinMs} ms`),
              withinMs,
            )
      this.#pending.set(sequence, { settle, timer })
      this.post({ kind: 'feed', sequence, changes })
    })
  }

  /** Tells the thread to finish; resolves when it holds no connection any more, or is gone. */
  drain(idleGraceMs: number): Promise<void> {
    if (this.#state === 'gone') return Promise.resolve()
    this.#drained ??= Promise.withResolvers<void>()
    this.post({ kind: 'drain', idleGraceMs })
    return this.#drained.promise
  }

  /** Ends the thread, whatever it is doing. */
  stop(reason: GoneReason, detail: string): void {
    this.#end(reason, detail)
  }

  #receive(message: WorkerMessage): void {
    if (this.#state === 'gone') return
    if (message.kind === 'drained') return this.#drained?.resolve()
    if (message.kind !== 'applied') return this.#events.message(this, message)
    this.#settle(message.sequence)
    for (const failure of message.failures) this.#events.applyFailed(this, failure)
    if (this.#state === 'starting' && this.#pending.size === 0) {
      this.#state = 'serving'
      this.#hasServed = true
      this.#events.serving(this)
    }
  }

  #settle(sequence: number): void {
    const pending = this.#pending.get(sequence)
    this.#pending.delete(sequence)
    clearTimeout(pending?.timer)
    pending?.settle()
  }

  #end(reason: GoneReason, detail: string): void {
    if (this.#state === 'gone') return
    this.#state = 'gone'
    // Terminating ends an endless loop too. Nothing can be done about a failure to terminate.
    void this.#worker.terminate().catch(() => {})
    for (const sequence of [...this.#pending.keys()]) this.#settle(sequence)
    this.#drained?.resolve()
    this.#gone.resolve({ reason, detail })
    this.#events.gone(this, reason, detail)
  }
}

function describeError(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
