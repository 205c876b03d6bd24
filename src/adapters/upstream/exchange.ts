import { BodyAbortedError, BodyTimedOutError } from '../../base/body.ts'
import type { UpstreamOutcome, UpstreamRequest } from '../../ports/upstream.ts'
import type { DeadlineQueue, Expiring } from './deadline-queue.ts'
import { EndpointTime, type WaitedFor } from './endpoint-time.ts'
import type { WrittenRequest } from './request-writer.ts'

/** Who works for an exchange at the moment: a connection, or the queue in front of them. */
export interface Carrier {
  /** The exchange is over from its own side (time, signal): stop working for it. */
  abandon(exchange: Exchange, reason: BodyAbortedError): void
}

interface ExchangeInput {
  readonly request: UpstreamRequest
  readonly written: WrittenRequest
  readonly deadlines: DeadlineQueue
  readonly resolve: (outcome: UpstreamOutcome) => void
  /** Called once, when neither the answer nor its content is outstanding any more. */
  readonly onOver: () => void
}

/**
 * One request on its way to its outcome.
 *
 * `settle` gives the caller the outcome; `finish` says that the connection is done with it too, which
 * for a streamed response comes later. Time and signal count until then; of the time, only what the endpoint
 * is waited for, unless it covers the content whoever waits.
 */
export class Exchange implements Expiring {
  readonly request: UpstreamRequest
  readonly written: WrittenRequest
  readonly #deadlines: DeadlineQueue
  readonly #resolve: (outcome: UpstreamOutcome) => void
  readonly #onOver: () => void
  /** Undefined while nobody but the endpoint was waited for: most exchanges need no more. */
  #time: EndpointTime | undefined
  #abortListener: (() => void) | undefined
  #isFinished = false
  /** True once the caller has its outcome. */
  isSettled = false
  carrier: Carrier | undefined = undefined
  deadlineMs = 0
  previous: Expiring | undefined = undefined
  next: Expiring | undefined = undefined
  lane: Expiring['lane'] = undefined

  constructor({ request, written, deadlines, resolve, onOver }: ExchangeInput) {
    this.request = request
    this.written = written
    this.#deadlines = deadlines
    this.#resolve = resolve
    this.#onOver = onOver
  }

  /** Starts the clock and listens to the signal. */
  begin(nowMs: number): void {
    this.#deadlines.add(this, this.request.timeoutMs, nowMs)
    const { signal } = this.request
    if (signal === undefined) return
    this.#abortListener = () => this.#cancel(aborted, new BodyAbortedError(aborted.detail))
    signal.addEventListener('abort', this.#abortListener, { once: true })
  }

  expire(): void {
    const nowMs = performance.now()
    const time = this.#time
    if (time?.clientIsLate(nowMs) === true) {
      return this.#cancel(clientIsLate, new BodyAbortedError(clientIsLate.detail))
    }
    const leftMs = time === undefined ? 0 : this.request.timeoutMs - time.usedMs(nowMs)
    if (leftMs <= roundingMs) {
      return this.#cancel(timedOut, new BodyTimedOutError('the time is over'))
    }
    this.#deadlines.add(this, Math.max(leftMs, time?.isRunning === true ? 0 : recheckMs), nowMs)
  }

  /** The content of the request. While its next piece is waited for, the endpoint's time stands still. */
  requestPieces(): AsyncIterable<Uint8Array> {
    return this.#measuredTime().paced(this.request.body.stream())
  }

  /** Gives the caller the outcome. Only the first one counts. `content` is what the caller still reads. */
  settle(outcome: UpstreamOutcome, content?: WaitedFor): void {
    if (this.isSettled) return
    this.isSettled = true
    if (content === undefined) this.#deadlines.remove(this)
    else if (this.request.timeoutCoversContent !== true) {
      this.#measuredTime().beginContent(performance.now(), content)
    }
    this.#resolve(outcome)
  }

  /** Nothing is outstanding any more. */
  finish(): void {
    if (this.#isFinished) return
    this.#isFinished = true
    this.carrier = undefined
    this.#deadlines.remove(this)
    if (this.#abortListener !== undefined) {
      this.request.signal?.removeEventListener('abort', this.#abortListener)
      this.#abortListener = undefined
    }
    if (this.request.body.bytes === undefined) this.request.body.discard()
    this.#onOver()
  }

  /** Ends without an answer. */
  fail(outcome: UpstreamOutcome): void {
    this.settle(outcome)
    this.finish()
  }

  // The deadline is moved only by what measures already.
  #measuredTime(): EndpointTime {
    const durationMs = Math.max(this.request.timeoutMs, 1)
    return (this.#time ??= new EndpointTime(this.deadlineMs - durationMs))
  }

  #cancel(outcome: UpstreamOutcome, reason: BodyAbortedError): void {
    const { carrier } = this
    this.settle(outcome)
    carrier?.abandon(this, reason)
    this.finish()
  }
}

/** How soon to look again, in milliseconds, while the client is waited for. */
const recheckMs = 50

/** What sums of times may lack by their rounding. */
const roundingMs = 0.001

const timedOut: UpstreamOutcome = Object.freeze({ outcome: 'timeout' })
const aborted = Object.freeze({ outcome: 'aborted', detail: 'nobody waits for the answer' })
const clientIsLate = Object.freeze({
  outcome: 'aborted',
  detail: 'the client sent nothing of its request for too long',
})
