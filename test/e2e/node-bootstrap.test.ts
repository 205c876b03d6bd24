import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { invokeFrame, kinds, startNode } from '../support/bootstrap-host.ts'

describe('the Node bootstrap answers', () => {
  const results: readonly { name: string; code: string; runtime?: string; answer: string }[] = [
    { name: 'a value', code: 'async () => ({ a: 1 })', answer: '{"a":1}' },
    { name: 'undefined as null', code: 'async () => {}', answer: 'null' },
    { name: 'what JSON has no word for as null', code: 'async () => () => {}', answer: 'null' },
    { name: 'a thenable', code: '() => ({ then: (ok) => ok(5) })', answer: '5' },
    {
      name: 'a plain return with null up to nodejs22.x',
      code: '() => 5',
      answer: 'null',
    },
    {
      name: 'a plain return with its value from nodejs24.x on',
      code: '() => 5',
      runtime: 'nodejs24.x',
      answer: '5',
    },
    { name: 'the callback', code: '(e, c, done) => done(null, e)', answer: '{"n":1}' },
    {
      name: 'the first of two callbacks',
      code: '(e, c, done) => { done(null, 1); done(null, 2); c.succeed(3) }',
      answer: '1',
    },
    { name: 'context.succeed', code: '(e, c) => c.succeed(7)', answer: '7' },
    { name: 'context.done', code: '(e, c) => c.done(null, 8)', answer: '8' },
    {
      name: 'null when a callback is never called and nothing is left to do',
      code: '(e, c, done) => { setTimeout(() => {}, 1) }',
      answer: 'null',
    },
  ]
  for (const { name, code, answer, ...options } of results) {
    test(name, async (t) => {
      const host = await startNode(t, `exports.handler = ${code}`, options).ready()
      const frame = await host.invoke({ n: 1 })
      assert.equal(frame.content.toString(), answer)
      assert.equal(frame.kind, kinds.response)
    })
  }

  test('a callback when nothing is left to do, and at once where the function says so', async (t) => {
    const code = `exports.handler = (event, context, callback) => {
      context.callbackWaitsForEmptyEventLoop = event.waits
      setTimeout(() => console.log('later'), 20)
      callback(null, 'done')
    }`
    const host = await startNode(t, code).ready()
    await host.answer({ waits: true })
    assert.equal(host.logs().length, 1)
    await host.answer({ waits: false })
    assert.equal(host.logs().length, 1)
  })

  test('6 MB, in pieces, both ways', async (t) => {
    const host = await startNode(t, 'exports.handler = async (event) => event').ready()
    const event = { body: 'ä€𝄞'.repeat(600_000) }
    assert.deepEqual(await host.answer(event), event)
    const frame = invokeFrame({ n: 1 })
    for (const byte of frame) host.write(Buffer.of(byte))
    assert.equal((await host.next()).content.toString(), '{"n":1}')
  })

  test('what no frame can carry with the error of AWS', async (t) => {
    const host = await startNode(
      t,
      'exports.handler = async () => "x".repeat(17 * 1024 * 1024)',
    ).ready()
    const error = await host.error()
    assert.deepEqual(error, {
      errorType: 'Function.ResponseSizeTooLarge',
      errorMessage: 'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
    })
  })

  test('one event after another when two arrive together', async (t) => {
    const host = await startNode(t, 'exports.handler = async (event) => event').ready()
    host.write(Buffer.concat([invokeFrame(1), invokeFrame(2)]))
    assert.equal((await host.next()).content.toString(), '1')
    assert.equal((await host.next()).content.toString(), '2')
  })
})

