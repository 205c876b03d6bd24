import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, test, type TestContext } from 'node:test'
import { sandboxInvocation } from '../../../test/support/sandbox-scene.ts'
import { responseBytesMax, streamWindowBytes } from '../../ports/sandboxes.ts'
import { openRuntimeApi } from './runtime-api.ts'
import type { RuntimeLinkEvents } from './runtime-link.ts'

/** An API with nobody behind it, and what it tells. */
async function openScene(t: TestContext) {
  const told: string[] = []
  const first = Promise.withResolvers<void>()
  const tell = (what: string) => {
    told.push(what)
    first.resolve()
  }
  const events: RuntimeLinkEvents = {
    ready: () => tell('ready'),
    initError: (payload) => tell(`init-error ${payload}`),
    streamBegin: (contentType) => tell(`stream ${contentType}`),
    streamPiece: (bytes) => tell(`piece ${Buffer.from(bytes).toString()}`),
    streamEnd: () => tell('stream end'),
    response: (payload) => tell(`response ${payload.length > 100 ? payload.length : payload}`),
    tooLarge: (bytes) => tell(`too large ${bytes}`),
    error: (payload) => tell(`error ${payload}`),
    lastError: (payload) => tell(`last error ${payload}`),
    output: (text) => tell(`output ${text}`),
    left: () => tell('left'),
    broken: (detail) => tell(`broken ${detail}`),
  }
  const api = await openRuntimeApi()
  t.after(() => api.close())
  const link = api.link(events)
  const url = (path: string) => `http://${api.address}/2018-06-01${path}`
  const get = (path: string) => fetch(url(path))
  const post = (path: string, body: string, headers: Record<string, string> = {}) =>
    fetch(url(path), { method: 'POST', body, headers })
  return { api, link, told, first: first.promise, get, post }
}

const invocation = sandboxInvocation('{"a":"€"}', { clientContext: '{"client":"ä\n€"}' })
const { requestId } = invocation
const path = (what: string, id: string = requestId) => `/runtime/invocation/${id}/${what}`
const accepted = { status: 202, body: '{"status":"OK"}' }
const read = async (response: Response) => ({
  status: response.status,
  body: await response.text(),
})

describe('next', () => {
  test('waits for an event and gives it with its fields', async (t) => {
    const { link, told, first, get } = await openScene(t)
    const asked = get('/runtime/invocation/next')
    await first
    assert.deepEqual(told, ['ready'])
    link.send(invocation)
    const response = await asked
    assert.equal(response.status, 200)
    assert.deepEqual(
      [...response.headers].filter(([name]) => name.startsWith('lambda-')),
      [
        ['lambda-runtime-aws-request-id', requestId],
        ['lambda-runtime-client-context', '{"client":"\\u00e4 \\u20ac"}'],
        ['lambda-runtime-deadline-ms', String(invocation.deadlineMs)],
        ['lambda-runtime-invoked-function-arn', invocation.invokedFunctionArn],
        ['lambda-runtime-trace-id', invocation.traceId],
      ],
    )
    assert.equal(response.headers.get('content-type'), 'application/json')
    assert.equal(await response.text(), invocation.payload)
  })

  test('gives an event that was sent before it was asked for, and the same one when asked again', async (t) => {
    const { link, get } = await openScene(t)
    link.send(invocation)
    for (let round = 0; round < 2; round += 1) {
      const response = await get('/runtime/invocation/next')
      assert.equal(await response.text(), invocation.payload)
    }
  })

  test('gives the event to who asked last when a first connection was lost', async (t) => {
    const { api, link, told, first, get } = await openScene(t)
    const lost = connect(Number(api.address.split(':')[1]), '127.0.0.1')
    lost.on('error', () => undefined)
    lost.write(`GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: ${api.address}\r\n\r\n`)
    await first
    lost.destroy()
    const asked = get('/runtime/invocation/next')
    const before = link.activity()
    while (link.activity() === before) await new Promise((resolve) => setImmediate(resolve))
    // Its request has come; it is read within the turn.
    await new Promise((resolve) => setImmediate(resolve))
    link.send(invocation)
    assert.equal(await (await asked).text(), invocation.payload)
    assert.deepEqual(told, ['ready'])
  })
})

