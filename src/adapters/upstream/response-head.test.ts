import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  createResponseHeadParser,
  defaultResponseHeadLimits,
  ResponseSyntaxError,
} from './response-head.ts'

const parse = createResponseHeadParser(defaultResponseHeadLimits)

function parseText(text: string) {
  const bytes = Buffer.from(text, 'latin1')
  return parse(bytes, 0, bytes.length)
}

const withFields = (...lines: readonly string[]) =>
  ['HTTP/1.1 200 OK', ...lines, '', ''].join('\r\n')

describe('createResponseHeadParser()', () => {
  test('reads a head where it lies in a larger buffer', () => {
    const text = `xx${withFields('A: b', 'C:d')}body`
    const bytes = Buffer.from(text)
    const head = parse(bytes, 2, bytes.length)
    assert.deepEqual(head, {
      status: 200,
      headers: ['A', 'b', 'C', 'd'],
      end: text.length - 4,
      framing: 'close',
      contentLength: 0,
      keepAlive: true,
      keepAliveSeconds: undefined,
    })
  })

  test('waits for every byte of the head', () => {
    const text = withFields('Content-Length: 5', 'X: y')
    for (let length = 0; length < text.length; length += 1) {
      assert.equal(parseText(text.slice(0, length)), undefined, `${length} bytes`)
    }
    assert.equal(parseText(text)?.contentLength, 5)
  })

  test('accepts a status line without reason, with or without the space', () => {
    assert.equal(parseText('HTTP/1.1 204\r\n\r\n')?.status, 204)
    assert.equal(parseText('HTTP/1.1 999 \r\n\r\n')?.status, 999)
    assert.equal(parseText('HTTP/1.1 200 \xfcber\tall\r\n\r\n')?.status, 200)
  })

  test('trims blanks around a value and keeps those inside', () => {
    const head = parseText(withFields('A: \t b \t c \t', 'B:', 'C: \t'))
    assert.deepEqual(head?.headers, ['A', 'b \t c', 'B', '', 'C', ''])
  })

  const framings = [
    [withFields('content-LENGTH: 007'), 'length', 7],
    [withFields('Content-Length: 3', 'content-length: 3'), 'length', 3],
    [withFields('Transfer-Encoding: Chunked'), 'chunked', 0],
    [withFields(), 'close', 0],
  ] as const
  for (const [text, framing, contentLength] of framings) {
    test(`frames ${JSON.stringify(text.slice(17, -4))} by ${framing}`, () => {
      const head = parseText(text)
      assert.equal(head?.framing, framing)
      assert.equal(head.contentLength, contentLength)
    })
  }

  const reuse = [
    [withFields('Connection: keep-alive'), true],
    [withFields('Connection: close'), false],
    [withFields('Connection: Keep-Alive, CLOSE ,x'), false],
    [withFields('Connection: closed'), true],
    [withFields('Connection: x', 'connection: close'), false],
    ['HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\n', false],
  ] as const
  for (const [text, keepAlive] of reuse) {
    test(`says ${keepAlive ? 'keep' : 'close'} after ${JSON.stringify(text)}`, () => {
      assert.equal(parseText(text)?.keepAlive, keepAlive)
    })
  }

  test('reads the time-out of Keep-Alive', () => {
    const seconds = (value: string) =>
      parseText(withFields(`Keep-Alive: ${value}`))?.keepAliveSeconds
    assert.equal(seconds('timeout=5'), 5)
    assert.equal(seconds('max=100, Timeout = 65'), 65)
    assert.equal(seconds('timeout="7"'), 7)
    assert.equal(seconds('max=3'), undefined)
  })

  const refused = [
    'X',
    'http/1.1 200 OK\r\n\r\n',
    'HTTP/1.2 200 OK\r\n\r\n',
    'HTTP/2.0 200 OK\r\n\r\n',
    'HTTP/1.1  200 OK\r\n\r\n',
    'HTTP/1.1 2000 OK\r\n\r\n',
    'HTTP/1.1 099 OK\r\n\r\n',
    'HTTP/1.1 2x0 OK\r\n\r\n',
    'HTTP/1.1 200 O\0K\r\n\r\n',
    'HTTP/1.1 200 OK\n\n           ',
    'HTTP/1.1 200 OK\r\r\n\r\n',
    withFields('A : b'),
    withFields(' A: b'),
    withFields('A: b', ' c'),
    withFields('A: b', '\tc'),
    withFields('A'),
    withFields(': b'),
    withFields('A(: b'),
    withFields('\xe4: b'),
    withFields('A: b\0'),
    withFields('A: b\x7f'),
    withFields('A: b\rc'),
    withFields('A: b\nC: d'),
    withFields('Content-Length: '),
    withFields('Content-Length: +5'),
    withFields('Content-Length: 5, 5'),
    withFields('Content-Length: 0x5'),
    withFields('Content-Length: 1234567890123456'),
    withFields('Content-Length: 5', 'Content-Length: 6'),
    withFields('Content-Length: 5', 'Transfer-Encoding: chunked'),
    withFields('Transfer-Encoding: chunked', 'Content-Length: 5'),
    withFields('Transfer-Encoding: gzip, chunked'),
    withFields('Transfer-Encoding: identity'),
    withFields('Transfer-Encoding: chunked\t'),
    withFields('Transfer-Encoding: chunked \t '),
    withFields('Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'),
    withFields('Transfer-Encoding:'),
    'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n',
  ]
  for (const text of refused) {
    test(`refuses ${JSON.stringify(text)}`, () => {
      assert.throws(() => parseText(text), ResponseSyntaxError)
    })
  }

  test('refuses a head above its bounds, complete or not', () => {
    const small = createResponseHeadParser({ headBytesMax: 40, fieldsMax: 2 })
    const parseSmall = (text: string) => small(Buffer.from(text), 0, text.length)
    assert.ok(parseSmall(withFields('A: b', 'C: d')))
    assert.throws(() => parseSmall(withFields('A: b', 'C: d', 'E: f')), ResponseSyntaxError)
    assert.throws(() => parseSmall(withFields(`A: ${'b'.repeat(40)}`)), ResponseSyntaxError)
    assert.throws(() => parseSmall(`HTTP/1.1 200 ${'b'.repeat(40)}`), ResponseSyntaxError)
  })
})
