import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher, Pool } from 'undici'
import { BodyAbortedError, streamBody } from '../../base/body.ts'
import type { FunctionOutcome, FunctionStreamEnd } from '../../ports/functions.ts'
import { outcomeOf, readTexts } from './answer.ts'
import { createEventStreamReader, type EventStreamMessage } from './event-stream.ts'
import { type EndpointRequest, postWithin, readBounded, unreachable } from './exchange.ts'

type ResponseBody = Dispatcher.ResponseData['body']

/**
 * POSTs once to InvokeWithResponseStream. Resolves when the first piece is there, or the end when there is none:
 * a function that fails before it streams is an answer like any other. Never rejects.
 *
 * Documented: https://docs.aws.amazon.com/lambda/latest/api/API_InvokeWithResponseStream.html
 */
export function exchangeStreamed(pool: Pool, request: EndpointRequest): Promise<FunctionOutcome> {
  // What follows the first piece is not bound by the request's time.
  return postWithin(pool, request, readAnswer)
}

const eventStreamType = 'application/vnd.amazon.eventstream'

async function readAnswer(response: Dispatcher.ResponseData): Promise<FunctionOutcome> {
  const { statusCode: status, headers } = response
  if (status !== 200) {
    const bytes = await readBounded(response)
    if (bytes === undefined) return unreachable('answered too much')
    return outcomeOf({ outcome: 'answer', status, headers, body: bytes })
  }
  if (!String(headers['content-type']).startsWith(eventStreamType)) {
    response.body.on('error', () => {}).destroy()
    return unreachable(
      'answered no event stream: the endpoint does not know InvokeWithResponseStream',
    )
  }
  const events = new EventPieces(response.body)
  const first = await events.next()
  if (first.done === true) {
    const { failure, logTail } = await events.ended
    if (failure !== undefined) {
      return {
        ...{ outcome: 'answered', status: 200, payload: failure, functionError: 'Unhandled' },
        ...said(headers),
        ...(logTail === undefined ? {} : { logTail }),
      }
    }
  }
  events.putBack(first)
  return {
    ...{ outcome: 'streaming', ...said(headers) },
    body: streamBody(events, undefined),
    ended: events.ended,
  }
}

function said(headers: IncomingHttpHeaders) {
  const version = headers['x-amz-executed-version']
  const executedVersion = typeof version === 'string' ? version : undefined
  const requestId = String(headers['x-amzn-requestid'] ?? '')
  return { requestId, ...(executedVersion === undefined ? {} : { executedVersion }) }
}

type Piece = IteratorResult<Uint8Array, undefined>

/** The content of the chunks of an event stream, read as it is asked for: the connection holds the function back. */
class EventPieces implements AsyncIterableIterator<Uint8Array, undefined> {
  readonly #body: ResponseBody
  readonly #source: AsyncIterator<Buffer>
  readonly #reader = createEventStreamReader()
  readonly #ended = Promise.withResolvers<FunctionStreamEnd>()
  readonly #messages: EventStreamMessage[] = []
  #first: Piece | undefined
  #hasBegun = false
  #isOver = false

  constructor(body: ResponseBody) {
    this.#body = body
    // A response body without an encoding gives bytes.
    this.#source = (body as AsyncIterable<Buffer>)[Symbol.asyncIterator]()
    body.on('error', () => {})
  }

  get ended(): Promise<FunctionStreamEnd> {
    return this.#ended.promise
  }

  /** The first piece is somebody else's to read. */
  putBack(first: Piece): void {
    this.#first = first
    this.#hasBegun = true
  }

  async next(): Promise<Piece> {
    const first = this.#first
    this.#first = undefined
    if (first !== undefined) return first
    try {
      while (!this.#isOver) {
        const message = this.#messages.shift()
        if (message === undefined) await this.#read()
        else if (message.headers[':event-type'] === 'PayloadChunk') {
          if (message.payload.length > 0) return { done: false, value: message.payload }
        } else this.#take(message)
      }
    } catch (error) {
      throw this.#fail(error instanceof Error ? error.message : String(error))
    }
    return over
  }

  async #read(): Promise<void> {
    const { done, value } = await this.#source.next()
    if (done === true) throw new BodyAbortedError('the connection ended before the stream')
    this.#messages.push(...this.#reader.push(value))
  }

  /**
   * The end of the stream, or what has no meaning here. A failure behind a first piece breaks the content off; one
   * before it is for whoever waits for the first.
   *
   * @throws {BodyAbortedError}
   */
  #take({ headers, payload }: EventStreamMessage): void {
    if (headers[':message-type'] === 'exception' || headers[':message-type'] === 'error') {
      const what = headers[':exception-type'] ?? headers[':error-code'] ?? 'an exception'
      throw new BodyAbortedError(`${what}: ${payload.toString()}`)
    }
    if (headers[':event-type'] !== 'InvokeComplete') return
    this.#isOver = true
    const end = endOf(payload)
    this.#ended.resolve(end)
    this.#body.resume()
    if (end.failure !== undefined && this.#hasBegun)
      throw new BodyAbortedError('the function failed')
  }

  #fail(detail: string): BodyAbortedError {
    this.#isOver = true
    this.#body.destroy()
    const failure = JSON.stringify({ errorType: 'Unreachable', errorMessage: detail })
    this.#ended.resolve({ failure })
    return new BodyAbortedError(detail)
  }

  return(): Promise<Piece> {
    this.#isOver = true
    this.#body.destroy()
    this.#ended.resolve({})
    return Promise.resolve(over)
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}

const over = Object.freeze({ done: true, value: undefined })

function endOf(payload: Buffer): FunctionStreamEnd {
  const { ErrorCode, ErrorDetails = '', LogResult } = readTexts(payload)
  return {
    ...(ErrorCode === undefined ? {} : { failure: failureOf(ErrorCode, ErrorDetails) }),
    ...(LogResult === undefined ? {} : { logTail: Buffer.from(LogResult, 'base64').toString() }),
  }
}

/** The details are the function's own JSON where its runtime has some. */
function failureOf(errorType: string, details: string): string {
  const { errorMessage } = readTexts(Buffer.from(details))
  if (errorMessage !== undefined) return details
  return JSON.stringify({ errorType, errorMessage: details })
}
