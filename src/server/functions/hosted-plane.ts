import type { MessagePort } from 'node:worker_threads'
import type { FunctionPlaneChange } from '../../ports/deployment-feed.ts'
import type { FunctionsMessage, FunctionsSettings, OwnerToFunctions } from './functions-messages.ts'
import type { BeginPlane, PlaneThread } from './functions-place.ts'
import type { GoneReason } from '../workers/worker-thread.ts'

/** How the owner begins a plane. */
export interface HostedPlaneStart {
  readonly begin: BeginPlane
  readonly settings: FunctionsSettings
  /** Called once. `detail` is for the operator. */
  readonly onGone: (reason: GoneReason, detail: string) => void
  /** What is not answered here: figures and lines of the log. */
  readonly onMessage: (message: FunctionsMessage) => void
}

interface PendingChange {
  readonly settle: () => void
  readonly timer: NodeJS.Timeout
}

/** A function plane as its owner sees it, from start to gone, wherever it runs. */
export class HostedPlane {
  readonly #thread: PlaneThread
  readonly #start: HostedPlaneStart
  readonly #pending = new Map<number, PendingChange>()
  readonly #drained = Promise.withResolvers<void>()
  readonly #closed = Promise.withResolvers<void>()
  #isGone = false
  #hasServed = false
  #sequence = 0

  constructor(start: HostedPlaneStart) {
    this.#start = start
    this.#thread = start.begin(start.settings, {
      message: (message) => this.#receive(message),
      gone: (reason, detail) => this.stop(reason, detail),
    })
  }

  /** As Node counts threads. */
  get threadId(): number {
    return this.#thread.threadId
  }

  /** False while it has never acknowledged a change. */
  get hasServed(): boolean {
    return this.#hasServed
  }

  /** Resolves when nothing of it runs any more. */
  get ended(): Promise<void> {
    return this.#thread.ended
  }

  /** Resolves when the changes are acknowledged or the plane is gone; it is given up after `withinMs`. */
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

  /** Gives the plane the other end of a link. */
  link(port: MessagePort): void {
    this.#thread.post({ kind: 'link', port }, [port])
  }

  post(message: OwnerToFunctions): void {
    this.#thread.post(message)
  }

  /** Resolves when no invocation is under way and no event waits, or the plane is gone. */
  drain(): Promise<void> {
    this.post({ kind: 'drain' })
    return Promise.race([this.#drained.promise, this.ended])
  }

  /** Resolves when every sandbox is ended, or the plane is gone. */
  close(): Promise<void> {
    this.post({ kind: 'close' })
    return Promise.race([this.#closed.promise, this.ended])
  }

  /** Ends it, whatever it is doing. */
  stop(reason: GoneReason, detail: string): void {
    if (this.#isGone) return
    this.#isGone = true
    this.#thread.end(reason, detail)
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
