import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { describe, test, type TestContext } from 'node:test'
import { untilLogged } from '../support/local-gateway.ts'
import { openStreamScene, type StreamScene } from '../support/stream-scene.ts'

/** A client that reads when it is told to, and holds nothing itself. */
async function openSlowClient(t: TestContext, { gateway, path }: StreamScene) {
  const request = httpRequest(`${gateway.url}${path}`)
  t.after(() => request.destroy())
  request.on('error', () => {})
  request.end()
  // What a request's first answer comes with.
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  response.on('error', () => {})
  return { request, response }
}

/** Takes a chunk out of what has come; undefined at the end. */
async function readChunk(response: IncomingMessage): Promise<Buffer | undefined> {
  for (;;) {
    // Without an encoding a response gives bytes.
    const chunk = response.read() as Buffer | null
    if (chunk !== null) return chunk
    if (response.readableEnded || response.destroyed) return undefined
    await new Promise<void>((resolve) => {
      const settle = () => {
        for (const event of ['readable', 'end', 'close']) response.off(event, settle)
        resolve()
      }
      for (const event of ['readable', 'end', 'close']) response.on(event, settle)
    })
  }
}

const megabyte = 1_048_576

/**
 * Reads a stream as a client that does something else meanwhile. `bytes` came in all; at most `aheadMost`
 * megabytes were written, as the function says at `/written`, that had not come yet.
 */
async function readSlowly(t: TestContext, scene: StreamScene) {
  let [written, bytes, aheadMost] = [0, 0, 0]
  scene.meeting.on('/written', (said) => {
    written = Math.max(written, Number(said))
    aheadMost = Math.max(aheadMost, written - bytes / megabyte)
  })
  const { response } = await openSlowClient(t, scene)
  for (let reads = 0; ; reads += 1) {
    const chunk = await readChunk(response)
    if (chunk === undefined) return { bytes, aheadMost }
    bytes += chunk.length
    if (reads % 4 === 0) await fetch(`${scene.gateway.url}/_stagedoor/health`)
  }
}

for (const workers of [1, 2]) {
  describe(`a function that streams, with ${workers} worker${workers === 1 ? '' : 's'}`, () => {
    test('is heard before it goes on', async (t) => {
      const { ask, meeting } = await openStreamScene(t, {
        workers,
        body: `const out = open(stream, {
            statusCode: 201,
            headers: { 'X-Own': 'yes', 'Content-Type': 'text/event-stream' },
            cookies: ['a=1', 'b=2'],
          })
          out.write('one')
          await meet('/after-one')
          out.write(Buffer.from([0xff, 0x00]))
          await meet('/after-two')
          out.end()`,
      })
      const answer = await ask()
      assert.equal(answer.status, 201)
      assert.equal(answer.headers.get('x-own'), 'yes')
      assert.equal(answer.headers.get('content-type'), 'text/event-stream')
      assert.deepEqual(answer.headers.getSetCookie(), ['a=1', 'b=2'])
      assert.equal(answer.headers.get('transfer-encoding'), 'chunked')
      const reader = answer.body!.getReader()
      assert.deepEqual(Buffer.from((await reader.read()).value), Buffer.from('one'))
      ;(await meeting.at('/after-one')).goOn()
      assert.deepEqual(Buffer.from((await reader.read()).value), Buffer.from([0xff, 0]))
      ;(await meeting.at('/after-two')).goOn()
      assert.ok((await reader.read()).done)
    })

    test('writes no further than its client reads', async (t) => {
      const [megabytes, boundMegabytes] = [64, 24]
      const scene = await openStreamScene(t, {
        workers,
        body: `const out = open(stream)
          const { once } = require('node:events')
          for (let n = 1; n <= ${megabytes}; n += 1) {
            for (let part = 0; part < 16; part += 1) {
              if (!out.write(Buffer.alloc(65536, 97))) await once(out, 'drain')
            }
            void meet('/written', String(n))
          }
          out.end()`,
      })
      const { bytes, aheadMost } = await readSlowly(t, scene)
      assert.equal(bytes, megabytes * megabyte)
      // What the kernel keeps for the connection, and a window of 256 KB for each part of the way.
      assert.ok(aheadMost < boundMegabytes, `${aheadMost} MB ahead`)
    })

    test('runs to its end unheard when its client has gone', async (t) => {
      const scene = await openStreamScene(t, {
        workers,
        body: `const out = open(stream)
          out.write('one')
          await meet('/heard')
          const { once } = require('node:events')
          for (let n = 0; n < 64; n += 1) {
            if (!out.write(Buffer.alloc(1048576))) await once(out, 'drain')
          }
          await meet('/ran-on')
          out.end()`,
      })
      const { request, response } = await openSlowClient(t, scene)
      const heard = await scene.meeting.at('/heard')
      assert.equal((await readChunk(response))?.toString(), 'one')
      request.destroy()
      heard.goOn()
      // Nobody reads, and yet it is not held back.
      ;(await scene.meeting.at('/ran-on')).goOn()
      scene.meeting.on('/heard', () => {})
      scene.meeting.on('/ran-on', () => {})
      assert.equal((await (await scene.ask()).arrayBuffer()).byteLength, 3 + 64 * 1_048_576)
    })

    for (const [how, code, detail] of [
      ['fails', "throw new Error('half way')", 'half way'],
      ['ends its process', 'process.exit(3)', 'exit status 3'],
    ] as const) {
      test(`breaks its answer off when it ${how}`, async (t) => {
        const scene = await openStreamScene(t, {
          workers,
          body: `const out = open(stream)
            out.write('one')
            await meet('/heard')
            if (event.queryStringParameters?.well) return out.end()
            ${code}`,
        })
        const answer = await scene.ask()
        assert.equal(answer.status, 200)
        ;(await scene.meeting.at('/heard')).goOn()
        await assert.rejects(answer.text())
        const line = await untilLogged(scene.gateway, 'streamed-answer-broken-off')
        assert.match(String(line.fields['detail']), new RegExp(detail))
        scene.meeting.on('/heard', () => {})
        assert.equal(await (await scene.ask('?well=1')).text(), 'one')
      })
    }

    test('that fails before its content is answered 502', async (t) => {
      const { ask } = await openStreamScene(t, {
        workers,
        body: "if (event.queryStringParameters) open(stream).write('{}'); throw new Error('no')",
      })
      const answer = await ask()
      assert.equal(answer.status, 502)
      assert.deepEqual(await answer.json(), { message: 'Internal server error' })
    })

    test('has the length that its metadata name', async (t) => {
      const { ask } = await openStreamScene(t, {
        workers,
        body: `const out = open(stream, { headers: { 'Content-Length': '6' } })
          out.write('one')
          out.end(event.queryStringParameters ? 'more than it said' : 'two')`,
      })
      const answer = await ask()
      assert.equal(answer.headers.get('content-length'), '6')
      assert.equal(answer.headers.get('transfer-encoding'), null)
      assert.equal(await answer.text(), 'onetwo')
      await assert.rejects(ask('?longer=1').then((longer) => longer.text()))
    })

    test('that begins without metadata is answered 500', async (t) => {
      const { ask, gateway } = await openStreamScene(t, {
        workers,
        body: "stream.write('x'.repeat(20000)); stream.end()",
      })
      assert.equal((await ask()).status, 500)
      const { fields } = await untilLogged(gateway, 'request-failed')
      assert.match(String(fields['detail']), /no metadata that eight NUL bytes end/)
    })
  })
}