/** An API whose runtime has an event under way. */
async function openRunning(t: TestContext) {
  const scene = await openScene(t)
  scene.link.send(invocation)
  await (await scene.get('/runtime/invocation/next')).text()
  return scene
}

describe('response', () => {
  test('is accepted once, for the event under way', async (t) => {
    const { told, post } = await openRunning(t)
    assert.deepEqual(await read(await post(path('response', 'other'), '1')), {
      status: 400,
      body: '{"errorMessage":"Invalid request ID","errorType":"InvalidRequestID"}',
    })
    assert.deepEqual(await read(await post(path('response'), '"€"')), accepted)
    assert.equal((await post(path('response'), '2')).status, 400)
    assert.deepEqual(told, ['ready', 'response "€"'])
  })

  test('before the event was asked for is refused', async (t) => {
    const { link, told, post } = await openScene(t)
    link.send(invocation)
    const refused = await read(await post(path('response'), '1'))
    assert.equal(refused.status, 403)
    assert.equal(JSON.parse(refused.body).errorType, 'InvalidStateTransition')
    assert.deepEqual(told, [])
  })

  test('may be as long as responseBytesMax, and no longer', async (t) => {
    const { link, told, get, post } = await openRunning(t)
    assert.deepEqual(
      await read(await post(path('response'), 'x'.repeat(responseBytesMax))),
      accepted,
    )
    link.send(invocation)
    await (await get('/runtime/invocation/next')).text()
    assert.deepEqual(await read(await post(path('response'), 'x'.repeat(responseBytesMax + 1))), {
      status: 413,
      body:
        '{"errorMessage":"Exceeded maximum allowed payload size (6291556 bytes).",' +
        '"errorType":"RequestEntityTooLarge"}',
    })
    assert.deepEqual(told.slice(1), [`response ${responseBytesMax}`, 'too large 6291557'])
  })

  const streaming = { 'Lambda-Runtime-Function-Response-Mode': 'streaming' }

  test('may be streamed', async (t) => {
    const { told, post } = await openRunning(t)
    assert.deepEqual(await read(await post(path('response'), 'a stream', streaming)), accepted)
    assert.deepEqual(told.slice(1), ['response a stream'])
  })

  test('is told piece by piece where a stream is wanted, no further than it is let', async (t) => {
    const { api, link, told, get } = await openScene(t)
    link.send({ ...invocation, onStream: () => {} })
    await (await get('/runtime/invocation/next')).text()
    const socket = connect(Number(api.address.split(':')[1]), '127.0.0.1')
    t.after(() => socket.destroy())
    const untilTold = async (count: number) => {
      while (told.length < count) await new Promise((resolve) => setImmediate(resolve))
    }
    socket.write(
      [
        `POST /2018-06-01${path('response')} HTTP/1.1`,
        `Host: ${api.address}`,
        'Content-Type: text/x',
        'Lambda-Runtime-Function-Response-Mode: streaming',
        'Transfer-Encoding: chunked',
        '',
        '4',
        'half',
        '',
      ].join('\r\n'),
    )
    await untilTold(3)
    assert.deepEqual(told.slice(1), ['stream text/x', 'piece half'])
    socket.write(`40000\r\n${'x'.repeat(262_144)}\r\n0\r\n\r\n`)
    const bytesOf = () =>
      told.reduce((sum, what) => sum + (what.startsWith('piece ') ? what.length - 6 : 0), 0)
    while (bytesOf() < streamWindowBytes) await new Promise((resolve) => setImmediate(resolve))
    assert.equal(bytesOf(), streamWindowBytes)
    assert.ok(!told.includes('stream end'))
    link.credit(4)
    const [answered] = await once(socket, 'data')
    assert.match(String(answered), /^HTTP\/1\.1 202 /)
    assert.equal(bytesOf(), streamWindowBytes + 4)
    assert.equal(told.at(-1), 'stream end')
  })

  test('that is cut off says that the runtime leaves', async (t) => {
    const { api, link, told, get } = await openScene(t)
    link.send({ ...invocation, onStream: () => {} })
    await (await get('/runtime/invocation/next')).text()
    const socket = connect(Number(api.address.split(':')[1]), '127.0.0.1')
    socket.write(
      `POST /2018-06-01${path('response')} HTTP/1.1\r\nHost: ${api.address}\r\n` +
        'Lambda-Runtime-Function-Response-Mode: streaming\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n',
    )
    while (told.at(-1) !== 'piece half') await new Promise((resolve) => setImmediate(resolve))
    socket.destroy()
    while (told.at(-1) !== 'left') await new Promise((resolve) => setImmediate(resolve))
    assert.deepEqual(told.slice(1), ['stream ', 'piece half', 'left'])
  })

  test('in another mode is refused, and the invocation fails', async (t) => {
    const { told, post } = await openRunning(t)
    const headers = { 'Lambda-Runtime-Function-Response-Mode': 'buffered' }
    assert.equal((await post(path('response'), '1', headers)).status, 400)
    assert.match(told[1] ?? '', /^error .*Runtime\.InvalidResponseModeHeader/)
  })

  test('that fails on its way says so in its trailers', async (t) => {
    const { api, told } = await openRunning(t)
    const failure = '{"errorType":"Midway","errorMessage":"lost"}'
    const socket = connect(Number(api.address.split(':')[1]), '127.0.0.1')
    t.after(() => socket.destroy())
    socket.write(
      [
        `POST /2018-06-01${path('response')} HTTP/1.1`,
        `Host: ${api.address}`,
        'Lambda-Runtime-Function-Response-Mode: streaming',
        'Transfer-Encoding: chunked',
        'Trailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body',
        '',
        '4',
        'half',
        '0',
        'Lambda-Runtime-Function-Error-Type: Midway',
        `Lambda-Runtime-Function-Error-Body: ${Buffer.from(failure).toString('base64')}`,
        '',
        '',
      ].join('\r\n'),
    )
    const [head] = await once(socket, 'data')
    assert.match(String(head), /^HTTP\/1\.1 202 /)
    assert.deepEqual(told.slice(1), [`error ${failure}`])
  })
})

