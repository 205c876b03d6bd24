import { request } from 'node:http'
import { Duplex } from 'node:stream'
import { isDeepStrictEqual } from 'node:util'
import {
  createResponseHeadParser,
  defaultResponseHeadLimits,
  ResponseSyntaxError,
} from '../../src/adapters/upstream/response-head.ts'
import { ResponseReader } from '../../src/adapters/upstream/response-reader.ts'
import { seededRandom, type SeededRandom } from '../support/seeded-random.ts'

/** What a run of the fuzzer saw. */
export interface UpstreamFuzzReport {
  readonly cases: number
  /** Byte streams that our parser took for a whole response. */
  readonly accepted: number
  readonly refused: number
  /** Cases that ours accepted and the reference did not, or understood otherwise; 20 at most. */
  readonly disagreements: readonly Disagreement[]
}

export interface Disagreement {
  readonly method: string
  readonly pieces: readonly string[]
  readonly ours: Reading
  readonly reference: Reading
}

/** `refused` stands for everything that is not one whole response. */
export type Reading =
  | { readonly outcome: 'refused' }
  | { readonly outcome: 'response'; readonly status: number; readonly content: string }

const refused: Reading = Object.freeze({ outcome: 'refused' })
const disagreementsMax = 20

/**
 * Feeds broken responses to our parser and to Node's own, and compares what they make of them.
 *
 * Whatever ours accepts, Node's must accept with the same status and content; and ours must read the
 * same whether the bytes come one by one or in pieces. The other way round is free: ours is stricter.
 * Two exceptions: Content-Length repeated with the same value, which ours takes and Node's does not, and
 * bytes after the response, for which ours closes the connection and Node's breaks the response off.
 */
export async function fuzzUpstreamResponses(options: {
  readonly cases: number
  readonly seed: number
}): Promise<UpstreamFuzzReport> {
  const random = seededRandom(options.seed)
  const disagreements: Disagreement[] = []
  let accepted = 0
  for (let i = 0; i < options.cases; i += 1) {
    const method = random.integer(8) === 0 ? 'HEAD' : 'GET'
    const pieces = splitAnywhere(random, mutated(random, validStream(random)))
    const disagreement = await compare(pieces, method)
    if (disagreement === 'refused') continue
    accepted += 1
    if (disagreement !== 'agreed' && disagreements.length < disagreementsMax) {
      disagreements.push(disagreement)
    }
  }
  return { cases: options.cases, accepted, refused: options.cases - accepted, disagreements }
}

async function compare(
  pieces: readonly string[],
  method: string,
): Promise<Disagreement | 'agreed' | 'refused'> {
  const text = pieces.join('')
  const { reading: ours } = readOurs(pieces, method)
  const byByte = readOurs(text.split(''), method)
  if (!isDeepStrictEqual(ours, byByte.reading)) {
    return { method, pieces, ours, reference: byByte.reading }
  }
  if (ours.outcome === 'refused') return 'refused'
  const reference = await readReference([text.slice(0, byByte.piecesCount)], method)
  if (isDeepStrictEqual(ours, reference) || repeatsContentLength(text)) return 'agreed'
  return { method, pieces, ours, reference }
}

function repeatsContentLength(text: string): boolean {
  const head = text.replace(/^(HTTP.{5}1\d\d[^]*?\r\n\r\n)+/, '').split('\r\n\r\n')[0] ?? ''
  return (head.match(/\r\ncontent-length:/gi) ?? []).length > 1
}

const parseHead = createResponseHeadParser(defaultResponseHeadLimits)
const readBuffer = Buffer.alloc(65_536)

/** What our parser makes of the pieces and the end of the stream, and after how many it was sure. */
export function readOurs(
  pieces: readonly string[],
  method: string,
): { readonly reading: Reading; readonly piecesCount: number } {
  let status = 0
  let content = ''
  let isComplete = false
  let piecesCount = 0
  const reader = new ResponseReader(parseHead, defaultResponseHeadLimits, {
    onWholeResponse(head, bytes) {
      status = head.status
      content = bytes.toString('latin1')
      isComplete = true
    },
    onResponseHead: (head) => void (status = head.status),
    onContent: (bytes) => void (content += bytes.toString('latin1')),
    onContentEnd: () => void (isComplete = true),
  })
  reader.start(method)
  try {
    for (const piece of pieces) {
      piecesCount += 1
      reader.push(readBuffer, readBuffer.write(piece, 'latin1'))
      if (isComplete) break
    }
    reader.finish()
  } catch (error) {
    if (!(error instanceof ResponseSyntaxError)) throw error
    return { reading: refused, piecesCount }
  }
  return { reading: isComplete ? { outcome: 'response', status, content } : refused, piecesCount }
}

/** What Node's HTTP client makes of them, without a network. */
export function readReference(pieces: readonly string[], method: string): Promise<Reading> {
  return new Promise((resolve) => {
    const stream = new Duplex({
      read() {},
      write(_chunk, _encoding, done) {
        done()
      },
    })
    const client = request({
      method,
      host: 'backend.test',
      maxHeaderSize: 65_536,
      createConnection: () => stream,
    })
    const give = (reading: Reading) => {
      resolve(reading)
      stream.destroy()
    }
    client.on('error', () => give(refused))
    client.on('upgrade', () => give(refused))
    let hasResponse = false
    client.on('response', (response) => {
      hasResponse = true
      let content = ''
      response.setEncoding('latin1')
      response.on('data', (text: string) => (content += text))
      response.on('error', () => give(refused))
      response.on('end', () => {
        const status = response.statusCode ?? 0
        give(response.complete ? { outcome: 'response', status, content } : refused)
      })
      response.on('close', () => give(refused))
    })
    // With a response, its own events decide.
    client.on('close', () => {
      if (!hasResponse) give(refused)
    })
    client.end()
    for (const piece of pieces) stream.push(Buffer.from(piece, 'latin1'))
    stream.push(null)
  })
}

