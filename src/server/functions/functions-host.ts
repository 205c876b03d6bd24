import { MessageChannel, type MessagePort } from 'node:worker_threads'
import type { FunctionPlaneChange, FunctionFeedChange } from '../../ports/deployment-feed.ts'
import type { Functions } from '../../ports/functions.ts'
import type { OperatorLog } from '../../ports/operator-log.ts'
import { createFunctionLink, type FunctionLink } from './function-link.ts'
import type { FunctionsFigures } from './functions-figures.ts'
import type { FunctionsMessage, FunctionsSettings } from './functions-messages.ts'
import type { FunctionsPlace } from './functions-place.ts'
import { HostedPlane } from './hosted-plane.ts'
import type { WorkerBounds } from '../workers/worker-pool.ts'
import type { GoneReason } from '../workers/worker-thread.ts'
import { withinTime } from '../within-time.ts'

export interface FunctionsHostOptions {
  readonly place: FunctionsPlace
  /** Asked once, when the plane is first needed. */
  readonly settings: () => Promise<FunctionsSettings>
  readonly bounds: Pick<WorkerBounds, 'startWithinMs' | 'acknowledgeWithinMs'>
  /** Every function that may be invoked: what a new plane must know before it takes an invocation. */
  readonly replay: () => readonly FunctionFeedChange[]
  /** Ends what a plane's thread has left running; called when it has ended, before the next begins. */
  readonly onEnded: (threadId: number) => Promise<void>
  readonly log: OperatorLog
}

/** How long the plane may take to tell its figures; then the last ones it told stand. */
const collectWithinMs = 1000
/** How long it may take to end its sandboxes before they are ended for it. */
const closeWithinMs = 5000
/** A plane that is gone before it ever served is started again after this, doubled each time. */
const restartDelayMs = 100
const restartDelayMsMax = 5000
/** So many failures in a row mean that a start is given up; it goes on being tried. */
const startAttempts = 3

/**
 * The owner's side of the function plane, wherever its place is: begins it when it is first needed, so that a
 * gateway without functions has none; tells it what may be invoked; gives links to whoever invokes; replaces
 * it when its thread ends.
 *
 * When a plane is gone, its links end with it. Who invokes next asks for another, and gets it when the
 * replacement is told everything.
 *
 * Chosen: docs/decisions/0024-the-functions-thread.md
 */
export class FunctionsHost {
  readonly #options: FunctionsHostOptions
  readonly #link: FunctionLink
  #settings: Promise<FunctionsSettings> | undefined
  #plane: HostedPlane | undefined
  #serving: PromiseWithResolvers<void> | undefined
  #waitingLinks: ((port: MessagePort) => void)[] = []
  #failures = 0
  #restart: NodeJS.Timeout | undefined
  #closed = false
  #figures: FunctionsFigures | undefined
  #collecting: PromiseWithResolvers<void> | undefined
  readonly #replacedCounts = new Map<GoneReason, number>()

  constructor(options: FunctionsHostOptions) {
    this.#options = options
    this.#link = createFunctionLink(() => this.linkTo((port) => this.#link.connect(port)))
  }

  /** The functions, for the owner itself. */
  get functions(): Functions {
    return this.#link
  }

  /** False while nothing has needed the plane. */
  get isStarted(): boolean {
    return this.#serving !== undefined
  }

  /** How many threads that ran it were replaced, by the reason. */
  get replacedCounts(): ReadonlyMap<GoneReason, number> {
    return this.#replacedCounts
  }

