import { connect, type Socket } from 'node:net'
import {
  BodyAbortedError,
  bytesBody,
  emptyBody,
  freePiece,
  streamBody,
  type Body,
} from '../../base/body.ts'
import { connectFailure } from './connect-failure.ts'
import type { ConnectionEvents, OriginConnection } from './connection-pool.ts'
import { ContentQueue, type ContentSource } from './content-queue.ts'
import type { Carrier, Exchange } from './exchange.ts'
import { RequestUpload } from './request-upload.ts'
import { isIdempotent } from './request-writer.ts'
import {
  ResponseSyntaxError,
  type ResponseHead,
  type ResponseHeadLimits,
  type ResponseHeadParser,
} from './response-head.ts'
import { ResponseReader, type ResponseSink } from './response-reader.ts'
import type { WriteBatch } from './write-batch.ts'
import type { UpstreamAddress } from '../../ports/upstream.ts'

/** Content up to this size is joined with the head; above, two buffers in one write cost less than the copy. */
const joinedBytesMax = 2048

interface RawConnectionInput {
  readonly address: UpstreamAddress
  readonly events: ConnectionEvents
  readonly parseHead: ResponseHeadParser
  readonly limits: ResponseHeadLimits
  /** Where the socket puts what it reads; copied from before the next read. */
  readonly readBuffer: Buffer
  readonly batch: WriteBatch
}

/**
 * A plain TCP connection that speaks HTTP/1.1 without Node's streams on the reading side.
 *
 * States: connecting, carrying one exchange, idle, destroyed. A byte that arrives while it is idle
 * destroys it.
 */
export class RawConnection implements OriginConnection, Carrier, ContentSource, ResponseSink {
  readonly #socket: Socket
  readonly #events: ConnectionEvents
  readonly #batch: WriteBatch
  readonly #reader: ResponseReader
  #exchange: Exchange | undefined
  #content: ContentQueue | undefined
  #upload: RequestUpload | undefined
  #isConnected = false
  #isPaused = false
  #exchangesCount = 0
  #loss: string | undefined
  #error: Error | undefined
  idleUntilMs = 0

