import { ChunkedDecoder } from './chunked-decoder.ts'
import type { ResponseHead, ResponseHeadLimits, ResponseHeadParser } from './response-head.ts'
import { refuseOtherProtocol, ResponseSyntaxError } from './response-head.ts'

/** Who is told what a {@link ResponseReader} reads. Bytes handed over are copies. */
export interface ResponseSink {
  /** The whole response came at once. */
  onWholeResponse(head: ResponseHead, content: Buffer): void
  /** The head came and content follows; `byteLength` is undefined when it was not declared. */
  onResponseHead(head: ResponseHead, byteLength: number | undefined): void
  onContent(piece: Buffer): void
  onContentEnd(): void
}

/** How many 1xx answers may come before the response. */
export const informationalMax = 16

const noBytes = Buffer.alloc(0)
const CR = 13
const LF = 10

/**
 * Reads one response after another from the pieces in which a connection delivers them.
 *
 * `start` begins a response, `push` takes bytes, `finish` the end of the stream. 1xx answers are skipped,
 * 16 at most; 101 is refused, since nothing here asks for an upgrade, and so is one that declares content
 * or the end of the connection. Bytes after the response set
 * `hasSurplus` and are never read. `push` throws ResponseSyntaxError and must not be called again then.
 *
 * Cost: a response that comes in one piece is parsed where it lies, and its content copied once.
 */
export class ResponseReader {
  readonly #parseHead: ResponseHeadParser
  readonly #headBytesMax: number
  readonly #sink: ResponseSink
  readonly #decoder = new ChunkedDecoder()
  #state: 'head' | 'length' | 'chunked' | 'close' | 'done' = 'done'
  #method = ''
  #remaining = 0
  #informationalCount = 0
  #held: Buffer = noBytes
  #heldLength = 0
  #scannedLength = 0
  #keepAlive = false
  /** True once any byte of the answer came, be it of a 1xx. */
  answerBegan = false
  /** True when bytes came that belong to no response. */
  hasSurplus = false
  /** Seconds that the server promised to keep the connection; undefined without a promise. */
  keepAliveSeconds: number | undefined

  constructor(parseHead: ResponseHeadParser, limits: ResponseHeadLimits, sink: ResponseSink) {
    this.#parseHead = parseHead
    this.#headBytesMax = limits.headBytesMax
    this.#sink = sink
  }

  /** True when the response ended where it should and another may follow on the connection. */
  get isReusable(): boolean {
    return this.#state === 'done' && this.#keepAlive && !this.hasSurplus
  }

  /** Expects the response to a request of this method. */
  start(method: string): void {
    this.#state = 'head'
    this.#method = method
    this.#informationalCount = 0
    this.#heldLength = 0
    this.#scannedLength = 0
    this.#keepAlive = false
    this.answerBegan = false
    this.keepAliveSeconds = undefined
  }

  /** Takes the first `end` bytes of `bytes`, which may be overwritten afterwards. */
  push(bytes: Buffer, end: number): void {
    switch (this.#state) {
      case 'head':
        this.answerBegan = true
        return this.#takeHeadBytes(bytes, end)
      case 'length':
        return this.#takeLengthBytes(bytes, 0, end)
      case 'chunked':
        return this.#takeChunkedBytes(bytes, 0, end)
      case 'close':
        return this.#sink.onContent(copyOf(bytes, 0, end))
      case 'done':
        this.hasSurplus = true
    }
  }

  /** Takes the end of the stream; false when it comes in the middle of a response. */
  finish(): boolean {
    if (this.#state === 'close') {
      this.#state = 'done'
      this.#sink.onContentEnd()
    }
    return this.#state === 'done'
  }

  #takeHeadBytes(bytes: Buffer, end: number): void {
    if (this.#heldLength === 0) return this.#readHeads(bytes, end)
    this.#hold(bytes, 0, end)
    if (!this.#holdsWholeHead()) return
    const held = this.#held
    const heldLength = this.#heldLength
    this.#held = noBytes
    this.#heldLength = 0
    this.#readHeads(held, heldLength)
  }

  #readHeads(bytes: Buffer, end: number): void {
    let position = 0
    for (;;) {
      const head = position < end ? this.#parseHead(bytes, position, end) : undefined
      if (head === undefined) return this.#waitForHead(bytes, position, end)
      if (head.status >= 200) return this.#beginContent(head, bytes, end)
      this.#noteInformational(head)
      position = head.end
    }
  }

