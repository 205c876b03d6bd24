import { Worker, type MessagePort } from 'node:worker_threads'
import type { FunctionPlaneChange } from '../ports/deployment-feed.ts'
import type { FunctionsMessage, FunctionsSettings, OwnerToFunctions } from './functions-messages.ts'
import type { GoneReason } from './worker-thread.ts'
import { createSignalMemory, readSignals, type SignalReader } from './worker-signals.ts'

/** How the owner's thread of the function plane is started. */
export interface FunctionsThreadStart {
  readonly entry: URL
  readonly settings: Omit<FunctionsSettings, 'signals'>
  /** Called once. `detail` is for the operator. */
  readonly onGone: (reason: GoneReason, detail: string) => void
  /** What the thread does not answer itself: figures and lines of the log. */
  readonly onMessage: (message: FunctionsMessage) => void
}

interface PendingChange {
  readonly settle: () => void
  readonly timer: NodeJS.Timeout
}

/** The thread of the function plane as its owner sees it, from start to gone. */
export class FunctionsThread {
  /** As Node counts threads. */
  readonly threadId: number
  readonly #worker: Worker
  readonly #signals: SignalReader
  readonly #start: FunctionsThreadStart
  readonly #pending = new Map<number, PendingChange>()
  readonly #drained = Promise.withResolvers<void>()
  readonly #closed = Promise.withResolvers<void>()
  readonly #ended = Promise.withResolvers<void>()
  #isGone = false
  #hasServed = false
  #sequence = 0
  #beats = 0
  #lateMs = 0

  constructor(start: FunctionsThreadStart) {
    const signals = createSignalMemory()
    this.#signals = readSignals(signals)
    this.#start = start
    const workerData: FunctionsSettings = { ...start.settings, signals }
    this.#worker = new Worker(start.entry, { name: 'stagedoor-functions', workerData })
    this.threadId = this.#worker.threadId
    this.#worker.on('error', (error) => this.stop('died', describeError(error)))
    this.#worker.on('exit', (code) => {
      this.stop('died', `exit code ${code}`)
      this.#ended.resolve()
    })
    // Only functions-worker.ts posts to this port, and it posts FunctionsMessage.
    this.#worker.on('message', (message: FunctionsMessage) => this.#receive(message))
  }

  get isGone(): boolean {
    return this.#isGone
  }

  /** False while it has never acknowledged a change. */
  get hasServed(): boolean {
    return this.#hasServed
  }

  /** False until the thread's own code runs. */
  get hasBeaten(): boolean {
    return this.#beats !== 0
  }

  /** Time since the event loop was last seen to turn, in milliseconds. */
  get lateMs(): number {
    return this.#lateMs
  }

  /** Resolves when nothing of the thread runs any more. */
  get ended(): Promise<void> {
    return this.#ended.promise
  }

  /** Looks at the heartbeat, `elapsedMs` after the last look. */
  observeBeat(elapsedMs: number): void {
    const beats = this.#signals.beatCount()
    this.#lateMs = beats === this.#beats ? this.#lateMs + elapsedMs : 0
    this.#beats = beats
  }

  /** Resolves when the changes are acknowledged or the thread is gone; it is given up after `withinMs`. */
  apply(changes: readonly FunctionPlaneChange[], withinMs: number): Promise<void> {
    if (this.#isGone) return Promise.resolve()
    const sequence = ++this.#sequence
    return new Promise((settle) => {
      const timer = setTimeout(
        () => this.stop('late-answer', `a change was not acknowledged within ${withinMs} ms`),
        withinMs,
      )
      this.#pending.set(sequence, { settle, timer })
      this.post({ kind: 'feed', sequence, changes })
    })
  }

  /** Gives the thread the other end of a link. */
  link(port: MessagePort): void {
    this.#worker.postMessage({ kind: 'link', port } satisfies OwnerToFunctions, [port])
  }

  post(message: OwnerToFunctions): void {
    this.#worker.postMessage(message)
  }

  /** Resolves when no invocation is under way and no event waits, or the thread is gone. */
  drain(): Promise<void> {
    this.post({ kind: 'drain' })
    return Promise.race([this.#drained.promise, this.#ended.promise])
  }

  /** Resolves when every sandbox is ended, or the thread is gone. */
  close(): Promise<void> {
    this.post({ kind: 'close' })
    return Promise.race([this.#closed.promise, this.#ended.promise])
  }

  /** Ends the thread, whatever it is doing. */
  stop(reason: GoneReason, detail: string): void {
    if (this.#isGone) return
    this.#isGone = true
    // Terminating ends an endless loop too. Nothing can be done about a failure to terminate.
    void this.#worker.terminate().catch(() => {})
    for (const sequence of [...this.#pending.keys()]) this.#settle(sequence)
    this.#start.onGone(reason, detail)
  }

  #receive(message: FunctionsMessage): void {
    if (this.#isGone) return
    if (message.kind === 'drained') return this.#drained.resolve()
    if (message.kind === 'closed') return this.#closed.resolve()
    if (message.kind !== 'applied') return this.#start.onMessage(message)
    this.#hasServed = true
    this.#settle(message.sequence)
  }

  #settle(sequence: number): void {
    const pending = this.#pending.get(sequence)
    this.#pending.delete(sequence)
    clearTimeout(pending?.timer)
    pending?.settle()
  }
}

function describeError(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
