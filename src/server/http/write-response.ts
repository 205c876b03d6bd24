import type { ServerResponse } from 'node:http'
import type { Body } from '../../base/body.ts'
import { isFieldName, type HeaderFields } from '../../base/header-fields.ts'
import type { CommonAnswer } from '../../data-plane/messages.ts'
import type { CommonAnswers } from './common-answers.ts'

/** What is written; `MethodResponse` is one. */
export interface OutgoingResponse {
  readonly status: number
  readonly headers: HeaderFields
  readonly body: Body
  readonly common?: CommonAnswer
}

/**
 * Writes an answer: at once when its body is in memory, else piece by piece as fast as the client reads.
 *
 * `close` ends the connection after it. A body that breaks off destroys the connection, so that the
 * client cannot take half an answer for a whole one; a client that goes away stops the body's source.
 * Undefined when nothing is left to wait for, as for every body in memory.
 *
 * @throws when a header field cannot be sent (nothing has been written then).
 */
export function writeResponse(
  res: ServerResponse,
  response: OutgoingResponse,
  { close, commonAnswers }: { readonly close: boolean; readonly commonAnswers: CommonAnswers },
): Promise<void> | undefined {
  if (!close && isWrittenAsText(res, response, commonAnswers)) return undefined
  const { status, body } = response
  const isHead = res.req.method === 'HEAD'
  const isBodiless = status === 204 || status === 304 || status < 200
  const headers = [...response.headers]
  // An empty body says nothing about the length that the same GET would have had.
  const isLengthKnown = body.byteLength !== undefined && !(isHead && body.byteLength === 0)
  if (!isBodiless && isLengthKnown && !hasContentLength(headers)) {
    headers.push('Content-Length', String(body.byteLength))
  }
  if (close) headers.push('Connection', 'close')
  // Said explicitly, because Node adds `Keep-Alive: timeout=…` to its own, and API Gateway does not.
  else if (res.shouldKeepAlive) headers.push('Connection', 'keep-alive')
  res.writeHead(status, headers)
  if (isBodiless || isHead) {
    body.discard()
    res.end()
    return undefined
  }
  if (body.bytes !== undefined) {
    endWith(res, body.bytes)
    return undefined
  }
  return pump(body, res)
}

/** `node:http`'s own name for the head of an answer, which it makes unless there is one. */
interface WithHead {
  _header: string | null | undefined
}

/** True: the answer is out, as text that was mostly made before. */
function isWrittenAsText(
  res: ServerResponse,
  { status, headers, body, common }: OutgoingResponse,
  commonAnswers: CommonAnswers,
): boolean {
  if (common === undefined || common.body !== body || common.status !== status) return false
  if (!res.shouldKeepAlive || res.req.method === 'HEAD') return false
  // It is there before a head is; were it not, all would be as for any other answer.
  const withHead = res as ServerResponse & WithHead
  if (withHead._header !== null) return false
  const text = commonAnswers.text(common, headers)
  if (text === undefined) return false
  res.statusCode = status
  // The content goes with the head: Node sends as it is, in one piece, what it takes for one.
  withHead._header = text
  res.socket?.cork()
  res.end()
  return true
}

/** Up to this size a body is copied into its head, so that both leave in one write of one text. */
const joinedBytesMax = 16_384

/** In Latin-1 a character is a byte, so the text is the bytes. */
function endWith(res: ServerResponse, bytes: Uint8Array): void {
  if (bytes.length > joinedBytesMax) res.end(bytes)
  else
    res.end(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1'), 'latin1')
}

function hasContentLength(headers: HeaderFields): boolean {
  for (let i = 0; i < headers.length; i += 2) {
    if (isFieldName(headers[i] ?? '', 'content-length')) return true
  }
  return false
}

async function pump(body: Body, res: ServerResponse): Promise<void> {
  try {
    for await (const piece of body.stream()) {
      if (isGone(res)) return
      const { release } = body
      const hasRoom =
        release === undefined ? res.write(piece) : res.write(piece, () => release(piece))
      if (!hasRoom) await drained(res)
    }
    res.end()
  } catch {
    // The head is out: the only honest ending left is to break off.
    res.destroy()
  }
}

/** An answer that waits for its turn on a connection does not learn by itself that the client left. */
function isGone(res: ServerResponse): boolean {
  return res.destroyed || res.req.socket.destroyed
}

/**
 * Resolves when more can be written, or never will be. The socket is asked: Node lets go of it at a
 * CONNECT behind this request, and tells the answer nothing from then on.
 */
function drained(res: ServerResponse): Promise<void> {
  const { socket } = res.req
  return new Promise((resolve) => {
    const settle = () => {
      socket.off('drain', settle)
      socket.off('close', settle)
      resolve()
    }
    socket.on('drain', settle)
    socket.on('close', settle)
    if (isGone(res)) settle()
  })
}
