import { connect } from 'node:net'
import type { Random } from '../../src/ports/random.ts'
import { seededRandom } from '../support/seeded-random.ts'

/** What a run of the fuzzer saw. */
export interface FuzzReport {
  readonly cases: number
  readonly answered: number
  /** Connections that the server closed without an answer. */
  readonly closed: number
  /** Cases whose connection was still open long after the client had said all it would. */
  readonly hanging: readonly string[]
}

const corpus = [
  'GET /_aws/execute-api/fuzz123456/prod/items/1?a=b&c=%20 HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n',
  'POST /_aws/execute-api/fuzz123456/prod/items HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n{"a":1}',
  'POST /restapis/fuzz123456/prod/_user_request_/items HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
  'GET /prod/items HTTP/1.1\r\nHost: fuzz123456.execute-api.localhost\r\nConnection: keep-alive\r\n\r\n',
  'PUT /restapis/fuzz123456/resources/abcdef/methods/GET HTTP/1.1\r\nHost: localhost\r\nAUTH\r\nContent-Type: application/json\r\nContent-Length: 28\r\n\r\n{"authorizationType":"NONE"}',
  'PATCH /restapis/fuzz123456/stages/prod HTTP/1.1\r\nHost: localhost\r\nAUTH\r\nContent-Length: 80\r\n\r\n{"patchOperations":[{"op":"replace","path":"/variables/a","value":"b"},{"op":1}]}',
  'GET /restapis?limit=5&position=abc HTTP/1.1\r\nHost: localhost\r\nAUTH\r\n\r\n',
  'GET /_stagedoor/health HTTP/1.1\r\nHost: localhost\r\n\r\n',
].map((text) =>
  text.replace(
    'AUTH',
    'Authorization: AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/apigateway/aws4_request, SignedHeaders=host, Signature=00',
  ),
)

const splinters = [
  ...[
    '\r\n',
    '\n',
    '\r',
    '\0',
    '\r\n\r\n',
    ' ',
    '\t',
    ':',
    ';',
    ',',
    '%',
    '%00',
    '%2F',
    '//',
    '..',
  ],
  ...['Content-Length: 5\r\n', 'Content-Length: -1\r\n', 'Content-Length: 99999999999\r\n'],
  ...[
    'Transfer-Encoding: chunked\r\n',
    'Transfer-Encoding: gzip, chunked\r\n',
    'Expect: 100-continue\r\n',
  ],
  ...[
    'Host: a\r\n',
    'Upgrade: websocket\r\nConnection: Upgrade\r\n',
    'X: ' + 'y'.repeat(30_000) + '\r\n',
  ],
  ...[
    '{'.repeat(2000),
    '[1e999]',
    '"\\ud800"',
    '__proto__',
    '\u{1f600}',
    'HTTP/2.0',
    'CONNECT a:1 ',
  ],
]

/** One request out of the corpus, cut, spliced, repeated and sprinkled with bytes. */
export function mutate(random: Random): Buffer {
  const pick = <T>(values: readonly T[]) => values[Math.floor(random.fraction() * values.length)]
  let text = pick(corpus) ?? ''
  const rounds = 1 + Math.floor(random.fraction() * 4)
  for (let round = 0; round < rounds; round += 1) {
    const at = Math.floor(random.fraction() * (text.length + 1))
    const length = Math.floor(random.fraction() * 12)
    const kind = random.fraction()
    if (kind < 0.3) text = text.slice(0, at) + (pick(splinters) ?? '') + text.slice(at)
    else if (kind < 0.5) text = text.slice(0, at) + text.slice(at + length)
    else if (kind < 0.6) text = text.slice(0, at)
    else if (kind < 0.7) text += pick(corpus) ?? ''
    else if (kind < 0.8)
      text = text.slice(0, at) + text.slice(at, at + length).repeat(3) + text.slice(at)
    else {
      const byte = String.fromCharCode(Math.floor(random.fraction() * 256))
      text = text.slice(0, at) + byte + text.slice(at + 1)
    }
  }
  return Buffer.from(text, 'latin1')
}

/** Sends `cases` mutants, 32 connections at a time, and waits for each to be answered or closed. */
export async function fuzzRawHttp(options: {
  readonly port: number
  readonly cases: number
  readonly seed: number
  readonly patienceMs?: number
}): Promise<FuzzReport> {
  const { port, cases, seed, patienceMs = 20_000 } = options
  const random = seededRandom(seed)
  const hanging: string[] = []
  let answered = 0
  let closed = 0
  let sent = 0
  const client = async () => {
    while (sent < cases) {
      sent += 1
      const bytes = mutate(random)
      const outcome = await exchange(port, bytes, patienceMs)
      if (outcome === 'answered') answered += 1
      else if (outcome === 'closed') closed += 1
      else hanging.push(bytes.toString('latin1').slice(0, 400))
    }
  }
  await Promise.all(Array.from({ length: 32 }, client))
  return { cases: sent, answered, closed, hanging }
}

/** Says `bytes`, ends its side, and waits until the server has ended the other. */
function exchange(
  port: number,
  bytes: Buffer,
  patienceMs: number,
): Promise<'answered' | 'closed' | 'hanging'> {
  return new Promise((resolve) => {
    let received = 0
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    const patience = setTimeout(() => {
      resolve('hanging')
      socket.destroy()
    }, patienceMs)
    socket.on('data', (chunk) => (received += chunk.length))
    // A reset is an answer too: the server did not keep the connection.
    socket.on('error', () => socket.destroy())
    socket.on('end', () => socket.destroy())
    socket.on('close', () => {
      clearTimeout(patience)
      resolve(received > 0 ? 'answered' : 'closed')
    })
    socket.end(bytes)
  })
}
