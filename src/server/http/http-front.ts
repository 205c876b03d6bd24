import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { headerBytesMax, payloadBytesMax, urlCharactersMax } from '../../aws/limits.ts'
import { BodyTooLargeError, bytesBody, textBody } from '../../base/body.ts'
import { WriteBatch } from '../../adapters/upstream/write-batch.ts'
import type { ExecuteApiAddress } from '../../data-plane/address.ts'
import { type ContentMemory, createContentMemory } from '../../data-plane/content-memory.ts'
import { createCommonAnswers } from './common-answers.ts'
import type { FrontBounds } from './front-bounds.ts'
import {
  frontAnswerBody,
  frontAnswerHeaders,
  frontAnswers,
  type FrontAnswer,
} from './front-answer.ts'
import type { PlaneSet } from './planes.ts'
import { readHead, ReceivedRequest, type RequestHead } from './received-request.ts'
import { recognize, type Recognition } from './recognition.ts'
import { lingerAfter, refuseBytes, refuseLast } from './refuse-bytes.ts'
import { findHeadRefusal } from './refuse-head.ts'
import type { ForwardedAnswer, ForwardedRequest } from '../workers/worker-messages.ts'
import type { SignalWriter } from '../workers/worker-signals.ts'
import { ServedConnection } from './served-connection.ts'
import { takeRoomFor } from './unsent-answers.ts'
import { isAllThatCame } from './whole-head.ts'
import { createWholeBodyReader, TooManyLongBodiesError } from './whole-body.ts'
import { writeResponse, type OutgoingResponse } from './write-response.ts'

/** Where requests go. */
export interface FrontPlanes {
  /** Never rejects: every error is a response. */
  executeApi(
    request: ReceivedRequest,
    address: ExecuteApiAddress,
    host: string,
  ): OutgoingResponse | Promise<OutgoingResponse>
  forward(plane: 'management' | 'operator', request: ForwardedRequest): Promise<ForwardedAnswer>
}

/** A worker's HTTP server: it is given sockets, and gives requests to the planes. */
export interface HttpFront {
  /** Serves a connection, unread so far. */
  takeConnection(socket: Socket, planes: PlaneSet): void
  /** From now on every answer ends its connection; what idles for `idleGraceMs` more is closed. */
  drain(idleGraceMs: number): Promise<void>
}

const connectionKey = Symbol('connection')

interface ServedSocket extends Socket {
  [connectionKey]?: ServedConnection
}

/**
 * What Node's parser reads of a head before it gives up: more than AWS's bound, which counts less, namely
 * neither line ends nor what stands between names and values.
 */
const headBytesMax = headerBytesMax + 4096

/** How often a stalled answer is looked at before its client is cut off. */
const sweepsPerStall = 10

type ServedRecognition = Exclude<Recognition, { readonly plane: 'none' }>

/** Makes the front. Nothing is bound to a port: sockets come by `takeConnection`. */
export function createHttpFront(options: {
  readonly planes: FrontPlanes
  readonly signals: SignalWriter
  readonly bounds: FrontBounds
  /** Room for answers that are in memory whole while their clients take them. */
  readonly contentMemory?: ContentMemory
  readonly onBug: (error: unknown) => void
}): HttpFront {
  return new NodeHttpFront(options)
}

class NodeHttpFront implements HttpFront {
  readonly #planes: FrontPlanes
  readonly #signals: SignalWriter
  readonly #bounds: FrontBounds
  readonly #contentMemory: ContentMemory
  readonly #onBug: (error: unknown) => void
  readonly #server: Server
  readonly #batch = new WriteBatch()
  readonly #commonAnswers = createCommonAnswers()
  readonly #sockets = new Set<ServedSocket>()
  readonly #readWhole: ReturnType<typeof createWholeBodyReader>
  #forwarded = 0
  #draining = false
  #drained: PromiseWithResolvers<void> | undefined