describe('the Node bootstrap reports', () => {
  test('an error with its type, message and trace, and logs it', async (t) => {
    const code = `exports.handler = async () => {
      throw Object.assign(new RangeError('too many'), { code: 'E_MANY', limit: 3 })
    }`
    const host = await startNode(t, code).ready()
    const error = await host.error()
    assert.equal(error['errorType'], 'RangeError')
    assert.equal(error['errorMessage'], 'too many')
    const [first, second] = error['trace'] as string[]
    assert.equal(first, 'RangeError: too many')
    assert.match(second!, /index\.js:2:/)
    const [date, request, level, title, json] = host.logs()[0]!.split('\t')
    assert.match(date!, /^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/)
    assert.deepEqual(
      [request, level, title],
      ['8f507cfc-xmpl-4697-b07a-ac58fc914c95', 'ERROR', 'Invoke Error '],
    )
    const logged = JSON.parse(json!)
    assert.deepEqual([logged.errorType, logged.code, logged.limit], ['RangeError', 'E_MANY', 3])
    assert.equal(await host.error().then(({ errorMessage }) => errorMessage), 'too many')
  })

  const thrown: readonly { name: string; code: string; error: Record<string, unknown> }[] = [
    {
      name: 'a thrown text',
      code: 'async () => { throw "plain" }',
      error: { errorType: 'string', errorMessage: 'plain', trace: [] },
    },
    {
      name: 'a rejection without a reason',
      code: 'async () => { throw undefined }',
      error: { errorType: 'string', errorMessage: 'handled', trace: [] },
    },
    {
      name: 'an error whose fields throw',
      code: '(e, c, done) => done({ get name() { throw 1 }, toString() { throw 2 } })',
      error: {
        errorType: 'handled',
        errorMessage:
          'callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack',
      },
    },
  ]
  for (const { name, code, error } of thrown) {
    test(name, async (t) => {
      const host = await startNode(t, `exports.handler = ${code}`).ready()
      assert.deepEqual(await host.error(), error)
    })
  }

  const marshalling = [
    { runtime: 'nodejs22.x', type: 'Error' },
    { runtime: 'nodejs24.x', type: 'Runtime.JSONStringifyError' },
  ]
  for (const { runtime, type } of marshalling) {
    test(`an answer that is no JSON as ${type} on ${runtime}`, async (t) => {
      const host = await startNode(t, 'exports.handler = async () => 1n', { runtime }).ready()
      const error = await host.error()
      assert.equal(error['errorType'], type)
      assert.equal(error['errorMessage'], 'Unable to stringify response body')
    })
  }

  test('a promise that never settles, and lives on', async (t) => {
    const code = 'exports.handler = async (event) => event.hang ? new Promise(() => {}) : "ok"'
    const host = await startNode(t, code).ready()
    const error = await host.error({ hang: true })
    assert.equal(error['errorType'], 'Runtime.NodeJsExit')
    assert.equal(await host.answer({}), 'ok')
  })

  test('a rejection that nobody handles, then exits with 128', async (t) => {
    const code =
      'exports.handler = async () => { Promise.reject(new Error("lost")); await new Promise((r) => setTimeout(r, 60_000)) }'
    const host = await startNode(t, code).ready()
    const error = await host.lastError()
    assert.equal(error['errorType'], 'Runtime.UnhandledPromiseRejection')
    assert.equal(error['errorMessage'], 'Error: lost')
    assert.deepEqual(await host.exit, { code: 128, signal: null })
  })

  test('an exception that nobody catches, then exits with 129', async (t) => {
    const code =
      'exports.handler = () => new Promise(() => setImmediate(() => { throw new Error("lost") }))'
    const host = await startNode(t, code).ready()
    const error = await host.lastError()
    assert.deepEqual([error['errorType'], error['errorMessage']], ['Error', 'lost'])
    assert.match(host.logs()[0]!, /\tERROR\tUncaught Exception \t/)
    assert.deepEqual(await host.exit, { code: 129, signal: null })
  })

  test('nothing when the function exits: its status is the answer', async (t) => {
    const code = 'exports.handler = async () => { console.log("bye"); process.exit(3) }'
    const host = await startNode(t, code).ready()
    await assert.rejects(host.invoke({}), /the channel ended/)
    assert.deepEqual(await host.exit, { code: 3, signal: null })
    assert.match(host.logs()[0]!, /\tINFO\tbye$/)
  })
})

