import type { IncomingMessage } from 'node:http'
import { type Body, BodyAbortedError, emptyBody, freePiece, streamBody } from '../../base/body.ts'

/** What a request's head says about its content. */
export interface DeclaredBody {
  /** Value of Content-Length; undefined when absent. Node's parser has checked that it is a number. */
  readonly contentLength: string | undefined
  readonly isChunked: boolean
}

/**
 * The content of a request that `node:http` received.
 *
 * Nothing is read before somebody asks; taking the next piece is the back-pressure. `onFirstRead` runs
 * before the first piece is awaited (the moment to send `100 Continue`). A client that goes away in the
 * middle ends the stream with `BodyAbortedError`.
 */
export function incomingBody(
  message: IncomingMessage,
  declared: DeclaredBody,
  onFirstRead: (() => void) | undefined,
): Body {
  const pieces = () => new IncomingPieces(message, onFirstRead)
  if (declared.isChunked) return streamBody(pieces(), undefined, freePiece)
  const byteLength = declared.contentLength === undefined ? 0 : Number(declared.contentLength)
  if (byteLength === 0) return emptyBody
  return streamBody(pieces(), byteLength, freePiece)
}

/** Reads by `readable` and `read()`: a fraction of what the stream's own iterator costs. */
class IncomingPieces implements AsyncIterable<Uint8Array>, AsyncIterator<Uint8Array> {
  readonly #message: IncomingMessage
  readonly #onFirstRead: (() => void) | undefined
  #started = false
  #ended = false
  #wake: (() => void) | undefined

  constructor(message: IncomingMessage, onFirstRead: (() => void) | undefined) {
    this.#message = message
    this.#onFirstRead = onFirstRead
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return this
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    if (!this.#started) this.#start()
    for (;;) {
      // A request's stream is never given an encoding, so what it reads is bytes.
      const piece = this.#message.read() as Uint8Array | null
      if (piece !== null) return { done: false, value: piece }
      if (this.#ended || this.#message.readableEnded) return { done: true, value: undefined }
      if (this.#message.destroyed) throw new BodyAbortedError('the client went away')
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  /** Nobody wants the rest: it is read and dropped, within the bounds of the connection. */
  return(): Promise<IteratorResult<Uint8Array>> {
    this.#ended = true
    this.#message.removeListener('readable', this.#onEvent)
    this.#message.resume()
    this.#onEvent()
    return Promise.resolve({ done: true, value: undefined })
  }

  readonly #onEvent = (): void => {
    const wake = this.#wake
    this.#wake = undefined
    wake?.()
  }

  #start(): void {
    this.#started = true
    this.#onFirstRead?.()
    this.#message.on('readable', this.#onEvent)
    this.#message.on('end', () => {
      this.#ended = true
      this.#onEvent()
    })
    this.#message.on('close', this.#onEvent)
    // `close` follows and tells the reader.
    this.#message.on('error', () => {})
  }
}
