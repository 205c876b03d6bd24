import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { get, post, answers, startFront, type Respond } from '../../../test/support/front-bench.ts'
import { bytesBody, streamBody, textBody } from '../../base/body.ts'
import type { CommonAnswer } from '../../data-plane/messages.ts'
import { createCommonAnswers } from './common-answers.ts'

const headers = ['Content-Type', 'text/plain', 'X-Twice', '1', 'x-twice', 'caf\u00e9']
const hello: CommonAnswer = { status: 200, headers, body: textBody('h\u00e9llo') }

function textOf(common: CommonAnswer, own: readonly string[] = []): string | undefined {
  return createCommonAnswers().text(common, [...common.headers, ...own])
}

describe('common answers', () => {
  test('are written as node:http writes any other, whatever the request', async (t) => {
    const commonAnswers = ['', 'x'.repeat(16_384), 'x'.repeat(16_385), 'h\u00e9'].flatMap((text) =>
      [200, 203, 204, 304, 404, 599].map((status) => ({ status, headers, body: textBody(text) })),
    )
    const respond: Respond = (request, path) => {
      const common = commonAnswers[Number(path.slice(path.lastIndexOf('/') + 1))] ?? hello
      const { status, body } = common
      const own = { status, headers: [...common.headers, 'X-Own', request.method], body }
      return path.startsWith('/common') ? { ...own, common } : own
    }
    const bench = await startFront(t, { respond })
    const requests = (path: string) => [
      get(path, 'Connection: close'),
      get(path, 'Connection: close').replace('GET', 'HEAD'),
      get(path).replace('HTTP/1.1', 'HTTP/1.0'),
      get(path, 'Connection: keep-alive').replace('HTTP/1.1', 'HTTP/1.0') +
        get('/', 'Connection: close'),
      get(path) + get('/', 'Connection: close'),
      `${post(path, 'Content-Length: 2')}ab${get('/', 'Connection: close')}`,
      get(path, 'Expect: 100-continue') + get('/', 'Connection: close'),
    ]
    const say = async (text: string) => {
      const client = await bench.open()
      client.send(text)
      return (await client.untilClosed()).replaceAll(/(?<=\r\nDate: )[^\r]+ GMT\r/g, 'now\r')
    }
    for (const index of commonAnswers.keys()) {
      const plain = requests(`/plain/${index}`)
      for (const [at, request] of requests(`/common/${index}`).entries()) {
        assert.equal(await say(request), await say(plain[at] ?? ''), request)
      }
    }
    assert.deepEqual(bench.bugs, [])
  })

  test('are left to node:http when they say how a message ends, or cannot be sent', () => {
    const { status, body } = hello
    for (const name of ['Connection', 'transfer-encoding', 'DATE', 'Content-Length', 'Trailer']) {
      assert.equal(textOf({ status, body, headers: [name, '1'] }), undefined, name)
    }
    const unsendable = [
      ['a b', '1'],
      ['a:', '1'],
      ['', '1'],
      ['a', '1\r\nb: 2'],
      ['a', '1\n'],
      ['a', '\u0000'],
      ['a', '\u0100'],
    ]
    for (const field of unsendable) {
      assert.equal(textOf({ status, body, headers: field }), undefined, JSON.stringify(field))
      assert.throws(() => textOf(hello, field), JSON.stringify(field))
    }
    const streamed = streamBody(
      (async function* () {
        yield Buffer.from('a')
      })(),
      1,
    )
    assert.equal(textOf({ status, headers, body: streamed }), undefined)
    assert.equal(textOf({ status: 204, headers, body: bytesBody(new Uint8Array()) }), undefined)
  })

  test('have the time of now', () => {
    let nowMs = Date.UTC(2026, 0, 2, 3, 4, 5, 999)
    const commonAnswers = createCommonAnswers(() => nowMs)
    const dateOf = () =>
      /\r\nDate: ([^\r]+)\r\n\r\n/.exec(commonAnswers.text(hello, headers) ?? '')?.[1]
    assert.equal(dateOf(), 'Fri, 02 Jan 2026 03:04:05 GMT')
    nowMs += 1
    assert.equal(dateOf(), 'Fri, 02 Jan 2026 03:04:06 GMT')
  })

  test('refuse a field of their own as any other answer does', async (t) => {
    const respond: Respond = () => ({
      ...hello,
      headers: [...headers, 'a', '\u0001'],
      common: hello,
    })
    const bench = await startFront(t, { respond })
    const client = await bench.open()
    client.send(get('/', 'Connection: keep-alive'))
    assert.match(await client.until((text) => answers(text) === 1), /^HTTP\/1\.1 500 /)
    assert.equal(bench.bugs.length, 1)
  })
})
