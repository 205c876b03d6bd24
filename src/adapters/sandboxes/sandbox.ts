import type {
  InitOutcome,
  Sandbox,
  SandboxEvents,
  SandboxExit,
  SandboxInvocation,
  SandboxOutcome,
} from '../../ports/sandboxes.ts'
import { exitStatus } from './exit-status.ts'
import { untilRead } from './loop-turns.ts'
import type { MemoryGuard, MemoryOrder } from './memory-limit.ts'
import { killGroup } from './process-table.ts'
import type { StartedProgram } from './process-start.ts'
import { readProgramOutput, type ProgramOutput } from './program-output.ts'
import type { RuntimeLink, RuntimeLinkEvents } from './runtime-link.ts'
import { openStreamedAnswer, type StreamedAnswer } from './streamed-answer.ts'

/** A program under way, and how to speak with it. */
export interface Launched {
  readonly program: StartedProgram
  /** Connects what the code says with who listens. */
  link(events: RuntimeLinkEvents): RuntimeLink
  /** Watches over its memory from now on. */
  guard(watched: Pick<MemoryOrder, 'over' | 'isIdle'>): MemoryGuard
  /** Called once, when it is gone. */
  forget(): void
}

export interface SandboxLife {
  /** Starts the program; a text: why it could not be. */
  launch(): Promise<Launched | string>
  readonly events: SandboxEvents
  /** The longest that an init may take. */
  readonly initMsMax: number
  readonly warn: (event: string, detail: string) => void
  /** Called once, when there is nothing left of it. */
  readonly gone: () => void
}

/** How long code whose channel has ended, or whose init has failed, may take to leave by itself. */
const leaveMs = 500

interface Pending {
  readonly resolve: (outcome: SandboxOutcome) => void
  readonly deadlineMs: number
  readonly onStream: SandboxInvocation['onStream']
}

/** One copy of a function's code, from its start to its end. */
export function openSandbox(life: SandboxLife): Sandbox {
  const running = new RunningSandbox(life)
  return {
    init: running.init,
    invoke: (invocation) => running.invoke(invocation),
    outputSettled: () => running.outputSettled(),
    maxMemoryUsedMb: () => running.maxMemoryUsedMb(),
    stop: () => running.stop(),
  }
}

class RunningSandbox implements RuntimeLinkEvents {
  readonly #life: SandboxLife
  readonly init: Promise<InitOutcome>
  readonly #settleInit: (outcome: InitOutcome) => void
  readonly #gone = Promise.withResolvers<void>()
  #isInitSettled = false
  #isReady = false
  #launched: Launched | undefined
  #link: RuntimeLink | undefined
  #output: ProgramOutput | undefined
  #guard: MemoryGuard | undefined
  #pending: Pending | undefined
  /** Of the event under way. */
  #stream: StreamedAnswer | undefined
  /** What the event under way came to, told by code that ends. */
  #lastError: string | undefined
  #cause: 'memory' | 'stopped' | undefined
  #exit: SandboxExit | undefined
  #initTimer: NodeJS.Timeout | undefined
  #deadlineTimer: NodeJS.Timeout | undefined
  /** When the timer is due: it is left alone by invocations that end later. */
  #timerMs = Number.POSITIVE_INFINITY
  #leaveTimer: NodeJS.Timeout | undefined

  constructor(life: SandboxLife) {
    this.#life = life
    const init = Promise.withResolvers<InitOutcome>()
    this.init = init.promise
    this.#settleInit = (outcome) => {
      this.#isInitSettled = true
      clearTimeout(this.#initTimer)
      init.resolve(outcome)
    }
    void this.#start()
  }