  #noteInformational({ status, framing, keepAlive }: ResponseHead): void {
    if (framing !== 'close' || !keepAlive) {
      throw new ResponseSyntaxError('an informational response that ends or has content')
    }
    if (status === 101) throw new ResponseSyntaxError('a switch of protocols that nobody asked for')
    this.#informationalCount += 1
    if (this.#informationalCount > informationalMax) {
      throw new ResponseSyntaxError(`more than ${informationalMax} informational responses`)
    }
  }

  #waitForHead(bytes: Buffer, position: number, end: number): void {
    this.#heldLength = 0
    this.#scannedLength = 0
    this.#hold(bytes, position, end)
    // A complete head that the parser would not read is shorter than any status line.
    if (this.#holdsWholeHead()) throw new ResponseSyntaxError('malformed status line')
  }

  #hold(bytes: Buffer, start: number, end: number): void {
    const needed = this.#heldLength + end - start
    if (needed > this.#held.length) {
      const grown = Buffer.allocUnsafe(Math.max(1024, needed * 2))
      this.#held.copy(grown, 0, 0, this.#heldLength)
      this.#held = grown
    }
    bytes.copy(this.#held, this.#heldLength, start, end)
    this.#heldLength = needed
  }

  // Looks at new bytes only, so that a head sent byte by byte costs no more than one sent at once.
  #holdsWholeHead(): boolean {
    const held = this.#held.subarray(0, this.#heldLength)
    refuseOtherProtocol(held, 0, held.length)
    for (;;) {
      const lf = held.indexOf(LF, this.#scannedLength)
      if (lf === -1) break
      if (held[lf - 1] !== CR) throw new ResponseSyntaxError('bare LF in the head')
      if (held[lf - 2] === LF) return true
      this.#scannedLength = lf + 1
    }
    this.#scannedLength = held.length
    if (held.length > this.#headBytesMax) {
      throw new ResponseSyntaxError(`the head is longer than ${this.#headBytesMax} bytes`)
    }
    return false
  }

  #beginContent(head: ResponseHead, bytes: Buffer, end: number): void {
    this.#keepAlive = head.keepAlive
    this.keepAliveSeconds = head.keepAliveSeconds
    if (this.#hasNoContent(head)) return this.#endAtOnce(head, noBytes, end > head.end)
    switch (head.framing) {
      case 'chunked':
        return this.#beginChunked(head, bytes, end)
      case 'length':
        return this.#beginLength(head, bytes, end)
      default:
        this.#keepAlive = false
        this.#state = 'close'
        this.#sink.onResponseHead(head, undefined)
        if (end > head.end) this.#sink.onContent(copyOf(bytes, head.end, end))
    }
  }

  #hasNoContent(head: ResponseHead): boolean {
    if (this.#method === 'HEAD') return true
    if (head.status !== 204 && head.status !== 304) return false
    // Declared content is a server's mistake; should it send it too, nobody may take it for an answer.
    if (head.contentLength > 0 || head.framing === 'chunked') this.#keepAlive = false
    return true
  }

  #beginLength(head: ResponseHead, bytes: Buffer, end: number): void {
    const contentEnd = head.end + head.contentLength
    if (contentEnd <= end) {
      return this.#endAtOnce(head, copyOf(bytes, head.end, contentEnd), end > contentEnd)
    }
    this.#state = 'length'
    this.#remaining = head.contentLength
    this.#sink.onResponseHead(head, head.contentLength)
    if (end > head.end) this.#takeLengthBytes(bytes, head.end, end)
  }

  #beginChunked(head: ResponseHead, bytes: Buffer, end: number): void {
    this.#decoder.reset()
    const pieces: Buffer[] = []
    const after = this.#decoder.decode(bytes, head.end, end, (source, from, to) => {
      pieces.push(copyOf(source, from, to))
    })
    if (this.#decoder.isDone) {
      const content = pieces.length === 1 ? pieces[0] : Buffer.concat(pieces)
      return this.#endAtOnce(head, content ?? noBytes, end > after)
    }
    this.#state = 'chunked'
    this.#sink.onResponseHead(head, undefined)
    for (const piece of pieces) this.#sink.onContent(piece)
  }

  #endAtOnce(head: ResponseHead, content: Buffer, hasSurplus: boolean): void {
    this.#state = 'done'
    this.hasSurplus = hasSurplus
    this.#sink.onWholeResponse(head, content)
  }

  #takeLengthBytes(bytes: Buffer, start: number, end: number): void {
    const pieceEnd = Math.min(end, start + this.#remaining)
    this.#remaining -= pieceEnd - start
    this.#sink.onContent(copyOf(bytes, start, pieceEnd))
    if (this.#remaining === 0) this.#endContent(end > pieceEnd)
  }

  #takeChunkedBytes(bytes: Buffer, start: number, end: number): void {
    const after = this.#decoder.decode(bytes, start, end, this.#passContent)
    if (this.#decoder.isDone) this.#endContent(end > after)
  }

  readonly #passContent = (bytes: Buffer, start: number, end: number): void => {
    this.#sink.onContent(copyOf(bytes, start, end))
  }

  #endContent(hasSurplus: boolean): void {
    this.#state = 'done'
    this.hasSurplus = hasSurplus
    this.#sink.onContentEnd()
  }
}

function copyOf(bytes: Buffer, start: number, end: number): Buffer {
  if (start === end) return noBytes
  const copy = Buffer.allocUnsafe(end - start)
  bytes.copy(copy, 0, start, end)
  return copy
}
