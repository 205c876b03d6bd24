import { invariant } from '../base/invariant.ts'
import type { Clock } from '../ports/clock.ts'
import type { FunctionOutcome, FunctionStreamEnd } from '../ports/functions.ts'
import type { OperatorLog } from '../ports/operator-log.ts'
import type { SandboxOutcome, SandboxStream } from '../ports/sandboxes.ts'
import type { Alarm, Alarms } from './alarms.ts'
import type { Concurrency, FunctionSeats } from './concurrency.ts'
import type { LiveSandbox } from './live-sandbox.ts'
import { initReportLine } from './log-lines.ts'
import { LogTail } from './log-tail.ts'
import { refusals } from './refusals.ts'
import { answerOf, answerOfFailedInit, initStatus, type SandboxAnswer } from './sandbox-answer.ts'
import type { SandboxFleet } from './sandbox-fleet.ts'
import type { InvocationLog } from './sandbox-log.ts'
import type { SandboxPool } from './sandbox-pool.ts'
import type { FailedInit, SandboxTaker } from './waiting-invocation.ts'

/** An invocation that is allowed, with the version that was chosen for it. */
export interface RunOrder {
  readonly seats: FunctionSeats
  readonly pool: SandboxPool
  /** As it was addressed. */
  readonly functionArn: string
  readonly requestId: string
  /** JSON. */
  readonly payload: string
  readonly clientContext: string | undefined
  readonly traceId: string
  readonly logTail: boolean
  /** How long the caller waits, in milliseconds; undefined: to the end. */
  readonly timeoutMs: number | undefined
  /** The caller takes the answer piece by piece. */
  readonly isStreamed: boolean
}

/** What is counted of invocations. */
export interface RunFigures {
  /** That run now, or wait for a sandbox. */
  running: number
  /** Throttled ones are not among them. */
  invocations: number
  throttles: number
  /** Invocations that ended in a function error. */
  errors: number
}

/** What runs are made of. */
export interface RunParts {
  readonly clock: Clock
  readonly log: OperatorLog
  readonly alarms: Alarms
  readonly concurrency: Concurrency
  readonly fleet: SandboxFleet
  readonly figures: RunFigures
  /** Told when the last one that ran has ended. */
  readonly allEnded: () => void
}

/**
 * Runs an invocation to its end and resolves with its answer, with the caller's timeout before it, or with the
 * beginning of an answer that is streamed.
 * Never rejects.
 */
export function runInvocation(order: RunOrder, parts: RunParts): Promise<FunctionOutcome> {
  const reason = parts.concurrency.take(order.seats)
  if (reason !== undefined) {
    parts.figures.throttles += 1
    return Promise.resolve(refusals.throttled(reason))
  }
  return new Promise((resolve) => new Run(order, parts, resolve).begin())
}

/** A class for its cost: one object and one callback instead of a closure for each phase. */
class Run implements SandboxTaker, Alarm {
  readonly #order: RunOrder
  readonly #parts: RunParts
  readonly #resolve: (outcome: FunctionOutcome) => void
  #initMs: number | undefined
  #startMs = 0
  #isGivenUp = false
  /** Undefined: the answer is not streamed, or has not begun. */
  #endStream: ((end: FunctionStreamEnd) => void) | undefined
  /** Of the caller's patience. */
  dueMs = 0

  constructor(order: RunOrder, parts: RunParts, resolve: (outcome: FunctionOutcome) => void) {
    this.#order = order
    this.#parts = parts
    this.#resolve = resolve
  }

  begin(): void {
    const { figures, fleet, alarms, clock } = this.#parts
    figures.running += 1
    figures.invocations += 1
    const { pool, timeoutMs } = this.#order
    if (timeoutMs !== undefined) {
      this.dueMs = clock.monotonicMs() + timeoutMs
      alarms.set(this)
    }
    if (!fleet.request(pool, this)) this.gaveUp()
  }

  /** The caller's patience is over; the function goes on. */
  ring(): void {
    this.#isGivenUp = true
    this.#resolve(callerTimeout)
  }

  gaveUp(): void {
    this.#parts.figures.throttles += 1
    this.#end(refusals.throttled('ConcurrentInvocationLimitExceeded'))
  }

  closed(): void {
    this.#end(functionPlaneClosed)
  }

