import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import { Client, errors, type Dispatcher } from 'undici'
import {
  BodyAbortedError,
  bytesBody,
  concatBytes,
  emptyBody,
  freePiece,
  streamBody,
  type Body,
} from '../../base/body.ts'
import { findField, type HeaderFields } from '../../base/header-fields.ts'
import type { UpstreamOutcome, UpstreamRequest } from '../../ports/upstream.ts'
import { connectFailure } from './connect-failure.ts'
import type { ConnectionEvents, Destination, OriginConnection } from './connection-pool.ts'
import { ContentQueue, type ContentSource } from './content-queue.ts'
import type { Carrier, Exchange } from './exchange.ts'
import { CertificateError, TlsHandshakeError, type OpenSocket } from './open-socket.ts'
import { isIdempotent } from './request-writer.ts'
import { informationalMax } from './response-reader.ts'
import type { UpstreamLimits } from './upstream-options.ts'

interface UndiciConnectionInput {
  readonly destination: Destination
  readonly events: ConnectionEvents
  readonly openSocket: OpenSocket
  readonly limits: UpstreamLimits
}

/** A response of which nothing has been handed on yet. */
interface Begun {
  readonly status: number
  readonly headers: HeaderFields
  readonly byteLength: number | undefined
  readonly pieces: Buffer[]
}

/**
 * A connection whose HTTP is undici's: one `Client`, which holds one socket, carrying one exchange at a
 * time. Our own pool stands in front of it, so that limits, time and retries are the port's.
 *
 * What undici does otherwise than the raw client: Host and a `connection` field come first, 100 responses
 * break the exchange, and a HEAD closes the connection.
 */