  /**
   * Begins the plane unless it is there; resolves when everything that is stored may be invoked. Rejects
   * when it dies again and again.
   */
  start(): Promise<void> {
    if (this.#closed) return Promise.resolve()
    if (this.#serving === undefined) {
      this.#serving = servingSoon()
      void this.#begin()
    }
    return this.#serving.promise
  }

  /** Resolves when the plane has acknowledged the changes, or is gone, or is not needed. Never rejects. */
  async apply(changes: readonly FunctionPlaneChange[]): Promise<void> {
    if (this.#serving !== undefined) {
      // One that is about to begin is told everything there is.
      await this.#plane?.apply(changes, this.#options.bounds.acknowledgeWithinMs)
    } else if (changes.some(({ kind }) => kind === 'function')) {
      await this.start().catch(() => {})
    }
  }

  /** Calls `give` with a port to the function plane, now or when there is one. */
  linkTo(give: (port: MessagePort) => void): void {
    if (this.#plane === undefined) {
      this.#waitingLinks.push(give)
      void this.start()
      return
    }
    const { port1, port2 } = new MessageChannel()
    this.#plane.link(port2)
    give(port1)
  }

  /** What the plane has counted; the last that it told when it does not answer in time. */
  async collect(): Promise<FunctionsFigures | undefined> {
    if (this.#plane === undefined) return this.#figures
    const collecting = (this.#collecting ??= Promise.withResolvers())
    this.#plane.post({ kind: 'collect' })
    await withinTime(collecting.promise, collectWithinMs, undefined)
    return this.#figures
  }

  /** Resolves when no invocation is under way and no event waits. */
  async drain(): Promise<void> {
    await this.#plane?.drain()
  }

  /** Ends every sandbox and the plane. */
  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#restart)
    this.#link.close()
    this.#waitingLinks = []
    const plane = this.#plane
    if (plane === undefined) return
    await withinTime(plane.close(), closeWithinMs, undefined)
    plane.stop('stopped', 'the server stops')
    await this.#endedWhole(plane)
  }

  async #begin(): Promise<void> {
    const { place, bounds, replay } = this.#options
    const settings = await (this.#settings ??= this.#options.settings()).catch((error: unknown) => {
      this.#settings = undefined
      this.#onFailure(String(error))
    })
    if (settings === undefined) return
    const begin = await place()
    if (this.#closed) return
    const plane = new HostedPlane({
      begin,
      settings,
      onGone: (reason, detail) => void this.#onGone(plane, reason, detail),
      onMessage: (message) => this.#receive(message),
    })
    this.#plane = plane
    const told = plane.apply(replay(), bounds.startWithinMs)
    // After what may be invoked, and so behind it.
    for (const give of this.#waitingLinks.splice(0)) this.linkTo(give)
    await told
    if (!plane.hasServed) return
    this.#failures = 0
    this.#serving?.resolve()
  }

  async #onGone(plane: HostedPlane, reason: GoneReason, detail: string): Promise<void> {
    if (this.#closed) return
    this.#plane = undefined
    this.#collecting?.resolve()
    this.#collecting = undefined
    this.#options.log.error(`functions-thread-${reason}`, { detail })
    this.#replacedCounts.set(reason, (this.#replacedCounts.get(reason) ?? 0) + 1)
    await this.#endedWhole(plane)
    if (plane.hasServed) return void this.#begin()
    this.#onFailure(detail)
  }

  async #endedWhole(plane: HostedPlane): Promise<void> {
    await plane.ended
    await this.#options.onEnded(plane.threadId).catch((error: unknown) => {
      this.#options.log.error('functions-not-ended', { detail: String(error) })
    })
  }

  #onFailure(detail: string): void {
    this.#failures += 1
    if (this.#closed) return
    if (this.#failures >= startAttempts) {
      this.#serving?.reject(new Error(`functions cannot be run: ${detail}`))
      this.#serving = servingSoon()
    }
    const delayMs = Math.min(restartDelayMs * 2 ** (this.#failures - 1), restartDelayMsMax)
    this.#restart = setTimeout(() => void this.#begin(), delayMs)
  }

  #receive(message: FunctionsMessage): void {
    if (message.kind === 'log') {
      this.#options.log[message.level](message.event, message.fields)
    } else if (message.kind === 'figures') {
      this.#figures = message.figures
      this.#collecting?.resolve()
      this.#collecting = undefined
    }
  }
}

function servingSoon(): PromiseWithResolvers<void> {
  const serving = Promise.withResolvers<void>()
  // Whoever waits for it looks; nobody else needs to.
  serving.promise.catch(() => {})
  return serving
}