  take(live: LiveSandbox): void {
    const { clock } = this.#parts
    const { requestId, traceId, clientContext, payload, functionArn, pool, isStreamed } =
      this.#order
    const nowMs = clock.nowMs()
    this.#startMs = clock.monotonicMs()
    this.#initMs = live.initMs
    live.initMs = undefined
    const log = this.#newLog(nowMs)
    live.log.begin(log)
    invariant(live.sandbox !== undefined, 'a sandbox that is ready was started')
    void live.sandbox
      .invoke({
        requestId,
        invokedFunctionArn: functionArn,
        deadlineMs: nowMs + pool.version.timeoutSeconds * 1000,
        traceId,
        clientContext,
        payload,
        onStream: isStreamed ? (stream) => this.#streams(stream) : undefined,
      })
      .then((outcome) => this.#answered(live, log, outcome))
  }

  /** The first byte is there. The invocation goes on, and is told of by what ends it. */
  #streams({ contentType, body }: SandboxStream): void {
    if (this.#isGivenUp) return body.discard()
    const { requestId, pool, timeoutMs } = this.#order
    if (timeoutMs !== undefined) this.#parts.alarms.cancel(this)
    const ended = Promise.withResolvers<FunctionStreamEnd>()
    this.#endStream = ended.resolve
    this.#resolve({
      outcome: 'streaming',
      ...(contentType !== undefined && { contentType }),
      executedVersion: pool.version.version,
      requestId,
      body,
      ended: ended.promise,
    })
  }

  initFailed(live: LiveSandbox, failure: FailedInit): void {
    const { pool } = this.#order
    if (failure.outcome === 'not-started') {
      const { detail } = failure
      this.#parts.log.error('sandbox-not-started', { function: pool.key, detail })
      return this.#end({ outcome: 'unreachable', detail })
    }
    this.#startMs = this.#parts.clock.monotonicMs()
    const nowMs = this.#parts.clock.nowMs()
    live.log.write(initReportLine(failure.initMs, initStatus(failure)), nowMs)
    const log = this.#newLog(nowMs)
    live.log.beginFailed(log)
    this.#tell(live, log, answerOfFailedInit(failure, this.#order, nowMs))
  }

  #newLog(startMs: number): InvocationLog {
    const { requestId, logTail, pool } = this.#order
    return {
      requestId,
      version: pool.version.version,
      startMs,
      tail: logTail ? new LogTail() : undefined,
      end: undefined,
      written: undefined,
    }
  }

  #answered(live: LiveSandbox, log: InvocationLog, outcome: SandboxOutcome): void {
    const { fleet, clock } = this.#parts
    const answer = answerOf(outcome, this.#order, clock.nowMs())
    this.#tell(live, log, answer)
    if (answer.isSandboxGood) fleet.giveBack(live)
    else fleet.discard(live)
  }

  /** The caller first; the log follows when the output is there, unless the caller wants its end. */
  #tell(live: LiveSandbox, log: InvocationLog, answer: SandboxAnswer): void {
    const { clock, figures } = this.#parts
    const { version } = this.#order.pool
    if (answer.isError) figures.errors += 1
    const end = {
      endMs: clock.nowMs(),
      durationMs: clock.monotonicMs() - this.#startMs,
      memoryMb: version.memoryMb,
      maxMemoryUsedMb: answer.isOutOfMemory
        ? version.memoryMb
        : (live.sandbox?.maxMemoryUsedMb() ?? 0),
      initMs: this.#initMs,
      failure: answer.logMessage,
      status: answer.status,
    }
    const { tail } = log
    if (tail !== undefined) log.written = () => this.#end(this.#outcomeOf(answer, tail.text()))
    live.log.end(log, end)
    if (tail === undefined) this.#end(this.#outcomeOf(answer, undefined))
  }

  #outcomeOf({ payload, isError }: SandboxAnswer, logTail: string | undefined): FunctionOutcome {
    const { requestId, pool } = this.#order
    return {
      outcome: 'answered',
      status: 200,
      payload,
      executedVersion: pool.version.version,
      requestId,
      ...(isError && unhandled),
      ...(logTail !== undefined && { logTail }),
    }
  }

  #end(outcome: FunctionOutcome): void {
    const { concurrency, figures, alarms, allEnded } = this.#parts
    if (this.#order.timeoutMs !== undefined) alarms.cancel(this)
    concurrency.give(this.#order.seats)
    figures.running -= 1
    if (this.#endStream === undefined) this.#resolve(outcome)
    else this.#endStream(streamEndOf(outcome))
    if (figures.running === 0) allEnded()
  }
}

function streamEndOf(outcome: FunctionOutcome): FunctionStreamEnd {
  if (outcome.outcome !== 'answered') return { failure: JSON.stringify(outcome) }
  const { functionError, payload, logTail } = outcome
  return {
    ...(functionError !== undefined && { failure: payload }),
    ...(logTail !== undefined && { logTail }),
  }
}

/** Nothing is run any more. */
export const functionPlaneClosed: FunctionOutcome = Object.freeze({
  outcome: 'unreachable',
  detail: 'functions are not run any more: the server stops',
})

const callerTimeout: FunctionOutcome = Object.freeze({ outcome: 'timeout' })
const unhandled = Object.freeze({ functionError: 'Unhandled' } as const)
