import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, test } from 'node:test'
import {
  answers,
  get,
  ok,
  post,
  startFront,
  type Bench,
  type Respond,
} from '../../../test/support/front-bench.ts'
import { BodyAbortedError, emptyBody, streamBody, textBody } from '../../base/body.ts'
import { executeApiAlone } from './planes.ts'
import type { ReceivedRequest } from './received-request.ts'

/** Everything the server says to one message on a connection of its own. */
async function say(bench: Bench, text: string): Promise<string> {
  const client = await bench.open()
  client.send(text)
  return client.untilClosed()
}

describe('an HTTP front', () => {
  test('answers with a date, a length and the connection kept, as API Gateway does', async (t) => {
    const client = await (await startFront(t)).open()
    client.send(get('/'))
    const received = await client.until((text) => text.endsWith('hello'))
    assert.match(received, /^HTTP\/1\.1 200 OK\r\nContent-Type: text\/plain\r\n/)
    assert.match(received, /\r\nContent-Length: 5\r\n/)
    assert.match(received, /\r\nConnection: keep-alive\r\n/)
    assert.match(received, /\r\nDate: [^\r]+GMT\r\n/)
    assert.doesNotMatch(received, /Keep-Alive:|Transfer-Encoding/)
    client.send(get('/again'))
    await client.until((text) => answers(text) === 2)
  })

  test('closes after an answer to HTTP/1.0 or to Connection: close', async (t) => {
    const bench = await startFront(t)
    const old = await say(bench, 'GET /_aws/execute-api/a/b HTTP/1.0\r\n\r\n')
    assert.match(old, /\r\nConnection: close\r\n[^]*hello$/)
    assert.match(await say(bench, get('/', 'Connection: close')), /\r\nConnection: close\r\n/)
  })

  test('sends no body to HEAD, none with 204, and no length for an empty HEAD', async (t) => {
    const respond: Respond = async (_, path) =>
      path === '/empty'
        ? { status: 200, headers: [], body: emptyBody }
        : { status: path === '/none' ? 204 : 200, headers: [], body: textBody('hello') }
    const bench = await startFront(t, { respond })
    const close = 'Connection: close'
    const head = await say(bench, get('/', close).replace('GET', 'HEAD'))
    assert.match(head, /Content-Length: 5\r\n/)
    assert.match(head, /\r\n\r\n$/)
    const empty = await say(bench, get('/empty', close).replace('GET', 'HEAD'))
    assert.doesNotMatch(empty, /Content-Length/)
    const none = await say(bench, get('/none', close))
    assert.match(none, /^HTTP\/1\.1 204 /)
    assert.doesNotMatch(none, /Content-Length|Transfer-Encoding|hello/)
  })

  test('streams a body in and out, with a declared length or chunked', async (t) => {
    const respond: Respond = async ({ body }) => ({
      status: 200,
      headers: [],
      body: streamBody(body.stream(), body.byteLength),
    })
    const bench = await startFront(t, { respond })
    const long = 'x'.repeat(300_000)
    const close = 'Connection: close'
    const sized = await say(bench, `${post('/', close, `Content-Length: ${long.length}`)}${long}`)
    assert.match(sized, /\r\nContent-Length: 300000\r\n/)
    assert.equal(sized.split('\r\n\r\n')[1], long)
    const chunked = await say(
      bench,
      `${post('/', close, 'Transfer-Encoding: chunked')}5\r\nhello\r\n0\r\n\r\n`,
    )
    assert.match(chunked, /Transfer-Encoding: chunked\r\n[^]*\r\n5\r\nhello\r\n0\r\n\r\n$/)
  })

  test('gives the address of the client and the fields as they were sent', async (t) => {
    const seen: ReceivedRequest[] = []
    const respond: Respond = (request) => {
      seen.push(request)
      return ok()
    }
    await say(await startFront(t, { respond }), get('/', 'X-a: 1', 'x-A: 2', 'Connection: close'))
    assert.equal(seen[0]?.sourceIp, '127.0.0.1')
    assert.equal(seen[0]?.method, 'GET')
    assert.deepEqual(seen[0]?.headers.slice(2, 6), ['X-a', '1', 'x-A', '2'])
  })

  test('drops no field, however many fit into a head', async (t) => {
    const seen: ReceivedRequest[] = []
    const respond: Respond = (request) => {
      seen.push(request)
      return ok()
    }
    const fields = Array.from({ length: 3500 }, () => 'a:b')
    await say(await startFront(t, { respond }), get('/', ...fields, 'Connection: close'))
    assert.equal(seen[0]?.headers.length, 2 * (3500 + 2))
  })

  test('asks for a body only when somebody reads it, and closes when nobody did', async (t) => {
    const respond: Respond = async ({ body }, path) => {
      if (path === '/read') await body.readAll(100)
      return ok()
    }
    const bench = await startFront(t, { respond })
    const fields = ['Expect: 100-continue', 'Content-Length: 3']
    const reader = await bench.open()
    reader.send(post('/read', ...fields))
    await reader.until((text) => text.endsWith('HTTP/1.1 100 Continue\r\n\r\n'))
    reader.send('abc')
    const received = await reader.until((text) => text.endsWith('hello'))
    assert.match(received, /Connection: keep-alive/)
    const refused = await say(bench, post('/refuse', ...fields))
    assert.doesNotMatch(refused, /100 Continue/)
    assert.match(refused, /Connection: close\r\n[^]*hello$/)
  })

  test('shows its answer to a client that goes on sending a body nobody wants', async (t) => {
    const client = await (await startFront(t)).open()
    client.send(post('/', 'Transfer-Encoding: chunked'))
    const piece = `ffff\r\n${'x'.repeat(0xffff)}\r\n`
    for (let i = 0; i < 50; i += 1) client.send(piece)
    const received = await client.until((text) => text.endsWith('hello'))
    assert.match(received, /Connection: close/)
  })

  test('keeps a connection whose first request offers an upgrade, and drops nothing unseen', async (t) => {
    const offer = ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAM']
    const bench = await startFront(t)
    const client = await bench.open()
    client.send(get('/', ...offer))
    await client.until((text) => text.endsWith('hello'))
    client.send(get('/'))
    await client.until((text) => answers(text) === 2)
    const pipelined = await say(bench, get('/', ...offer) + get('/'))
    assert.match(pipelined, /Connection: close\r\n[^]*hello$/)
    assert.equal(answers(pipelined), 1)
  })

  test('answers what it has understood before it refuses what follows', async (t) => {
    const held = Promise.withResolvers<void>()
    const respond: Respond = async () => {
      await held.promise
      return ok()
    }
    const client = await (await startFront(t, { respond })).open()
    client.send(`${get('/')}${get('/')}nonsense\r\n\r\n`)
    client.send('and more of it')
    held.resolve()
    const received = await client.untilClosed()
    const statuses = [...received.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)
    assert.deepEqual(statuses, ['200', '200', '400'])
  })

  test('refuses a body that breaks its framing in place of the answer, and tells the plane', async (t) => {
    const aborted = Promise.withResolvers<void>()
    const respond: Respond = ({ signal }) => {
      signal.addEventListener('abort', () => aborted.resolve())
      return new Promise(() => {})
    }
    const bench = await startFront(t, { respond })
    const received = await say(bench, `${post('/', 'Transfer-Encoding: chunked')}5x\r\nhello`)
    assert.match(received, /^HTTP\/1\.1 400 [^]*\{"message":"Bad Request"\}$/)
    await aborted.promise
  })

  test('keeps the connection after a short body that nobody read', async (t) => {
    const client = await (await startFront(t)).open()
    client.send(post('/', 'Content-Length: 100000'))
    client.send(`${'x'.repeat(100_000)}${get('/')}`)
    const received = await client.until((text) => answers(text) === 2)
    assert.doesNotMatch(received, /Connection: close/)
  })

  test('tells planes that the client went away', async (t) => {
    const aborted = Promise.withResolvers<string>()
    const began = Promise.withResolvers<void>()
    const respond: Respond = async ({ body, signal }) => {
      signal.addEventListener('abort', () => began.resolve())
      began.resolve()
      await body.readAll(1000).catch((error: unknown) => {
        aborted.resolve(error instanceof BodyAbortedError ? `${signal.aborted}` : String(error))
      })
      return ok()
    }
    const bench = await startFront(t, { respond })
    const client = await bench.open()
    client.send(`${post('/', 'Content-Length: 10')}abc`)
    await began.promise
    client.socket.destroy()
    assert.equal(await aborted.promise, 'true')
    assert.deepEqual(bench.bugs, [])
  })

  test('stops the source of an answer whose client went away', async (t) => {
    const stopped = Promise.withResolvers<void>()
    const endless = async function* () {
      try {
        for (;;) yield Buffer.alloc(65_536)
      } finally {
        stopped.resolve()
      }
    }
    const respond: Respond = async () => ({
      status: 200,
      headers: [],
      body: streamBody(endless(), undefined),
    })
    const client = await (await startFront(t, { respond })).open()
    client.send(get('/'))
    await once(client.socket, 'data')
    client.socket.destroy()
    await stopped.promise
  })

  test('breaks off an answer whose source breaks, so that nobody takes it for whole', async (t) => {
    const broken = async function* () {
      yield Buffer.from('half')
      throw new BodyAbortedError('upstream')
    }
    const respond: Respond = async () => ({
      status: 200,
      headers: [],
      body: streamBody(broken(), undefined),
    })
    const bench = await startFront(t, { respond })
    const received = await say(bench, get('/')).catch(() => '')
    assert.doesNotMatch(received, /0\r\n\r\n$/)
  })

  test('answers 500 for a field that cannot be sent, and names it as a bug', async (t) => {
    const respond: Respond = async () => ({
      status: 200,
      headers: ['X-Bad', 'line\r\nbreak'],
      body: textBody('hello'),
    })
    const bench = await startFront(t, { respond })
    const received = await say(bench, get('/', 'Connection: close'))
    assert.match(received, /^HTTP\/1\.1 500 [^]*\{"message":"Internal server error"\}$/)
    assert.equal(bench.bugs.length, 1)
  })

  test('counts connections and what is in flight, down to nothing', async (t) => {
    const bench = await startFront(t, { respond: () => new Promise(() => {}) })
    const client = await bench.open()
    client.send(get('/') + get('/') + get('/'))
    while (bench.signals.inFlightCount() < 3) await new Promise((resolve) => setImmediate(resolve))
    assert.equal(bench.signals.openCount(), 1)
    client.socket.destroy()
    while (bench.signals.openCount() > 0) await new Promise((resolve) => setImmediate(resolve))
    await new Promise((resolve) => setImmediate(resolve))
    assert.equal(bench.signals.inFlightCount(), 0)
  })
})