export class UndiciConnection
  implements OriginConnection, Carrier, ContentSource, Dispatcher.DispatchHandler
{
  #client: Client | undefined
  readonly #events: ConnectionEvents
  readonly #limits: UpstreamLimits
  readonly #socket: Socket
  #isGone = false
  #exchange: Exchange | undefined
  #controller: Dispatcher.DispatchController | undefined
  #begun: Begun | undefined
  #content: ContentQueue | undefined
  #answerBegan = false
  #informationalCount = 0
  #bodyBrokeOff = false
  #exchangesCount = 0
  #loss: string | undefined
  idleUntilMs = 0

  constructor({ destination, events, openSocket, limits }: UndiciConnectionInput) {
    this.#events = events
    this.#limits = limits
    this.#socket = openSocket(destination, (error, socket) => {
      if (socket === null) this.#lose(error)
      else this.#onEstablished(socket)
    })
  }

  get isDestroyed(): boolean {
    return this.#isGone
  }

  get contentWaitingSinceMs(): number | undefined {
    return this.#content?.waitingSinceMs
  }

  get contentIdleMs(): number | undefined {
    return this.#exchange?.request.contentIdleMs
  }

  send(exchange: Exchange): void {
    this.#exchange = exchange
    exchange.carrier = this
    this.#answerBegan = false
    this.#informationalCount = 0
    if (this.#client !== undefined) this.#dispatch(this.#client, exchange)
  }

  destroy(detail: string): void {
    this.#loss ??= detail
    this.#lose(new Error(detail))
  }

  abandon(exchange: Exchange, reason: BodyAbortedError): void {
    if (this.#exchange !== exchange) return
    this.#release()?.fail(reason)
    // Nothing was sent on a connection that does not stand yet, so that it can serve another.
    if (this.#client !== undefined || this.#isGone) this.#leave(undefined)
    else this.#events.onUnclaimed(this)
  }

  pauseContent(): void {
    this.#controller?.pause()
  }

  resumeContent(): void {
    this.#controller?.resume()
  }

  abandonContent(): void {
    const exchange = this.#exchange
    this.#release()
    this.#leave(undefined)
    exchange?.finish()
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
  }

  onResponseStarted(): void {
    this.#answerBegan = true
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    const exchange = this.#exchange
    if (exchange === undefined) return
    if (status < 200) return this.#noteInformational()
    const headers = rawFields(controller.rawHeaders)
    if (headers.length > this.#limits.fieldsMax * 2) {
      return this.destroy(`more than ${this.#limits.fieldsMax} header fields`)
    }
    this.#begun = { status, headers, byteLength: declaredLength(headers), pieces: [] }
    // Content that came with the head is handed over before the microtask runs, and if that was all, no
    // stream is made.
    queueMicrotask(() => {
      if (this.#exchange === exchange) this.#beginStream()
    })
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#begun === undefined) this.#content?.push(chunk)
    else this.#begun.pieces.push(chunk)
  }

  onResponseEnd(): void {
    const exchange = this.#exchange
    const begun = this.#begun
    if (exchange === undefined) return
    if (begun !== undefined) {
      const content = concatBytes(begun.pieces)
      this.#answer(begun, content.length === 0 ? emptyBody : bytesBody(content))
    }
    this.#release()?.end()
    this.#exchangesCount += 1
    exchange.finish()
    this.#events.onFree(this, undefined)
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#lose(error)
  }

  #onEstablished(socket: Socket): void {
    // The socket is there and every request brings its Host: the address is unused.
    const client = new Client('http://upstream.invalid', {
      // Undici does not look again after a connector that answers before it returns.
      connect: (_options, callback) => queueMicrotask(() => callback(null, socket)),
      pipelining: 1,
      maxHeaderSize: this.#limits.headBytesMax,
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: this.#limits.idleMs,
      keepAliveMaxTimeout: this.#limits.idleMsMax,
    })
    client.on('disconnect', () => this.#leave(undefined))
    // Undici reports what happens to a request; it knows nothing of a socket before its first.
    socket.on('close', () => {
      if (this.#exchange === undefined) this.#leave(undefined)
    })
    this.#client = client
    if (this.#exchange === undefined) this.#events.onFree(this, undefined)
    else this.#dispatch(client, this.#exchange)
  }

  #dispatch(client: Client, exchange: Exchange): void {
    const { request } = exchange
    try {
      client.dispatch(
        {
          path: request.target,
          method: request.method,
          headers: undiciHeaders(request),
          body: this.#undiciBody(exchange),
        },
        this,
      )
    } catch (error) {
      this.#lose(error)
    }
  }

  #noteInformational(): void {
    this.#informationalCount += 1
    if (this.#informationalCount <= informationalMax) return
    this.destroy(`more than ${informationalMax} informational responses`)
  }

  #beginStream(): void {
    const begun = this.#begun
    if (begun === undefined) return
    this.#begun = undefined
    const content = new ContentQueue(this)
    this.#content = content
    for (const piece of begun.pieces) content.push(piece)
    this.#answer(begun, streamBody(content, begun.byteLength, freePiece))
  }

  #answer({ status, headers }: Begun, body: Body): void {
    this.#exchange?.settle({ outcome: 'response', status, headers, body }, this.#content)
  }

  #undiciBody(exchange: Exchange): Uint8Array | Readable | null {
    const { body } = exchange.request
    if (body.bytes !== undefined) return body.bytes.length === 0 ? null : body.bytes
    if (body.byteLength === 0) return null
    return Readable.from(this.#piecesOf(exchange), { objectMode: false })
  }

  // Only the source's own failure is the body's; undici throws others into the generator.
  async *#piecesOf(exchange: Exchange): AsyncGenerator<Uint8Array> {
    const pieces = exchange.requestPieces()[Symbol.asyncIterator]()
    try {
      for (;;) {
        const next = await pieces.next().catch((error: unknown) => {
          this.#bodyBrokeOff = true
          throw error
        })
        if (next.done === true) return
        if (next.value.length > 0) yield next.value
      }
    } finally {
      await pieces.return?.()
    }
  }

  #release(): ContentQueue | undefined {
    const content = this.#content
    this.#exchange = undefined
    this.#content = undefined
    this.#begun = undefined
    this.#controller = undefined
    return content
  }

  #lose(error: unknown): void {
    const exchange = this.#exchange
    const content = this.#release()
    if (exchange === undefined) return this.#leave(undefined)
    if (this.#loss === undefined && content === undefined && this.#mayRetry(exchange, error)) {
      return this.#leave(exchange)
    }
    const outcome = this.#outcomeOf(error)
    content?.fail(
      new BodyAbortedError('detail' in outcome ? outcome.detail : 'the connection timed out'),
    )
    exchange.fail(outcome)
    this.#leave(undefined)
  }

  #outcomeOf(error: unknown): UpstreamOutcome {
    const cause = error instanceof Error ? error : new Error(String(error))
    const detail = this.#loss ?? cause.message
    if (cause instanceof TlsHandshakeError) return { outcome: 'tls', detail }
    if (cause instanceof CertificateError) {
      return { outcome: 'certificate', fault: cause.fault, detail }
    }
    if (this.#bodyBrokeOff) {
      return { outcome: 'aborted', detail: `the request body broke off: ${detail}` }
    }
    if (
      cause instanceof errors.RequestContentLengthMismatchError ||
      cause instanceof errors.InvalidArgumentError
    ) {
      return { outcome: 'invalid', detail }
    }
    if (this.#client === undefined && this.#loss === undefined) return connectFailure(cause)
    return { outcome: 'broken', detail }
  }

  #mayRetry({ request }: Exchange, error: unknown): boolean {
    return (
      this.#exchangesCount > 0 &&
      !this.#answerBegan &&
      !(error instanceof errors.InvalidArgumentError) &&
      isIdempotent(request.method) &&
      request.body.bytes !== undefined
    )
  }

  #leave(retry: Exchange | undefined): void {
    if (this.#isGone) return
    this.#isGone = true
    this.#socket.destroy()
    // What it carried has been told already.
    void this.#client?.destroy().catch(() => {})
    this.#events.onGone(this, retry)
  }
}

/** Fields that undici refuses or writes itself, and that mean nothing without a Connection field. */
function isHopByHop(name: string): boolean {
  const lower = name.toLowerCase()
  return lower === 'keep-alive' || lower === 'upgrade' || lower === 'expect'
}

function undiciHeaders({ headers, body }: UpstreamRequest): string[] {
  const fields: string[] = []
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] ?? ''
    if (!isHopByHop(name)) fields.push(name, headers[i + 1] ?? '')
  }
  if (body.bytes === undefined && body.byteLength !== undefined && body.byteLength > 0) {
    fields.push('Content-Length', String(body.byteLength))
  }
  return fields
}

// undici leaves the white space after a value to its caller.
function rawFields(rawHeaders: Dispatcher.DispatchController['rawHeaders']): HeaderFields {
  if (!Array.isArray(rawHeaders)) return []
  return rawHeaders.map((field) =>
    (typeof field === 'string' ? field : field.toString('latin1')).replace(/[ \t]+$/, ''),
  )
}

function declaredLength(headers: HeaderFields): number | undefined {
  if (findField(headers, 'transfer-encoding') !== undefined) return undefined
  const value = findField(headers, 'content-length')
  return value === undefined ? undefined : Number(value)
}
