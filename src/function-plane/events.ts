import type { Clock } from '../ports/clock.ts'
import type { FunctionOutcome } from '../ports/functions.ts'
import type { OperatorLog } from '../ports/operator-log.ts'
import type { Alarms } from './alarms.ts'
import type { FunctionPlaneLimits } from './limits.ts'

/** An event that its sender does not wait for. */
export interface AsynchronousEvent {
  readonly functionArn: string
  /** JSON. */
  readonly payload: string
  readonly traceId: string
  /** The same for all attempts. */
  readonly requestId: string
}

/** What is counted of events. */
export interface EventFigures {
  /** Those that wait, run, or will be tried again. */
  readonly held: number
  /** Given up: all attempts failed, too old, the function gone, or the plane closed. */
  readonly dropped: number
  /** Not accepted, because too many or too large ones are held. */
  readonly refused: number
}

/** The queue of asynchronous invocations. */
export interface Events {
  /** False: the queue is full. */
  accept(event: AsynchronousEvent): boolean
  figures(): EventFigures
  /** No event is run any more; those that run end. */
  stop(): void
  /** Forgets all that do not run. */
  clear(): void
}

/** What the queue is made of. */
export interface EventParts {
  readonly clock: Clock
  readonly alarms: Alarms
  readonly log: OperatorLog
  readonly limits: Pick<FunctionPlaneLimits, 'eventsMax' | 'eventBytesMax' | 'eventsAtOnceMax'>
  /** One attempt. Never rejects. */
  readonly run: (event: AsynchronousEvent) => Promise<FunctionOutcome>
}

/** Waits before the second and the third attempt of an event whose function fails. */
const retryWaitsMs: readonly number[] = [60_000, 120_000]
/** Waits while there is no room for the function: each twice the one before it. */
const throttledWaitMsMin = 1_000
const throttledWaitMsMax = 300_000
/** Age at which an event is given up. */
const eventAgeMsMax = 6 * 3_600_000

interface HeldEvent extends AsynchronousEvent {
  readonly bytes: number
  readonly expiresMs: number
  failures: number
  throttledWaitMs: number
}

/**
 * A queue without events.
 *
 * An event whose function fails is run twice more, after one and after two minutes. One for which there
 * is no room is tried again after 1 second, then after ever longer ones up to 5 minutes, for 6 hours. The
 * queue is in memory: what it holds is lost when the process ends. Bounds: events and bytes held, events
 * run at a time; beyond, events are refused.
 *
 * Documented: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
export function createEvents(parts: EventParts): Events {
  const { clock, alarms, limits } = parts
  const ready: HeldEvent[] = []
  let [held, heldBytes, running, dropped, refused] = [0, 0, 0, 0, 0]
  /** Grows with every `clear()`: alarms of events from before do nothing. */
  let generation = 0
  let stopped = false

  function runReady(): void {
    while (running < limits.eventsAtOnceMax) {
      const event = stopped ? undefined : ready.shift()
      if (event === undefined) return
      running += 1
      void attempt(event)
    }
  }

  async function attempt(event: HeldEvent): Promise<void> {
    const generationBefore = generation
    const outcome = await runSafely(event)
    running -= 1
    if (generation === generationBefore) settle(event, outcome)
    runReady()
  }

  /** An event whose run fails by a mistake of ours is tried again, and holds nothing up. */
  async function runSafely(event: HeldEvent): Promise<FunctionOutcome> {
    try {
      return await parts.run(event)
    } catch (error) {
      const { functionArn, requestId } = event
      parts.log.error('event-not-run', { functionArn, requestId, reason: String(error) })
      return { outcome: 'unreachable', detail: String(error) }
    }
  }

  function settle(event: HeldEvent, outcome: FunctionOutcome): void {
    const waitMs = waitAfter(event, outcome)
    if (waitMs === 'done') release(event)
    else if (waitMs === 'give-up' || clock.monotonicMs() + waitMs > event.expiresMs) {
      drop(event, outcome)
    } else later(event, waitMs)
  }

  function later(event: HeldEvent, waitMs: number): void {
    const generationBefore = generation
    const ring = () => {
      if (generation !== generationBefore) return
      ready.push(event)
      runReady()
    }
    alarms.set({ dueMs: clock.monotonicMs() + waitMs, ring })
  }

  function drop(event: HeldEvent, outcome: FunctionOutcome): void {
    dropped += 1
    release(event)
    const { functionArn, requestId } = event
    const reason = outcome.outcome === 'refused' ? outcome.code : outcome.outcome
    parts.log.warn('event-dropped', { functionArn, requestId, reason })
  }

  function release(event: HeldEvent): void {
    held -= 1
    heldBytes -= event.bytes
  }

  return Object.freeze({
    accept(event: AsynchronousEvent): boolean {
      // As JavaScript holds it: two bytes a unit at most.
      const bytes = event.payload.length * 2
      if (stopped || held >= limits.eventsMax || heldBytes + bytes > limits.eventBytesMax) {
        refused += 1
        return false
      }
      held += 1
      heldBytes += bytes
      const expiresMs = clock.monotonicMs() + eventAgeMsMax
      ready.push({ ...event, bytes, expiresMs, failures: 0, throttledWaitMs: throttledWaitMsMin })
      runReady()
      return true
    },
    figures: () => ({ held, dropped, refused }),
    stop() {
      stopped = true
    },
    clear() {
      generation += 1
      dropped += held
      held = 0
      heldBytes = 0
      ready.length = 0
    },
  })
}

/** How long until the next attempt, if there is one. */
function waitAfter(event: HeldEvent, outcome: FunctionOutcome): number | 'done' | 'give-up' {
  if (outcome.outcome === 'answered') {
    if (outcome.functionError === undefined) return 'done'
    event.failures += 1
    return retryWaitsMs[event.failures - 1] ?? 'give-up'
  }
  if (outcome.outcome === 'refused' && outcome.status !== 429) return 'give-up'
  const waitMs = event.throttledWaitMs
  event.throttledWaitMs = Math.min(2 * waitMs, throttledWaitMsMax)
  return waitMs
}
