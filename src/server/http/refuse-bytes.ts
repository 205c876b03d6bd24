import { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { frontAnswers, rawFrontAnswer, type FrontAnswer } from './front-answer.ts'

/** How long a client may go on sending what nobody wants, after its answer. */
const lingerMs = 2000

/**
 * Makes the close after the answer a lingering one: closing at once with unread bytes would reset the
 * connection, and the client might never see why it was refused.
 */
export function lingerAfter(socket: Socket): void {
  socket.destroySoon = () => {
    socket.end()
    setTimeout(() => socket.destroy(), lingerMs).unref()
  }
}

/** Answers outside HTTP's own order, and closes. */
function closeWith(socket: Socket, answer: FrontAnswer): void {
  lingerAfter(socket)
  socket.write(rawFrontAnswer(answer, new Date().toUTCString()))
  socket.destroySoon()
}

/**
 * Answers what is not HTTP, or is too slow or too large, and closes.
 *
 * Requests before it that were understood are answered first, each in its turn. A request whose own body
 * broke gets the refusal in place of its answer: `onBrokenBody` is called, since nobody will read that
 * answer. When it has begun, or the client reset the connection, all that is left is to close.
 */
export function refuseBytes(
  error: Error & { readonly code?: string },
  socket: Socket,
  onBrokenBody: () => void,
): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  lingerAfter(socket)
  refuseInTurn(socket, answerOf(error.code), onBrokenBody)
}

/** Answers 400 to a request that has none of its own, behind those before it, and closes. */
export function refuseLast(socket: Socket): void {
  lingerAfter(socket)
  refuseInTurn(socket, frontAnswers.badRequest, () => {})
}

function refuseInTurn(socket: Socket, answer: FrontAnswer | undefined, onBrokenBody: () => void) {
  // The answer whose turn it is, by Node's own books.
  const pending: unknown = Reflect.get(socket, '_httpMessage')
  if (!socket.writable) return
  if (!(pending instanceof ServerResponse)) {
    if (answer === undefined) socket.destroySoon()
    else closeWith(socket, answer)
  } else if (pending.req.complete) {
    pending.once('close', () => refuseInTurn(socket, answer, onBrokenBody))
  } else {
    onBrokenBody()
    if (answer === undefined || pending.headersSent) socket.destroy()
    else closeWith(socket, answer)
  }
}

/** Undefined: what follows a request that said it was the last is dropped without a word. */
function answerOf(code: string | undefined): FrontAnswer | undefined {
  if (code === 'HPE_CLOSED_CONNECTION') return undefined
  if (code === 'HPE_HEADER_OVERFLOW') return frontAnswers.headTooLarge
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return frontAnswers.timeout
  return frontAnswers.badRequest
}