function pick<T>(random: SeededRandom, values: readonly T[]): T {
  // The index is below the length, and no list here is empty.
  return values[random.integer(values.length)] as T
}

function validStream(random: SeededRandom): string {
  const interim = random.integer(8) === 0 ? 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n' : ''
  const surplus = random.integer(10) === 0 ? 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx' : ''
  const status = pick(random, [
    '200 OK',
    '200',
    '201 ',
    '204 No Content',
    '304 Not',
    '404 N\xf6',
    '500 X',
  ])
  const version = pick(random, ['1.1', '1.1', '1.1', '1.1', '1.0'])
  const fields = Array.from({ length: random.integer(4) }, () => pick(random, ordinaryFields))
  const content = random.identifier(random.integer(40))
  const head = `HTTP/${version} ${status}\r\n${fields.join('')}`
  return interim + head + framed(random, content) + surplus
}

const ordinaryFields = [
  'Content-Type: text/plain\r\n',
  'Connection: close\r\n',
  'connection: Keep-Alive\r\n',
  'Keep-Alive: timeout=5, max=100\r\n',
  'X-Empty:\r\n',
  'x-b:   spaced \t\r\n',
  'Set-Cookie: a=b; Path=/\r\n',
  'X-Latin: \xe9\r\n',
]

function framed(random: SeededRandom, content: string): string {
  switch (random.integer(5)) {
    case 0:
      return `\r\n${content}`
    case 1:
    case 2:
      return `Content-Length: ${content.length}\r\n\r\n${content}`
    default:
      return `Transfer-Encoding: chunked\r\n\r\n${chunks(random, content)}`
  }
}

function chunks(random: SeededRandom, content: string): string {
  let text = ''
  for (let at = 0; at < content.length;) {
    const piece = content.slice(at, at + 1 + random.integer(12))
    const size = pick(random, ['', '0', '000']) + piece.length.toString(16)
    text += `${size}${pick(random, ['', '', ';a', ';a=b', ';a="b c"'])}\r\n${piece}\r\n`
    at += piece.length
  }
  return `${text}0\r\n${pick(random, ['', '', 'X-Trailer: a\r\n'])}\r\n`
}

const splinters = [
  ...[
    '\r',
    '\n',
    '\r\n',
    '\r\n\r\n',
    '\0',
    ' ',
    '\t',
    ':',
    ';',
    ',',
    '"',
    '=',
    '\x7f',
    '\xff',
    '\x0b',
  ],
  ...['0', '5', 'a', 'F', '-', '+', '0x', '99999999', '100000000', '0\r\n\r\n', '5\r\nhello\r\n'],
  ...[
    'Content-Length: 3\r\n',
    'Content-Length: 0\r\n',
    'Content-Length: 5, 5\r\n',
    'Content-Length: +5\r\n',
  ],
  ...[
    'Transfer-Encoding: chunked\r\n',
    'Transfer-Encoding: gzip, chunked\r\n',
    'Transfer-Encoding: chunked, chunked\r\n',
  ],
  ...[
    'Transfer-Encoding: identity\r\n',
    'Transfer-Encoding:\x0bchunked\r\n',
    'Transfer-Encoding : chunked\r\n',
  ],
  ...[
    'Connection: close\r\n',
    'Connection: upgrade\r\nUpgrade: x\r\n',
    ' folded\r\n',
    '\tfolded\r\n',
  ],
  ...['HTTP/1.1 200 OK\r\n', 'HTTP/1.1 100 Continue\r\n\r\n', 'HTTP/1.1 101 Switching\r\n\r\n'],
  `X: ${'y'.repeat(5000)}\r\n`,
]

function mutated(random: SeededRandom, valid: string): string {
  let text = valid
  for (let i = random.integer(4); i > 0; i -= 1) text = mutatedOnce(random, text)
  return text
}

function mutatedOnce(random: SeededRandom, text: string): string {
  const at = random.integer(text.length + 1)
  const to = Math.min(text.length, at + 1 + random.integer(6))
  switch (random.integer(8)) {
    case 0:
      return text.slice(0, at) + text.slice(to)
    case 1:
      return text.slice(0, to) + text.slice(at)
    case 2:
      return text.slice(0, at) + String.fromCharCode(random.integer(256)) + text.slice(at + 1)
    case 3:
      return text.slice(0, at)
    case 4:
      return atLineStart(random, text)
    case 5:
      return text.replace('\r\n', pick(random, ['\n', '\r', '\r\r\n', '\n\r']))
    case 6:
      return text.replace(/ /, pick(random, ['', '  ', '\t', '\r\n ']))
    default:
      return text.slice(0, at) + pick(random, splinters) + text.slice(at)
  }
}

function atLineStart(random: SeededRandom, text: string): string {
  const starts = [...text.matchAll(/\r\n/g)].map(({ index }) => index + 2)
  if (starts.length === 0) return text
  const at = pick(random, starts)
  return text.slice(0, at) + pick(random, splinters) + text.slice(at)
}

function splitAnywhere(random: SeededRandom, text: string): string[] {
  const pieces: string[] = []
  let rest = text
  for (let i = random.integer(4); i > 0 && rest.length > 1; i -= 1) {
    const at = 1 + random.integer(rest.length - 1)
    pieces.push(rest.slice(0, at))
    rest = rest.slice(at)
  }
  if (rest !== '') pieces.push(rest)
  return pieces
}
