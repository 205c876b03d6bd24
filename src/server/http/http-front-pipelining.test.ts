import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  answers,
  get,
  ok,
  post,
  startFront,
  type Respond,
} from '../../../test/support/front-bench.ts'
import { streamBody, textBody } from '../../base/body.ts'

describe('an HTTP front', () => {
  test('takes pipelined requests in order, one at a time, and reads few ahead', async (t) => {
    let underWay = 0
    let most = 0
    let mostReceived = 0
    const respond: Respond = async (_, path) => {
      underWay += 1
      most = Math.max(most, underWay)
      mostReceived = Math.max(mostReceived, bench.signals.inFlightCount())
      await new Promise((resolve) => setImmediate(resolve))
      underWay -= 1
      return { status: 200, headers: [], body: textBody(`<${path}>`) }
    }
    const bench = await startFront(t, { respond, bounds: { pipelinedMax: 4 } })
    const client = await bench.open()
    // The bound acts between two reads of the socket, and a read holds several of these.
    for (let i = 0; i < 1000; i += 1) client.send(get(`/${i}`, `X-Pad: ${'p'.repeat(8000)}`))
    const received = await client.until((text) => text.includes('</999>'))
    const order = [...received.matchAll(/<\/(\d+)>/g)].map(([, number]) => Number(number))
    assert.deepEqual(order, [...Array(1000).keys()])
    assert.equal(most, 1)
    assert.ok(mostReceived > 1 && mostReceived < 300, `${mostReceived} at once`)
    assert.equal(bench.signals.inFlightCount(), 0)
  })

  test('answers in order what it is given at once, and what it has to wait for', async (t) => {
    const respond: Respond = (_, path) => {
      const number = Number(path.slice(1))
      const body = textBody(`<${number}>`)
      const response = { status: 200, headers: [], body }
      const common = { ...response }
      if (number % 3 === 0) return { ...response, common }
      return number % 3 === 1 ? response : Promise.resolve(response)
    }
    const bench = await startFront(t, { respond, bounds: { pipelinedMax: 4 } })
    const client = await bench.open()
    for (let i = 0; i < 300; i += 1) {
      const chunked = `${post(`/${i}`, 'Transfer-Encoding: chunked')}2\r\nhi\r\n0\r\n\r\n`
      // Of content that nobody reads the connection lives only when it is known to end.
      client.send(i === 299 ? chunked : get(`/${i}`))
    }
    const received = await client.until((text) => text.includes('<299>'))
    const order = [...received.matchAll(/<(\d+)>/g)].map(([, number]) => Number(number))
    assert.deepEqual(order, [...Array(300).keys()])
    assert.equal(bench.signals.inFlightCount(), 0)
    client.send(get('/300'))
    await client.until((text) => text.includes('<300>'))
    assert.deepEqual(bench.bugs, [])
  })

  test('begins a pipelined request when the answer before it is written out entirely', async (t) => {
    const began: string[] = []
    const body = 'x'.repeat(20_000_000)
    const respond: Respond = async (_, path) => {
      began.push(path)
      return { status: 200, headers: [], body: textBody(path === '/2' ? 'last' : body) }
    }
    const bench = await startFront(t, { respond })
    const client = await bench.open()
    client.socket.pause()
    client.send(get('/1') + get('/2'))
    while (bench.signals.inFlightCount() < 1) await new Promise((resolve) => setImmediate(resolve))
    for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve))
    assert.deepEqual(began, ['/1'])
    client.socket.removeAllListeners('data')
    await new Promise<void>((resolve) => {
      client.socket.on('data', (text: string) => text.endsWith('last') && resolve()).resume()
    })
    assert.deepEqual(began, ['/1', '/2'])
  })

  test('keeps the bodies of pipelined requests while they wait for their turn', async (t) => {
    const held = Promise.withResolvers<void>()
    const respond: Respond = async ({ body }, path) => {
      if (path === '/0') await held.promise
      const bytes = await body.readAll(1_000_000)
      return { status: 200, headers: [], body: textBody(`<${bytes.length} ${bytes.at(-1)}>`) }
    }
    const bench = await startFront(t, { respond, bounds: { pipelinedMax: 2 } })
    const client = await bench.open()
    const sizes = [10, 300_000, 0, 5, 200_000, 70_000, 1, 100_000]
    for (const [i, size] of sizes.entries()) {
      const content = String.fromCharCode(65 + i).repeat(size)
      const chunks = `${size.toString(16)}\r\n${content}\r\n0\r\n\r\n`
      if (i % 2 === 0) client.send(post(`/${i}`, `Content-Length: ${size}`) + content)
      else client.send(post(`/${i}`, 'Transfer-Encoding: chunked') + chunks)
    }
    while (bench.signals.inFlightCount() < 2) await new Promise((resolve) => setImmediate(resolve))
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve))
    held.resolve()
    const received = await client.until((text) => answers(text) === 8 && text.endsWith('>'))
    const got = [...received.matchAll(/<(\d+) (\w+)>/g)].map(([, size, last]) => `${size} ${last}`)
    const sent = sizes.map((size, i) => `${size} ${size === 0 ? undefined : 65 + i}`)
    assert.deepEqual(got, sent)
  })

  test('begins no pipelined request behind an answer that ends the connection', async (t) => {
    const held = Promise.withResolvers<void>()
    const began: string[] = []
    const respond: Respond = async (_, path) => {
      began.push(path)
      await held.promise
      return ok()
    }
    const bench = await startFront(t, { respond })
    const client = await bench.open()
    client.send(get('/1') + get('/2'))
    while (bench.signals.inFlightCount() < 2) await new Promise((resolve) => setImmediate(resolve))
    const drained = bench.front.drain(0)
    held.resolve()
    assert.equal(answers(await client.untilClosed()), 1)
    await drained
    assert.deepEqual(began, ['/1'])
    assert.equal(bench.signals.inFlightCount(), 0)
  })

  test('goes on with a long answer when a CONNECT follows it', async (t) => {
    const pieces = async function* () {
      for (let i = 0; i < 100; i += 1) yield Buffer.alloc(65_536, 'x')
      yield Buffer.from('last')
    }
    const respond: Respond = async () => ({
      status: 200,
      headers: [],
      body: streamBody(pieces(), undefined),
    })
    const bench = await startFront(t, { respond })
    const client = await bench.open()
    client.send(`${get('/')}CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n`)
    assert.match(await client.untilClosed(), /last\r\n0\r\n\r\nHTTP\/1\.1 400 /)
  })
})