describe('error', () => {
  test('is the failure of the invocation', async (t) => {
    const { told, post } = await openRunning(t)
    const failure = '{"errorMessage":"no","errorType":"Error","stackTrace":[]}'
    assert.deepEqual(await read(await post(path('error'), failure)), accepted)
    assert.deepEqual(told.slice(1), [`error ${failure}`])
  })

  test('that is no JSON is one of the type that its header names', async (t) => {
    const { told, post } = await openRunning(t)
    const headers = { 'Lambda-Runtime-Function-Error-Type': 'Runtime.Bad' }
    await post(path('error'), 'why', headers)
    assert.deepEqual(told.slice(1), ['error {"errorType":"Runtime.Bad","errorMessage":"why"}'])
  })

  test('of an init is told before the first event, and refused after it', async (t) => {
    const { told, post, get } = await openScene(t)
    const failure = '{"errorMessage":"no","errorType":"Init"}'
    assert.deepEqual(await read(await post('/runtime/init/error', failure)), accepted)
    assert.deepEqual(told, [`init-error ${failure}`])
    assert.equal((await get('/runtime/invocation/next')).status, 403)
    const running = await openRunning(t)
    assert.equal((await running.post('/runtime/init/error', failure)).status, 403)
  })
})

describe('anything else', () => {
  test('is not found', async (t) => {
    const { get, post } = await openScene(t)
    const calls = [
      get('/runtime/invocation/last'),
      get('/nothing'),
      post('/ping', ''),
      post('/a', ''),
    ]
    for (const response of await Promise.all(calls)) assert.equal(response.status, 404)
    assert.equal(await (await get('/ping')).text(), 'pong')
  })

  test('a page of a browser asks for is not found either', async (t) => {
    const { api, told } = await openScene(t)
    const url = `http://${api.address}/2018-06-01/runtime/invocation/next`
    const response = await fetch(url, { headers: { Origin: 'https://example.com' } })
    assert.equal(response.status, 404)
    const socket = connect(Number(api.address.split(':')[1]), '127.0.0.1')
    t.after(() => socket.destroy())
    socket.write('GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: example.com\r\n\r\n')
    const [head] = await once(socket, 'data')
    assert.match(String(head), /^HTTP\/1\.1 404 /)
    assert.deepEqual(told, [])
  })
})
