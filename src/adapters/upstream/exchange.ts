import type { UpstreamOutcome, UpstreamRequest } from '../../ports/upstream.ts'
import type { DeadlineQueue, Expiring } from './deadline-queue.ts'
import type { WrittenRequest } from './request-writer.ts'

/** Who works for an exchange at the moment: a connection, or the queue in front of them. */
export interface Carrier {
  /** The exchange is over from its own side (time, signal): stop working for it. */
  abandon(exchange: Exchange, detail: string): void
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
 * for a streamed response comes later. Time ends with `settle`, unless it covers the content; the signal
 * counts until `finish`.
 */
export class Exchange implements Expiring {
  readonly request: UpstreamRequest
  readonly written: WrittenRequest
  readonly #deadlines: DeadlineQueue
  readonly #resolve: (outcome: UpstreamOutcome) => void
  readonly #onOver: () => void
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
    this.#abortListener = () => this.#cancel(aborted, 'nobody waits for the answer')
    signal.addEventListener('abort', this.#abortListener, { once: true })
  }

  expire(): void {
    this.#cancel(timedOut, 'the time is over')
  }

  /** Gives the caller the outcome. Only the first one counts. */
  settle(outcome: UpstreamOutcome): void {
    if (this.isSettled) return
    this.isSettled = true
    const goesOn = outcome.outcome === 'response' && this.request.timeoutCoversContent === true
    if (!goesOn) this.#deadlines.remove(this)
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

  #cancel(outcome: UpstreamOutcome, detail: string): void {
    const { carrier } = this
    this.settle(outcome)
    carrier?.abandon(this, detail)
    this.finish()
  }
}

const timedOut: UpstreamOutcome = Object.freeze({ outcome: 'timeout' })
const aborted: UpstreamOutcome = Object.freeze({
  outcome: 'aborted',
  detail: 'nobody waits for the answer',
})
