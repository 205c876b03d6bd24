import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  createResponseHeadParser,
  defaultResponseHeadLimits,
  ResponseSyntaxError,
  type ResponseHead,
} from './response-head.ts'
import { ResponseReader } from './response-reader.ts'

interface ReadResponse {
  readonly status: number
  readonly content: string
  readonly isComplete: boolean
  readonly isReusable: boolean
}

const parseHead = createResponseHeadParser(defaultResponseHeadLimits)

/** Reads pieces of latin1 text as the answer to one request, then the end of the stream. */
function read(pieces: readonly string[], method = 'GET'): ReadResponse {
  let status = 0
  let content = ''
  let isComplete = false
  const reader = new ResponseReader(parseHead, defaultResponseHeadLimits, {
    onWholeResponse(head: ResponseHead, bytes) {
      status = head.status
      content = bytes.toString('latin1')
      isComplete = true
    },
    onResponseHead: (head: ResponseHead) => void (status = head.status),
    onContent: (bytes) => void (content += bytes.toString('latin1')),
    onContentEnd: () => void (isComplete = true),
  })
  reader.start(method)
  // What was read is overwritten, as a shared buffer is.
  const shared = Buffer.alloc(200_000)
  for (const piece of pieces) {
    const count = shared.write(piece, 'latin1')
    reader.push(shared, count)
    shared.fill(0, 0, count)
  }
  const { isReusable } = reader
  reader.finish()
  return { status, content, isComplete, isReusable }
}

const chunked = (body: string) => `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${body}`

describe('ResponseReader', () => {
  const responses = [
    ['declared length', 'HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 5\r\n\r\nhello'],
    ['chunks', chunked('3\r\nhel\r\n02\r\nlo\r\n0\r\n\r\n')],
    [
      'extensions and trailers',
      chunked('5;a=b;c="d \\"e";f\r\nhello\r\n000;x\r\nT: v\r\nU:\r\n\r\n'),
    ],
    [
      'informational responses',
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: <a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello',
    ],
  ] as const
  const expected = { status: 200, content: 'hello', isComplete: true, isReusable: true }

  for (const [what, text] of responses) {
    test(`reads ${what} whole, in two pieces split anywhere, and byte by byte`, () => {
      assert.deepEqual(read([text]), expected)
      for (let at = 1; at < text.length; at += 1) {
        assert.deepEqual(read([text.slice(0, at), text.slice(at)]), expected, `split at ${at}`)
      }
      assert.deepEqual(read(text.split('')), expected)
    })

    test(`sees the surplus after ${what} wherever it is split`, () => {
      const long = `${text}HTTP/1.1 200 OK\r\n\r\n`
      for (let at = 0; at < long.length; at += 1) {
        const { content, isReusable } = read([long.slice(0, at), long.slice(at)])
        assert.equal(content, 'hello')
        assert.equal(isReusable, false, `split at ${at}`)
      }
    })

    test(`never takes a truncated response of ${what} for a whole one`, () => {
      for (let length = 0; length < text.length; length += 1) {
        assert.equal(read([text.slice(0, length)]).isComplete, false, `${length} bytes`)
      }
    })
  }

  test('reads up to the end of the stream without framing', () => {
    const response = read(['HTTP/1.1 200 OK\r\n\r\nab', 'cd'])
    assert.deepEqual(response, {
      status: 200,
      content: 'abcd',
      isComplete: true,
      isReusable: false,
    })
  })

  for (const [method, status] of [
    ['HEAD', 200],
    ['GET', 204],
    ['GET', 304],
  ] as const) {
    test(`reads no content of ${status} to ${method}`, () => {
      const head = `HTTP/1.1 ${status} X\r\n\r\n`
      const whole = { status, content: '', isComplete: true, isReusable: true }
      assert.deepEqual(read([head], method), whole)
      const surplus = read([`${head}hello`], method)
      assert.deepEqual(surplus, { ...whole, isReusable: false })
    })
  }

  const refused = [
    chunked('x\r\n'),
    chunked('\r\n'),
    chunked(';a\r\n'),
    chunked('-1\r\n'),
    chunked('5 \r\nhello\r\n0\r\n\r\n'),
    chunked('123456789\r\n'),
    chunked('5\nhello'),
    chunked('5\rhello'),
    chunked('5\r\nhelloX'),
    chunked('5\r\nhello\n0\r\n\r\n'),
    chunked('5;a\nb'),
    chunked('5;\r\nhello\r\n0\r\n\r\n'),
    chunked('5;a;;b\r\n'),
    chunked('5;a=\r\n'),
    chunked('5;a="b"c\r\n'),
    chunked('5;a=b"c"\r\n'),
    chunked('5;a=b=c\r\n'),
    chunked('5;a b\r\n'),
    chunked('5;a="b\r\n"\r\n'),
    chunked('0\r\nContent-Length: 5\r\n\r\n'),
    chunked('0\r\ntransfer-encoding: chunked\r\n\r\n'),
    chunked('0\r\n: b\r\n\r\n'),
    'HTTP/1.1 103 Hints\r\nConnection: close\r\n\r\n',
    'HTTP/1.0 103 Hints\r\n\r\n',
    'HTTP/1.1 103 Hints\r\nContent-Length: 3\r\n\r\n',
    'HTTP/1.1 103 Hints\r\nTransfer-Encoding: chunked\r\n\r\n',
    chunked(`5;${'a'.repeat(5000)}`),
    chunked('0\r\nbad trailer\r\n'),
    chunked('0\r\nA: b\nC'),
    chunked('0\r\n\n'),
    chunked(`0\r\n${'A: b\r\n'.repeat(5000)}`),
    'HTTP/1.1 101 Switching Protocols\r\n\r\n',
    'HTTP/1.1 103 Hints\r\n\r\n'.repeat(17),
    'HTTP/1.1\r\n\r\n',
    `HTTP/1.1 200 OK\r\nA: ${'b'.repeat(70_000)}`,
    'HTTP/1.1 200 OK\nA: b',
  ]
  for (const text of refused) {
    test(`refuses ${JSON.stringify(text.slice(0, 70))}`, () => {
      assert.throws(() => read([text]), ResponseSyntaxError)
      assert.throws(() => read(text.split('')), ResponseSyntaxError)
    })
  }

  test('says at once that something else than HTTP speaks', () => {
    for (const text of ['S', 'HTTX', 'HTTP/2', 'HTTP/1.9']) {
      assert.throws(() => read([text]), ResponseSyntaxError)
    }
  })

  test('costs no more for a head that comes byte by byte', () => {
    const text = `HTTP/1.1 200 OK\r\nA: ${'b'.repeat(60_000)}\r\nContent-Length: 0\r\n\r\n`
    const startMs = performance.now()
    assert.equal(read(text.split('')).isComplete, true)
    const tookMs = performance.now() - startMs
    // Reading the head anew for each byte would take 60,000 × 60,000 steps.
    assert.ok(tookMs < 20_000, `${tookMs} ms`)
  })
})