describe('a function that gives its answer whole', () => {
  test('is answered 500 where a stream is wanted', async (t) => {
    const { ask, gateway } = await openStreamScene(t, {
      handler: "export const handler = async () => ({ statusCode: 200, body: 'whole' })",
    })
    assert.equal((await ask()).status, 500)
    const { fields } = await untilLogged(gateway, 'request-failed')
    assert.match(String(fields['detail']), /the function does not stream/)
  })
})

describe('a custom runtime that streams', () => {
  for (const workers of [1, 2]) {
    test(`is heard before it goes on, with ${workers} of workers`, async (t) => {
      const { ask, meeting } = await openStreamScene(t, {
        workers,
        runtime: `response.write('{"statusCode":202,"headers":{"x-own":"yes"}}' + '\\0'.repeat(8))
          response.write('one')
          await meet('/after-one')
          response.end('two')`,
      })
      const answer = await ask()
      assert.equal(answer.status, 202)
      assert.equal(answer.headers.get('x-own'), 'yes')
      const reader = answer.body!.getReader()
      assert.equal(Buffer.from((await reader.read()).value).toString(), 'one')
      ;(await meeting.at('/after-one')).goOn()
      assert.equal(Buffer.from((await reader.read()).value).toString(), 'two')
      assert.ok((await reader.read()).done)
    })
  }

  test('breaks its answer off when its trailers name an error, and goes on', async (t) => {
    const { ask, gateway } = await openStreamScene(t, {
      runtime: `response.setHeader('Trailer', 'Lambda-Runtime-Function-Error-Type')
        response.write('{}' + '\\0'.repeat(8) + 'one')
        if (!event.queryStringParameters) response.addTrailers({ 'Lambda-Runtime-Function-Error-Type': 'Custom.Broken' })
        response.end()`,
    })
    const answer = await ask()
    assert.equal(answer.status, 200)
    await assert.rejects(answer.text())
    const { fields } = await untilLogged(gateway, 'streamed-answer-broken-off')
    assert.match(String(fields['detail']), /Custom\.Broken/)
    assert.equal(await (await ask('?well=1')).text(), 'one')
  })

  test('is held back by a client that does not read', async (t) => {
    const [megabytes, boundMegabytes] = [64, 32]
    const scene = await openStreamScene(t, {
      runtime: `const { once } = require('node:events')
        response.write('{}' + '\\0'.repeat(8))
        for (let n = 1; n <= ${megabytes}; n += 1) {
          if (!response.write(Buffer.alloc(${megabyte}, 97))) await once(response, 'drain')
          void meet('/written', String(n))
        }
        response.end()`,
    })
    const { bytes, aheadMost } = await readSlowly(t, scene)
    assert.equal(bytes, megabytes * megabyte)
    assert.ok(aheadMost < boundMegabytes, `${aheadMost} MB ahead`)
  })
})