  constructor(given: Parameters<typeof createHttpFront>[0]) {
    const { planes, signals, bounds, onBug, contentMemory = createContentMemory() } = given
    this.#planes = planes
    this.#contentMemory = contentMemory
    this.#signals = signals
    this.#bounds = bounds
    this.#onBug = onBug
    this.#readWhole = createWholeBodyReader(bounds.longBodiesMax)
    this.#server = createServer(
      {
        maxHeaderSize: headBytesMax,
        headersTimeout: bounds.headersTimeoutMs,
        requestTimeout: bounds.requestTimeoutMs,
        keepAliveTimeout: bounds.idleTimeoutMs,
        connectionsCheckingInterval: bounds.checkIntervalMs,
        insecureHTTPParser: false,
        // The front refuses a missing or repeated Host itself, in AWS's shape.
        requireHostHeader: false,
        optimizeEmptyRequests: true,
      },
      (req, res) => this.#receive(req, res, undefined),
    )
    this.#server.maxHeadersCount = 0
    this.#server.on('checkContinue', (req, res) => {
      // Until it is told to continue, the client may send the body or leave it out: whatever follows
      // an answer given before cannot be told apart, so that answer ends the connection.
      const { shouldKeepAlive } = res
      const { isChunked, contentLength = '0' } = readHead(req.rawHeaders)
      if (!isChunked && Number(contentLength) === 0) return this.#receive(req, res, undefined)
      res.shouldKeepAlive = false
      this.#receive(req, res, () => {
        res.shouldKeepAlive = shouldKeepAlive
        res.writeContinue()
      })
    })
    // What it means is decided with the rest of the head.
    this.#server.on('checkExpectation', (req, res) => this.#receive(req, res, undefined))
    this.#server.on('clientError', (error, socket: ServedSocket) =>
      this.#refuseBytes(error, socket),
    )
    this.#server.on('connect', ({ socket }) => {
      // Node has let go of this socket, its errors included.
      socket.on('error', () => {})
      refuseLast(socket)
    })
    const sweepMs = Math.ceil(bounds.answerStallTimeoutMs / sweepsPerStall)
    setInterval(() => this.#cutStalled(), sweepMs).unref()
    // Node starts looking at the two timeouts when a server listens; this one never does.
    this.#server.emit('listening')
  }

  takeConnection(socket: ServedSocket, planes: PlaneSet): void {
    this.#signals.connectionTaken()
    this.#sockets.add(socket)
    socket.once('close', () => this.#forget(socket))
    const sourceIp = plainAddress(socket.remoteAddress)
    // The client went away while its socket was on the way.
    if (sourceIp === undefined) return void socket.destroy()
    const { pipelinedMax } = this.#bounds
    const terms = { planes, sourceIp, pipelinedMax, signals: this.#signals, batch: this.#batch }
    socket[connectionKey] = new ServedConnection(socket, terms)
    this.#server.emit('connection', socket)
    socket.resume()
  }

  async drain(idleGraceMs: number): Promise<void> {
    this.#draining = true
    this.#drained = Promise.withResolvers<void>()
    if (this.#sockets.size === 0) return
    const grace = setTimeout(() => this.#closeIdle(), idleGraceMs)
    await this.#drained.promise
    clearTimeout(grace)
  }

  #forget(socket: ServedSocket): void {
    this.#sockets.delete(socket)
    this.#signals.connectionClosed()
    socket[connectionKey]?.closed()
    if (this.#sockets.size === 0) this.#drained?.resolve()
  }

  /** Nothing more can reach these clients. Their kernel buffers are not kept either. */
  #cutStalled(): void {
    for (const socket of this.#sockets) {
      const looksInVain = socket[connectionKey]?.progress.look() ?? 0
      if (looksInVain >= sweepsPerStall) socket.resetAndDestroy()
    }
  }

  #closeIdle(): void {
    for (const socket of this.#sockets) socket[connectionKey]?.answers.uncork()
    this.#server.closeIdleConnections()
    for (const socket of this.#sockets) {
      if (socket.bytesRead === 0) socket.destroy()
    }
  }

  /** What is answered already goes first. Further bytes of the same connection say nothing new. */
  #refuseBytes(error: Error, socket: ServedSocket): void {
    const connection = socket[connectionKey]
    connection?.answers.uncork()
    if (connection?.takesNoMore === true && socket.writable) return
    if (connection !== undefined) connection.takesNoMore = true
    refuseBytes(error, socket, () => connection?.abandon())
  }

  #receive(req: IncomingMessage, res: ServerResponse, onFirstRead: (() => void) | undefined): void {
    // Every socket of this server came through takeConnection.
    const connection = (req.socket as ServedSocket)[connectionKey]
    if (connection === undefined) return void req.socket.destroy()
    if (connection.takesNoMore) return
    connection.requestBegan()
    const head = readHead(req.rawHeaders)
    const call: HttpCall = { req, res, connection, hasContent: hasContent(head) }
    const target = req.url ?? ''
    if (target.length > urlCharactersMax) return this.#refuse(call, frontAnswers.uriTooLong)
    if (lineBytes(req) + head.fieldBytes > headerBytesMax) {
      return this.#refuse(call, frontAnswers.headTooLarge)
    }
    const { knownHost } = connection
    const refusal = findHeadRefusal({ head, target, httpVersion: req.httpVersion, knownHost })
    if (refusal !== undefined || (head.hasUpgrade && !isAllThatCame(req))) this.#makeLast(call)
    if (refusal !== undefined) return this.#refuse(call, refusal)
    connection.knownHost = head.host
    const hostField = head.host ?? ''
    const recognition = recognize(connection.planes, { hostField, target })
    if (recognition.plane === 'none') return this.#refuse(call, frontAnswers.forbidden)
    const request = new ReceivedRequest(req, head, { connection, onFirstRead })
    if (res.socket !== null) return this.#execute(call, request, recognition)
    // Node gives an answer its socket once all those before it are written out. It is about to flush
    // that answer when it says so.
    const execute = () => {
      if (req.socket.writable) this.#execute(call, request, recognition)
    }
    res.once('socket', () => queueMicrotask(execute))
  }

  /** Pipelined requests come here one after the other, so that a client holds one upstream at most. */
  #execute(call: HttpCall, request: ReceivedRequest, recognition: ServedRecognition): void {
    if (recognition.plane !== 'execute-api') return this.#forward(recognition, request, call)
    let response
    try {
      response = this.#planes.executeApi(request, recognition.address, recognition.host)
    } catch (error) {
      return this.#fail(call, error)
    }
    // Of content that came with the head, Node knows at the end of the turn that it is whole.
    if (!(response instanceof Promise) && !call.hasContent)
      return this.#answerOfStage(call, response)
    Promise.resolve(response).then(
      (answered) => this.#answerOfStage(call, answered),
      (error: unknown) => this.#fail(call, error),
    )
  }

  #answerOfStage(call: HttpCall, response: OutgoingResponse): void {
    const { req, res } = call
    if (takeRoomFor(response, this.#contentMemory, { res, socket: req.socket })) {
      return this.#answer(call, response)
    }
    this.#refuse(call, frontAnswers.tooManyCalls)
  }

  #forward(
    { plane, target }: { plane: 'management' | 'operator'; target: string },
    request: ReceivedRequest,
    call: HttpCall,
  ): void {
    if (this.#forwarded >= this.#bounds.forwardedMax) {
      return this.#refuse(call, frontAnswers.tooManyCalls)
    }
    this.#forwarded += 1
    this.#callOwner(plane, target, request)
      .then(
        (response) => this.#answer(call, response),
        (error: unknown) => this.#fail(call, error),
      )
      .finally(() => {
        this.#forwarded -= 1
      })
  }

  async #callOwner(
    plane: 'management' | 'operator',
    target: string,
    { method, headers, sourceIp, body }: ReceivedRequest,
  ): Promise<OutgoingResponse> {
    const bytes = await this.#readWhole(target, body)
    const forwarded = { method, target, headers, sourceIp, body: bytes }
    const answer = await this.#planes.forward(plane, forwarded)
    return { status: answer.status, headers: answer.headers, body: bytesBody(answer.body) }
  }

  #answer(call: HttpCall, response: OutgoingResponse): void {
    const { req, res, connection } = call
    if (res.destroyed || !req.socket.writable) return response.body.discard()
    const isUnread = call.hasContent && !req.complete
    const isAbandoned = isUnread && (isLong(req) || !res.shouldKeepAlive)
    if (isAbandoned) lingerAfter(req.socket)
    connection.answers.isHolding = true
    try {
      const close = this.#draining || isAbandoned
      const commonAnswers = this.#commonAnswers
      const written = writeResponse(res, response, { close, commonAnswers })
      if (written === undefined) connection.requestEnded()
      else written.catch(this.#onBug).finally(() => connection.requestEnded())
    } catch (error) {
      // A field that cannot be sent. Nothing is out yet, so an honest answer still can be.
      response.body.discard()
      this.#fail(call, error)
    } finally {
      connection.answers.isHolding = false
    }
  }

  #fail(call: HttpCall, error: unknown): void {
    const { req, res } = call
    if (error instanceof TooManyLongBodiesError) {
      return this.#refuse(call, frontAnswers.tooManyCalls)
    }
    if (error instanceof BodyTooLargeError) return this.#refuse(call, frontAnswers.bodyTooLarge)
    if (res.destroyed || !req.socket.writable) return
    this.#onBug(error)
    if (res.headersSent) res.destroy()
    else this.#refuse(call, frontAnswers.internalError)
  }

  /** Nothing behind the request is read, and its answer ends the connection. */
  #makeLast({ req, res, connection }: HttpCall): void {
    connection.takesNoMore = true
    res.shouldKeepAlive = false
    lingerAfter(req.socket)
  }

  #refuse(call: HttpCall, answer: FrontAnswer): void {
    this.#answer(call, {
      status: answer.status,
      headers: frontAnswerHeaders(answer),
      body: textBody(frontAnswerBody(answer)),
    })
  }
}

/** One request in `node:http`'s terms, which go no further than this file and what it calls. */
interface HttpCall {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly connection: ServedConnection
  readonly hasContent: boolean
}

function hasContent({ isChunked, contentLength }: RequestHead): boolean {
  return isChunked || (contentLength !== undefined && Number(contentLength) !== 0)
}

function lineBytes({ method = '', url = '', httpVersion }: IncomingMessage): number {
  return `${method} ${url} HTTP/${httpVersion}`.length
}

/** Whether the unread rest of a body may be more than is worth reading to keep the connection. */
function isLong(req: IncomingMessage): boolean {
  const { contentLength, isChunked } = readHead(req.rawHeaders)
  return isChunked || Number(contentLength ?? 0) > payloadBytesMax
}

/** Without the prefix of IPv4 in IPv6. Undefined: the connection has no peer any more. */
function plainAddress(address: string | undefined): string | undefined {
  return address?.startsWith('::ffff:') === true ? address.slice(7) : address
}
