import { connect } from 'node:net'

/** The request that follows every case on the same connection: it must get its own answer. */
export const probe =
  'GET /prod/probe HTTP/1.1\r\nHost: desync0001.execute-api.localhost\r\nConnection: close\r\n\r\n'
const probeEcho = 'GET /probe ""'

/** How long a server may be silent before the client ends its side, and then before it gives up. */
const patienceMs = 400

/**
 * Says `bytes` and the probe on one connection, all at once or a few bytes at a time, and tells what came
 * back, a line each: `understood …` (a backend's echo), `probe` (the probe's), `answered STATUS` (by the
 * server itself), `refused STATUS` (the same, and the connection ended before the probe), `closed`
 * (ended before the probe without another answer), `silent` (neither).
 */
export async function driveDesync(
  port: number,
  bytes: Buffer,
  options: { readonly isLast: boolean; readonly pieceBytes?: number },
): Promise<readonly string[]> {
  const all = options.isLast ? bytes : Buffer.concat([bytes, Buffer.from(probe)])
  const { received, isClosed } = await converse(port, all, options)
  const lines = answersOf(received)
  if (lines.at(-1) === 'probe') return lines
  if (!isClosed) return [...lines, 'silent']
  const last = lines.at(-1)
  if (last?.startsWith('answered ') === true) {
    return [...lines.slice(0, -1), last.replace('answered', 'refused')]
  }
  return [...lines, 'closed']
}

function converse(
  port: number,
  bytes: Buffer,
  { isLast, pieceBytes = bytes.length }: { isLast: boolean; pieceBytes?: number },
): Promise<{ received: string; isClosed: boolean }> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true })
    let received = ''
    let isGivenUp = false
    const giveUp = () => {
      isGivenUp = socket.writableEnded
      if (isGivenUp) socket.destroy()
      else {
        socket.end()
        timer = setTimeout(giveUp, patienceMs)
      }
    }
    let timer = setTimeout(giveUp, patienceMs)
    socket.setEncoding('latin1').on('data', (text: string) => {
      received += text
      timer.refresh()
    })
    // A reset ends a conversation like any other end.
    socket.on('error', () => {})
    socket.on('end', () => socket.end())
    socket.on('close', () => {
      clearTimeout(timer)
      resolve({ received, isClosed: !isGivenUp })
    })
    const say = async () => {
      for (let at = 0; at < bytes.length && !socket.destroyed; at += pieceBytes) {
        socket.write(bytes.subarray(at, at + pieceBytes))
        if (pieceBytes < bytes.length) await new Promise((next) => setImmediate(next))
      }
      if (isLast && !socket.destroyed) socket.end()
    }
    void say()
  })
}

/** One line for each answer in what a client received. */
function answersOf(received: string): string[] {
  const lines: string[] = []
  let rest = received
  while (rest !== '') {
    const headEnd = rest.indexOf('\r\n\r\n')
    if (headEnd < 0 || !rest.startsWith('HTTP/1.')) return [...lines, 'unframed']
    const head = rest.slice(0, headEnd)
    rest = rest.slice(headEnd + 4)
    const status = Number(head.slice(9, 12))
    if (status < 200) continue
    const declared = Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0)
    const isHead = /^x-echo/im.test(head) && !/^[A-Z]+ \S+ "/.test(rest)
    const isChunked = /^transfer-encoding: chunked/im.test(head)
    const length = isChunked ? rest.indexOf('0\r\n\r\n') + 5 : declared
    const content = isHead ? '' : rest.slice(0, length)
    rest = rest.slice(content.length)
    if (!/^x-echo/im.test(head)) lines.push(`answered ${status}`)
    else if (isHead) lines.push('understood HEAD')
    else lines.push(content === probeEcho ? 'probe' : `understood ${content}`)
  }
  return lines
}