describe('the Node bootstrap gives a function', () => {
  const readContext = `exports.handler = async (event, context) => ({
    ...context, left: context.getRemainingTimeInMillis(), keys: Object.keys(context),
    trace: process.env._X_AMZN_TRACE_ID ?? null })`

  test('the context object', async (t) => {
    const host = await startNode(t, readContext).ready()
    const clientContext = '{"custom":{"a":"b"},"env":{},"client":{}}'
    const { left, keys, ...context } = (await host.answer({}, { clientContext })) as {
      left: number
      keys: string[]
    }
    assert.deepEqual(context, {
      functionVersion: '7',
      functionName: 'orders',
      memoryLimitInMB: '128',
      logGroupName: '/aws/lambda/orders',
      logStreamName: '2026/11/22/[7]0123456789abcdef0123456789abcdef',
      clientContext: { custom: { a: 'b' }, env: {}, client: {} },
      invokedFunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:orders:PROD',
      awsRequestId: '8f507cfc-xmpl-4697-b07a-ac58fc914c95',
      callbackWaitsForEmptyEventLoop: true,
      trace: 'Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0',
    })
    assert.ok(left > 0 && left <= 30_000)
    for (const name of ['succeed', 'fail', 'done', 'identity']) assert.ok(keys.includes(name))
  })

  test('the context without callbacks from nodejs24.x on', async (t) => {
    const host = await startNode(t, readContext, { runtime: 'nodejs24.x' }).ready()
    const { keys } = (await host.answer({})) as { keys: string[] }
    for (const name of ['succeed', 'fail', 'done', 'callbackWaitsForEmptyEventLoop']) {
      assert.ok(!keys.includes(name), name)
    }
  })

  test('an environment in which programs and spreads find the trace, too', async (t) => {
    const code = `const { execFileSync } = require('node:child_process')
      exports.handler = async () => {
        process.env.TZ = 'Asia/Tokyo'
        const child = 'process.stdout.write(process.env._X_AMZN_TRACE_ID + process.env.TZ)'
        return { child: String(execFileSync(process.execPath, ['-e', child])),
          spread: { ...process.env }._X_AMZN_TRACE_ID, hours: new Date(0).getHours(),
          has: '_X_AMZN_TRACE_ID' in process.env }
      }`
    const host = await startNode(t, code).ready()
    const seen = await host.answer({}, { traceId: 'Root=1-2-3' })
    const expected = { child: 'Root=1-2-3Asia/Tokyo', spread: 'Root=1-2-3', hours: 9, has: true }
    assert.deepEqual(seen, expected)
  })

  test('the trace of each event, and none where there is none', async (t) => {
    const host = await startNode(t, readContext).ready()
    assert.equal(
      ((await host.answer({}, { traceId: 'Root=2' })) as { trace: string }).trace,
      'Root=2',
    )
    const none = await host.answer({}, { traceId: undefined })
    assert.equal((none as { trace: string | null }).trace, null)
  })

  test('a console whose calls are one event each, before the answer', async (t) => {
    const code = `console.log('starting')
    exports.handler = async () => {
      console.log('a %s', 'b', { c: 1 }); console.info('two\\nlines'); console.warn('w')
      console.error('e'); console.debug('d'); console.trace('t')
      process.stdout.write('raw\\n')
    }`
    const host = await startNode(t, code).ready()
    await host.invoke({})
    const lines = host.logs().map((text) => text.split('\t').slice(1))
    const id = '8f507cfc-xmpl-4697-b07a-ac58fc914c95'
    assert.deepEqual(lines, [
      ['undefined', 'INFO', 'starting'],
      [id, 'INFO', 'a b { c: 1 }'],
      [id, 'INFO', 'two\nlines'],
      [id, 'WARN', 'w'],
      [id, 'ERROR', 'e'],
      [id, 'DEBUG', 'd'],
      [id, 'TRACE', 't'],
    ])
    assert.equal(host.frames.at(-1)!.kind, kinds.response)
    assert.ok(Math.abs(host.frames[0]!.content.readDoubleBE(0) - Date.now()) < 60_000)
    host.end()
    await host.exit
    assert.equal(host.stdout, 'raw\n')
  })
})