describe('an HTTP front refuses, in the shape of AWS,', () => {
  const long = 'x'.repeat(30_000)
  const cases: readonly [name: string, text: string, status: number, message: string][] = [
    ['what is not HTTP', 'hello\r\n\r\n', 400, 'Bad Request'],
    ['a request without Host', 'GET / HTTP/1.1\r\n\r\n', 400, 'Bad Request'],
    ['two Hosts', 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n', 400, 'Bad Request'],
    ['the target *', 'OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n', 400, 'Bad Request'],
    ['CONNECT', 'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n', 400, 'Bad Request'],
    [
      'CONNECT with a body to come',
      'CONNECT a:1 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na',
      400,
      'Bad Request',
    ],
    [
      'a length and a coding at once',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
      'Bad Request',
    ],
    [
      'two lengths',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc',
      400,
      'Bad Request',
    ],
    ['a folded field', 'GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\n', 400, 'Bad Request'],
    ['a bare line feed', 'GET / HTTP/1.1\nHost: a\n\n', 400, 'Bad Request'],
    ['a blank before a colon', 'GET / HTTP/1.1\r\nHost : a\r\n\r\n', 400, 'Bad Request'],
    [
      'a URL above the limit',
      `GET /${'x'.repeat(10_240)} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
      414,
      'Request URI too long',
    ],
    ['a head above the limit', get('/', `X: ${long}`), 431, 'Request header fields too large'],
  ]
  for (const [name, text, status, message] of cases) {
    test(name, async (t) => {
      const bench = await startFront(t)
      const client = await bench.open()
      client.send(text)
      client.socket.end()
      const received = await client.untilClosed()
      assert.match(received, new RegExp(`^HTTP/1\\.1 ${status} `))
      assert.match(received, /\r\nx-amzn-ErrorType: \w+\r\n/)
      assert.ok(received.endsWith(JSON.stringify({ message })), received)
      assert.deepEqual(bench.bugs, [])
    })
  }

  test('clients that reset their connection before they have the refusal', async (t) => {
    const bench = await startFront(t)
    const texts = ['CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n', 'hello\r\n\r\n', get('/')]
    for (let i = 0; i < 150; i += 1) {
      const client = await bench.open()
      client.send(texts[i % texts.length] ?? '')
      // One, two or three turns later: before, while and after it is answered.
      for (let turn = 0; turn < i % 4; turn += 1) await new Promise((r) => setImmediate(r))
      client.socket.resetAndDestroy()
    }
    while (bench.signals.openCount() > 0) await new Promise((resolve) => setImmediate(resolve))
    assert.deepEqual(bench.bugs, [])
  })

  test('a head that does not come to its end', async (t) => {
    const bounds = { headersTimeoutMs: 50, requestTimeoutMs: 50, checkIntervalMs: 10 }
    const bench = await startFront(t, { bounds })
    assert.match(await say(bench, 'GET / HTTP/1.1\r\nHo'), /^HTTP\/1\.1 408 /)
  })

  test('a body that does not come to its end', async (t) => {
    const bounds = { headersTimeoutMs: 50, requestTimeoutMs: 50, checkIntervalMs: 10 }
    const respond: Respond = async ({ body }) => {
      await body.readAll(100)
      return ok()
    }
    const bench = await startFront(t, { bounds, respond })
    assert.match(await say(bench, `${post('/', 'Content-Length: 10')}abc`), /^HTTP\/1\.1 408 /)
  })

  test('other planes than its listener has', async (t) => {
    const bench = await startFront(t, { planes: executeApiAlone })
    for (const path of ['/restapis', '/_stagedoor/health', '/_stagedoor/reset', '/']) {
      const received = await say(
        bench,
        `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
      )
      assert.match(received, /^HTTP\/1\.1 403 [^]*\{"message":"Forbidden"\}$/)
    }
  })

  test('a management body above the limit', async (t) => {
    const bench = await startFront(t)
    const head = 'POST /restapis HTTP/1.1\r\nHost: a\r\nContent-Length: 6291457\r\n\r\n'
    const client = await bench.open()
    client.send(head)
    await client.until((text) => text.startsWith('HTTP/1.1 413 ') && text.endsWith('}'))
  })

  test('more management calls at once than its bound', async (t) => {
    const held = Promise.withResolvers<void>()
    const forward = async () => {
      await held.promise
      return { status: 200, headers: [], body: Buffer.from('owner') }
    }
    const bench = await startFront(t, { forward, bounds: { forwardedMax: 1 } })
    const request = 'GET /restapis HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'
    const [first, second] = [await bench.open(), await bench.open()]
    first.send(request)
    while (bench.signals.inFlightCount() < 1) await new Promise((resolve) => setImmediate(resolve))
    second.send(request)
    assert.match(await second.untilClosed(), /^HTTP\/1\.1 429 /)
    held.resolve()
    assert.match(await first.untilClosed(), /^HTTP\/1\.1 200 [^]*owner$/)
  })
})

describe('an HTTP front that drains', () => {
  test('finishes what is in flight, ends connections with their answers, and closes idle ones', async (t) => {
    const held = Promise.withResolvers<void>()
    const respond: Respond = async (_, path) => {
      if (path === '/slow') await held.promise
      return ok()
    }
    const bench = await startFront(t, { respond })
    const [slow, idle, fresh] = [await bench.open(), await bench.open(), await bench.open()]
    slow.send(get('/slow'))
    idle.send(get('/'))
    await idle.until((text) => text.endsWith('hello'))
    while (bench.signals.openCount() < 3) await new Promise((resolve) => setImmediate(resolve))
    const drained = bench.front.drain(0)
    await idle.untilClosed()
    await fresh.untilClosed()
    held.resolve()
    assert.match(await slow.untilClosed(), /Connection: close\r\n[^]*hello$/)
    await drained
    assert.equal(bench.signals.openCount(), 0)
  })
})