  constructor({ address, events, parseHead, limits, readBuffer, batch }: RawConnectionInput) {
    this.#batch = batch
    this.#events = events
    this.#reader = new ResponseReader(parseHead, limits, this)
    this.#socket = connect({
      host: address.hostname,
      port: address.port,
      noDelay: true,
      onread: { buffer: readBuffer, callback: (count, bytes) => this.#takeBytes(count, bytes) },
    })
    this.#socket.on('connect', () => this.#onConnect())
    this.#socket.on('drain', () => this.#upload?.continue())
    this.#socket.on('end', () => this.#onEnd())
    this.#socket.on('error', (error) => {
      this.#error = error
    })
    this.#socket.on('close', () => this.#onClose())
  }

  get isDestroyed(): boolean {
    return this.#socket.destroyed
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
    this.#reader.start(exchange.request.method)
    if (this.#isConnected) this.#write(exchange)
  }

  destroy(detail: string): void {
    this.#loss ??= detail
    this.#socket.destroy()
  }

  abandon(exchange: Exchange, reason: BodyAbortedError): void {
    if (this.#exchange !== exchange) return
    this.#release()?.fail(reason)
    // Nothing was sent on a connection that does not stand yet, so that it can serve another.
    if (this.#isConnected || this.isDestroyed) this.#socket.destroy()
    else this.#events.onUnclaimed(this)
  }

  pauseContent(): void {
    this.#isPaused = true
  }

  resumeContent(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    this.#socket.resume()
  }

  abandonContent(): void {
    const exchange = this.#exchange
    this.#release()
    this.#socket.destroy()
    exchange?.finish()
  }

  onWholeResponse(head: ResponseHead, content: Buffer): void {
    this.#answer(head, content.length === 0 ? emptyBody : bytesBody(content))
    this.#complete()
  }

  onResponseHead(head: ResponseHead, byteLength: number | undefined): void {
    this.#content = new ContentQueue(this)
    this.#answer(head, streamBody(this.#content, byteLength, freePiece))
  }

  onContent(piece: Buffer): void {
    this.#content?.push(piece)
  }

  onContentEnd(): void {
    this.#content?.end()
    this.#complete()
  }

  #answer({ status, headers }: ResponseHead, body: Body): void {
    this.#exchange?.settle({ outcome: 'response', status, headers, body }, this.#content)
  }

  #onConnect(): void {
    this.#isConnected = true
    if (this.#exchange === undefined) this.#events.onFree(this, undefined)
    else this.#write(this.#exchange)
  }

  #write(exchange: Exchange): void {
    const { head, framing } = exchange.written
    const { body } = exchange.request
    this.#batch.hold(this.#socket)
    if (framing === 'none') this.#socket.write(head, 'latin1')
    else if (body.bytes !== undefined) this.#writeWhole(head, body.bytes)
    else {
      this.#socket.write(head, 'latin1')
      this.#upload = new RequestUpload({
        socket: this.#socket,
        body,
        pieces: exchange.requestPieces(),
        isChunked: framing === 'chunked',
        onFailure: (failure) => {
          this.#release()?.fail(new BodyAbortedError(failure.detail))
          this.#socket.destroy()
          exchange.fail(failure)
        },
      })
      void this.#upload.run()
    }
  }

  #writeWhole(head: string, content: Uint8Array): void {
    if (content.length > joinedBytesMax) {
      this.#socket.write(head, 'latin1')
      this.#socket.write(content)
      return
    }
    const message = Buffer.allocUnsafe(head.length + content.length)
    message.write(head, 'latin1')
    message.set(content, head.length)
    this.#socket.write(message)
  }

  /** Node stops reading when this returns false. */
  #takeBytes(count: number, bytes: Uint8Array): boolean {
    if (this.#exchange === undefined) {
      this.destroy('the server spoke out of turn')
      return false
    }
    try {
      // The buffer is the one given to the constructor, which is a Buffer.
      this.#reader.push(bytes as Buffer, count)
    } catch (error) {
      if (!(error instanceof ResponseSyntaxError)) throw error
      this.destroy(error.message)
    }
    return !this.#isPaused
  }

  #complete(): void {
    const exchange = this.#exchange
    const isSent = this.#upload === undefined || this.#upload.isDone
    this.#release()
    this.#exchangesCount += 1
    exchange?.finish()
    if (!isSent || !this.#reader.isReusable || this.#socket.writableLength > 0) {
      this.#socket.destroy()
      return
    }
    this.#events.onFree(this, this.#reader.keepAliveSeconds)
  }

  /** Lets go of the exchange; gives the content that was still on its way. */
  #release(): ContentQueue | undefined {
    const content = this.#content
    this.#upload?.stop()
    this.#exchange = undefined
    this.#content = undefined
    this.#upload = undefined
    this.resumeContent()
    return content
  }

  #onEnd(): void {
    if (this.#exchange === undefined || !this.#reader.finish()) {
      this.destroy('the server closed the connection before its answer was complete')
    }
  }

  #onClose(): void {
    const exchange = this.#exchange
    const content = this.#release()
    if (exchange === undefined) return this.#events.onGone(this, undefined)
    if (content === undefined && this.#mayRetry(exchange)) {
      return this.#events.onGone(this, exchange)
    }
    const detail = this.#loss ?? this.#error?.message ?? 'the connection was closed'
    content?.fail(new BodyAbortedError(detail))
    exchange.fail(
      !this.#isConnected && this.#error !== undefined
        ? connectFailure(this.#error)
        : { outcome: 'broken', detail },
    )
    this.#events.onGone(this, undefined)
  }

  #mayRetry({ request }: Exchange): boolean {
    return (
      this.#exchangesCount > 0 &&
      !this.#reader.answerBegan &&
      isIdempotent(request.method) &&
      request.body.bytes !== undefined
    )
  }
}
