import { setMaxListeners } from 'node:events'
import type { Socket } from 'node:net'
import { BodyAbortedError } from '../../base/body.ts'
import type { WriteBatch } from '../../adapters/upstream/write-batch.ts'
import { AnswerProgress } from './answer-progress.ts'
import { HeldAnswers } from './held-answers.ts'
import type { PlaneSet } from './planes.ts'
import type { SignalWriter } from '../workers/worker-signals.ts'

/** Made once: an error costs more than the rest of what closing a connection does here. */
const clientGone = new BodyAbortedError('the client went away')

/** What a connection is served with. */
export interface ConnectionTerms {
  readonly planes: PlaneSet
  /** The client's address without port. */
  readonly sourceIp: string
  /** Requests that may be received and not answered; above, the socket is not read. */
  readonly pipelinedMax: number
  readonly signals: SignalWriter
  /** Takes the answers of all connections. */
  readonly batch: WriteBatch
}

/**
 * A client's connection, from taken to closed: what does not change from request to request, and the
 * count of those under way.
 */
export class ServedConnection {
  readonly planes: PlaneSet
  readonly sourceIp: string
  readonly answers: HeldAnswers
  readonly progress: AnswerProgress
  /** The last Host field that was found well-formed. */
  knownHost: string | undefined = undefined
  /** True once it is known that no request may be understood behind the last one. */
  takesNoMore = false
  readonly #socket: Socket
  readonly #pipelinedMax: number
  readonly #signals: SignalWriter
  #underWayCount = 0
  #isPaused = false
  #isKeptPaused = false
  #isClosed = false
  #controller: AbortController | undefined

  constructor(socket: Socket, { planes, sourceIp, pipelinedMax, signals, batch }: ConnectionTerms) {
    this.planes = planes
    this.sourceIp = sourceIp
    this.answers = new HeldAnswers(socket, batch)
    this.progress = new AnswerProgress(socket)
    this.#socket = socket
    this.#pipelinedMax = pipelinedMax
    this.#signals = signals
  }

  /**
   * Aborts when the client goes away while a request is under way. One for all requests of the
   * connection, made when it is first asked for.
   */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      // A listener for each pipelined request is no leak.
      setMaxListeners(0, this.#controller.signal)
      if (this.#isClosed) this.#controller.abort(clientGone)
    }
    return this.#controller.signal
  }

  requestBegan(): void {
    this.#signals.requestStarted()
    this.#underWayCount += 1
    if (this.#underWayCount <= this.#pipelinedMax || this.#isPaused) return
    // Node resumes a socket after each answer, for what is left of the request's body.
    if (!this.#isKeptPaused) this.#socket.on('resume', () => this.#isPaused && this.#socket.pause())
    this.#isKeptPaused = true
    this.#isPaused = true
    this.#socket.pause()
  }

  /** The answer is given. Of a connection that closed first, `closed` has counted it already. */
  requestEnded(): void {
    if (this.#isClosed) return
    this.#signals.requestFinished()
    this.#underWayCount -= 1
    if (!this.#isPaused || this.#underWayCount > this.#pipelinedMax) return
    this.#isPaused = false
    this.#socket.resume()
  }

  /** Nobody will read the answers of what is under way. */
  abandon(): void {
    this.#controller?.abort(clientGone)
  }

  closed(): void {
    this.#isClosed = true
    if (this.#underWayCount > 0) this.#controller?.abort(clientGone)
    for (let i = 0; i < this.#underWayCount; i += 1) this.#signals.requestFinished()
  }
}