  async #start(): Promise<void> {
    const launched = await this.#launchSafely()
    if (typeof launched === 'string') {
      this.#exit = { status: exitStatus(1, null), cause: 'stopped' }
      this.#settleInit({ outcome: 'not-started', detail: launched })
      this.#life.gone()
      this.#gone.resolve()
      return
    }
    this.#attach(launched)
  }

  async #launchSafely(): Promise<Launched | string> {
    try {
      return await this.#life.launch()
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }

  #attach(launched: Launched): void {
    const { program } = launched
    this.#launched = launched
    program.onExit((code, signal) => void this.#end(code, signal))
    this.#output = readProgramOutput([program.stdout, program.stderr], (text, timestampMs) =>
      this.#life.events.output(text, timestampMs),
    )
    this.#link = launched.link(this)
    this.#guard = launched.guard({
      over: () => this.#kill('memory'),
      isIdle: () => this.#isReady && this.#pending === undefined,
    })
    this.#initTimer = setTimeout(() => this.#initTimedOut(), this.#life.initMsMax)
    if (this.#cause !== undefined) killGroup(program.pid)
  }

  #initMs(): number {
    return performance.now() - (this.#launched?.program.startedMs ?? 0)
  }

  #initTimedOut(): void {
    this.#settleInit({ outcome: 'init-timeout', initMs: this.#initMs() })
    this.#kill('stopped')
  }

  ready(): void {
    if (this.#isReady) return this.broken('the code was ready twice')
    this.#isReady = true
    if (!this.#isInitSettled) this.#settleInit({ outcome: 'ready', initMs: this.#initMs() })
  }

  initError(payload: string): void {
    if (this.#isReady) return this.broken('an init failed that was over')
    if (!this.#isInitSettled) {
      this.#settleInit({ outcome: 'init-error', payload, initMs: this.#initMs() })
    }
    this.#letLeave()
  }

  invoke(invocation: SandboxInvocation): Promise<SandboxOutcome> {
    if (this.#exit !== undefined || this.#link === undefined) {
      return Promise.resolve({ outcome: 'exited', exit: this.#exit ?? { status: 'exit status 1' } })
    }
    const { deadlineMs, onStream } = invocation
    const { promise, resolve } = Promise.withResolvers<SandboxOutcome>()
    this.#pending = { resolve, deadlineMs, onStream }
    // Armed before anything can go wrong with the writing, and not touched when it is due early enough.
    if (deadlineMs < this.#timerMs) this.#armDeadline(deadlineMs)
    this.#link.send(invocation)
    return promise
  }

  #armDeadline(deadlineMs: number): void {
    clearTimeout(this.#deadlineTimer)
    this.#timerMs = deadlineMs
    const waitMs = Math.max(0, deadlineMs - Date.now())
    this.#deadlineTimer = setTimeout(() => this.#deadlineDue(), waitMs)
  }

  #deadlineDue(): void {
    this.#timerMs = Number.POSITIVE_INFINITY
    if (this.#pending === undefined) return
    if (Date.now() < this.#pending.deadlineMs) return this.#armDeadline(this.#pending.deadlineMs)
    this.#kill('stopped')
    this.#answer(this.#lastOutcome({ outcome: 'timed-out' }))
  }

  #answer(outcome: SandboxOutcome): void {
    const pending = this.#pending
    this.#pending = undefined
    this.#stream?.settle(outcome.outcome === 'streamed')
    this.#stream = undefined
    if (pending !== undefined) pending.resolve(outcome)
    else if (this.#exit === undefined && this.#cause === undefined) {
      this.broken('the code answered what was not asked')
    }
  }

  response(payload: string): void {
    this.#answer({ outcome: 'response', payload })
  }

  streamBegin(contentType: string): void {
    const onStream = this.#pending?.onStream
    if (onStream === undefined || this.#stream !== undefined || this.#link === undefined) {
      return this.broken('the code streamed what was not asked')
    }
    this.#stream = openStreamedAnswer(contentType, this.#link)
    onStream(this.#stream.stream)
  }

  streamPiece(bytes: Uint8Array): void {
    if (this.#stream === undefined) return this.broken('the code streamed what was not begun')
    if (this.#stream.take(bytes)) return
    this.#stream.settle(false)
    this.broken('the code streamed more at once than it was let')
  }

  streamEnd(): void {
    if (this.#stream === undefined) return this.broken('the code ended what was not begun')
    this.#answer(this.#stream.outcome())
  }

  error(payload: string): void {
    this.#answer({ outcome: 'error', payload })
  }

  /** Answered when the code has ended: nobody shall be given what is about to end. */
  lastError(payload: string): void {
    if (this.#pending === undefined) return this.broken('the code answered what was not asked')
    this.#lastError = payload
    this.#letLeave()
  }

  tooLarge(bytes: number): void {
    this.#answer({ outcome: 'response-too-large', bytes })
  }

  output(text: string, timestampMs: number): void {
    this.#output?.line(text, timestampMs)
  }

  broken(detail: string): void {
    if (this.#exit !== undefined || this.#cause !== undefined) return
    this.#life.warn('function-channel-broken', detail)
    this.#killGroup()
  }

  left(): void {
    if (this.#exit === undefined) this.#letLeave()
  }

  /** Code that ends closes its channel first: killed at once, its own exit status would be lost. */
  #letLeave(): void {
    this.#leaveTimer ??= setTimeout(() => this.#killGroup(), leaveMs)
  }

  #kill(cause: 'memory' | 'stopped'): void {
    this.#cause ??= cause
    this.#killGroup()
  }

  #killGroup(): void {
    if (this.#launched !== undefined) killGroup(this.#launched.program.pid)
  }

  readonly #activity = (): number => (this.#link?.activity() ?? 0) + (this.#output?.activity() ?? 0)

  /** What was written before the end is read first: an answer may be in it. */
  async #end(code: number | null, signal: string | null): Promise<void> {
    this.#killGroup()
    this.#guard?.close()
    await untilRead(this.#activity)
    this.#output?.flush()
    const cause = this.#output?.sawHeapExhausted() === true ? 'memory' : this.#causeOfEnd()
    const status = exitStatus(code, signal)
    const exit: SandboxExit = Object.freeze(cause === undefined ? { status } : { status, cause })
    this.#exit = exit
    this.#close()
    if (!this.#isInitSettled) this.#settleInit({ outcome: 'exited', exit, initMs: this.#initMs() })
    if (this.#pending !== undefined) this.#answer(this.#lastOutcome({ outcome: 'exited', exit }))
    this.#life.gone()
    this.#life.events.exited(exit)
    this.#gone.resolve()
  }

  #lastOutcome(ending: SandboxOutcome): SandboxOutcome {
    const payload = this.#lastError
    return payload === undefined ? ending : { outcome: 'error', payload }
  }

  #causeOfEnd(): 'memory' | 'stopped' | undefined {
    return this.#guard?.wasKilled() === true ? 'memory' : this.#cause
  }

  #close(): void {
    clearTimeout(this.#deadlineTimer)
    clearTimeout(this.#leaveTimer)
    this.#link?.close()
    this.#output?.close()
    this.#launched?.forget()
  }

  async outputSettled(): Promise<void> {
    if (this.#exit !== undefined) return
    await untilRead(this.#activity)
    this.#output?.flush()
  }

  maxMemoryUsedMb(): number {
    return Math.ceil((this.#guard?.mostBytes() ?? 0) / 1_048_576)
  }

  stop(): Promise<void> {
    this.#kill('stopped')
    return this.#gone.promise
  }
}
