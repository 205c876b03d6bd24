import type { IncomingMessage } from 'node:http'

/**
 * Whether a request without content is all that its connection has brought: the first request, with
 * nothing behind it, written as everybody writes it (one space behind each colon).
 *
 * Node's parser drops what it has read behind a request with an Upgrade field that nobody follows, and
 * would take what comes next for the beginning of a request. So such a request must be the last of its
 * connection, unless it can be shown that nothing was dropped.
 */
export function isAllThatCame(req: IncomingMessage): boolean {
  const { method = '', url = '', rawHeaders, socket } = req
  // `METHOD URL HTTP/1.1`, CR LF, and the empty line; `: ` and CR LF for each field.
  let headBytes = method.length + url.length + 14 + rawHeaders.length * 2
  for (const text of rawHeaders) headBytes += text.length
  return socket.bytesRead === headBytes
}