describe('the Node bootstrap streams', () => {
  const streaming = (body: string) =>
    `exports.handler = awslambda.streamifyResponse(async (event, stream) => { ${body} })`

  test('what was written, as one answer', async (t) => {
    const host = await startNode(
      t,
      streaming("stream.write('a'); stream.write({ b: 1 }); stream.end('c')"),
    ).ready()
    assert.equal((await host.invoke({})).content.toString(), 'a{"b":1}c')
  })

  test('status and headers before eight NUL bytes', async (t) => {
    const body = `const out = awslambda.HttpResponseStream.from(stream, { statusCode: 201 })
      out.write('body'); out.end()`
    const host = await startNode(t, streaming(body), { runtime: 'nodejs24.x' }).ready()
    const { content } = await host.invoke({})
    assert.equal(content.toString(), `{"statusCode":201}${'\0'.repeat(8)}body`)
  })

  test('through a pipeline', async (t) => {
    const body = `const { pipeline } = require('node:stream/promises')
      await pipeline(require('node:stream').Readable.from(['x', 'y']), stream)`
    const host = await startNode(t, streaming(body)).ready()
    assert.equal((await host.invoke({})).content.toString(), 'xy')
  })

  test('an error in place of half an answer', async (t) => {
    const host = await startNode(t, streaming("stream.write('a'); throw new Error('half')")).ready()
    assert.equal((await host.error())['errorMessage'], 'half')
  })

  const streamed = { isStreamed: true }

  test('pieces as they are written, to whoever asks for a stream', async (t) => {
    const body = `stream.setContentType('text/x'); stream.write('a'); stream.write({ b: 1 })
      await new Promise((resolve) => setImmediate(resolve)); stream.end('c')`
    const host = await startNode(t, streaming(body)).ready()
    const frames = [await host.invoke({}, streamed)]
    while (frames.at(-1)?.kind !== kinds.streamEnd) frames.push(await host.next())
    assert.deepEqual(
      frames.map(({ kind, content }) => `${kind} ${content.toString()}`),
      ['9 text/x', '10 a', '10 {"b":1}', '10 c', '11 '],
    )
    assert.equal((await host.invoke({})).content.toString(), 'a{"b":1}c')
  })

  test('a stream of nothing', async (t) => {
    const host = await startNode(t, streaming('stream.end()')).ready()
    assert.equal((await host.invoke({}, streamed)).kind, kinds.streamBegin)
    assert.equal((await host.next()).kind, kinds.streamEnd)
  })

  test('no more than it is let, and the rest when it is let', async (t) => {
    const body = `const { once } = require('node:events')
      for (let n = 0; n < 8; n += 1) if (!stream.write(Buffer.alloc(131072))) await once(stream, 'drain')
      console.log('all written'); stream.end()`
    const host = await startNode(t, streaming(body)).ready()
    await host.invoke({}, streamed)
    let bytes = 0
    let credit = 262_144
    for (;;) {
      const { kind, content } = await host.next()
      if (kind === kinds.streamEnd) break
      bytes += content.length
      assert.ok(bytes <= credit, `${bytes} of ${credit}`)
      if (bytes < credit || bytes === 8 * 131_072) continue
      // It has nothing else to do, and waits all the same.
      assert.deepEqual(host.logs(), [])
      credit += 262_144
      host.flow(262_144)
    }
    assert.equal(bytes, 8 * 131_072)
  })

  test('nothing more of what is not wanted, and runs to its end', async (t) => {
    const body = `if (event.whole) return stream.end('whole')
      const { once } = require('node:events')
      for (let n = 0; n < 64; n += 1) if (!stream.write(Buffer.alloc(1048576))) await once(stream, 'drain')
      stream.end()`
    const host = await startNode(t, streaming(body)).ready()
    await host.invoke({}, streamed)
    await host.next()
    host.flow(undefined)
    let bytes = 65_536
    for (;;) {
      const { kind, content } = await host.next()
      if (kind === kinds.streamEnd) break
      bytes += content.length
    }
    assert.ok(bytes <= 262_144)
    assert.equal((await host.invoke({ whole: 1 })).content.toString(), 'whole')
  })

  test('an error behind half an answer', async (t) => {
    const host = await startNode(t, streaming("stream.write('a'); throw new Error('half')")).ready()
    assert.equal((await host.invoke({}, streamed)).kind, kinds.streamBegin)
    assert.equal((await host.next()).content.toString(), 'a')
    const { kind, content } = await host.next()
    assert.equal(kind, kinds.error)
    assert.equal(JSON.parse(content.toString()).errorMessage, 'half')
  })

  test('an error when the stream is never ended', async (t) => {
    const host = await startNode(t, streaming("stream.write('a')")).ready()
    assert.equal((await host.error())['errorMessage'], 'Response stream is not finished.')
  })
})

describe('the Node bootstrap keeps its channel', () => {
  test('from the clocks, files and exits that the code replaces', async (t) => {
    const code = `const fs = require('node:fs')
    fs.writeSync = fs.write = () => { throw new Error('mocked') }
    require('node:module').syncBuiltinESMExports()
    JSON.stringify = JSON.parse = () => { throw new Error('mocked') }
    globalThis.Date = class { static now() { return 0 } }
    exports.handler = async (event, context) => {
      console.log('line')
      return context.getRemainingTimeInMillis() < 60_000
    }`
    // What takes the answer apart was fetched before the code ran; what it says goes on.
    const host = await startNode(t, code).ready()
    assert.equal(await host.answer({}), true)
    assert.match(host.logs()[0]!, /^20\d\d-/)
  })

  test('to itself: a child of the function does not hold it', async (t) => {
    const code = `const { execSync } = require('node:child_process')
    exports.handler = async () => ({
      own: require('node:fs').readlinkSync('/proc/self/fd/3'),
      ofChild: execSync('ls -l /proc/self/fd').toString(),
    })`
    if (process.platform !== 'linux') return t.skip('needs /proc')
    const host = await startNode(t, code).ready()
    const { own, ofChild } = (await host.answer({})) as { own: string; ofChild: string }
    assert.match(own, /^socket:/)
    assert.ok(!ofChild.includes(own), ofChild)
  })

  test('only as long as the supervisor lives, whatever the function does', async (t) => {
    const code = `setInterval(() => {}, 1000)
    process.on('exit', () => { for (;;); })
    exports.handler = () => new Promise(() => {})`
    const host = await startNode(t, code).ready()
    host.write(invokeFrame({}))
    host.end()
    assert.deepEqual(await host.exit, { code: null, signal: 'SIGKILL' })
  })
})
