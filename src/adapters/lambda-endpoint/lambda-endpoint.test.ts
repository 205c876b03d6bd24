import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { describe, test, type TestContext } from 'node:test'
import { makeCertificate } from '../../../test/support/certificates.ts'
import {
  eventMessage,
  invokeComplete,
  payloadChunk,
  streamedAnswer,
} from '../../../test/support/event-stream.ts'
import { functionsContract } from '../../../test/contracts/functions.ts'
import {
  type LambdaAnswer,
  type LambdaCall,
  lambdaServerKey,
  startLambdaServer,
} from '../../../test/support/lambda-server.ts'
import { Secret } from '../../base/secret.ts'
import type { FunctionInvocation } from '../../ports/functions.ts'
import { createLambdaEndpoint, type LambdaEndpointOptions } from './lambda-endpoint.ts'

const arn = (name: string) => `arn:aws:lambda:eu-west-1:123456789012:function:${name}`
const key = {
  accessKeyId: lambdaServerKey.accessKeyId,
  secretAccessKey: new Secret(lambdaServerKey.secretAccessKey),
}

const invocation: FunctionInvocation = {
  functionArn: arn('shop'),
  caller: { kind: 'account' },
  invocationType: 'RequestResponse',
  payload: '{}',
  logTail: false,
}

function endpoint(t: TestContext, options: Partial<LambdaEndpointOptions> & { url: URL }) {
  const functions = createLambdaEndpoint({ credentials: () => key, ...options })
  t.after(() => functions.close())
  return functions
}

/** A server with one answer for everything, and the adapter in front of it. */
async function answering(
  t: TestContext,
  answer: (call: LambdaCall) => LambdaAnswer | undefined,
  options: Partial<LambdaEndpointOptions> = {},
) {
  const server = await startLambdaServer(t, answer)
  return { server, functions: endpoint(t, { url: server.url, ...options }) }
}

functionsContract('createLambdaEndpoint()', async (t) => {
  const runs: Record<string, number> = {}
  let mixed = 0
  const { functions } = await answering(t, (call) => {
    const name = call.functionName.split(':')[6] ?? ''
    const versions: Record<string, string> = {
      $LATEST: '$LATEST',
      1: '1',
      live: '1',
      mixed: (mixed += 1) % 2 === 0 ? '1' : '2',
    }
    const version = versions[call.qualifier ?? '$LATEST']
    const refused = refuse(call, name, version)
    if (refused !== undefined) return refused
    const type = call.headers['x-amz-invocation-type']
    if (type === 'DryRun') return { status: 204 }
    runs[name] = (runs[name] ?? 0) + 1
    if (type === 'Event') return { status: 202 }
    return run(call, name, version ?? '')
  })
  return { functions, arnOf: arn, runsOf: (name) => runs[name] ?? 0 }
})

function refuse(
  call: LambdaCall,
  name: string,
  version: string | undefined,
): LambdaAnswer | undefined {
  const refused = (status: number, type: string, body: object) => ({
    status,
    headers: { 'x-amzn-errortype': type },
    body: JSON.stringify({ Type: 'User', ...body }),
  })
  if (!['echo', 'failing', 'hanging', 'throttled'].includes(name) || version === undefined) {
    const named = [call.functionName, ...(call.qualifier === undefined ? [] : [call.qualifier])]
    const Message = `Function not found: ${named.join(':')}`
    return refused(404, 'ResourceNotFoundException:http://internal.amazon.com/', { Message })
  }
  if (name === 'throttled') {
    const Reason = 'ReservedFunctionConcurrentInvocationLimitExceeded'
    return refused(429, 'TooManyRequestsException', { Reason, message: 'Rate Exceeded.' })
  }
  try {
    JSON.parse(call.body)
    return undefined
  } catch {
    const Message =
      "Could not parse request body into json: Could not parse payload into json: Unrecognized token 'text'"
    return refused(400, 'InvalidRequestContentException', { Message })
  }
}

function run(call: LambdaCall, name: string, version: string): LambdaAnswer | undefined {
  const headers = { 'x-amz-executed-version': version }
  if (name === 'hanging') return undefined
  if (name === 'failing') {
    const body = '{"errorType":"Broken","errorMessage":"it broke"}'
    return { status: 200, headers: { ...headers, 'x-amz-function-error': 'Unhandled' }, body }
  }
  const context = call.headers['x-amz-client-context']
  const log = Buffer.from('START RequestId: 1\nechoed\nEND RequestId: 1\n').toString('base64')
  return {
    status: 200,
    headers: {
      ...headers,
      ...(call.headers['x-amz-log-type'] === 'Tail' ? { 'x-amz-log-result': log } : {}),
    },
    body: JSON.stringify({
      event: JSON.parse(call.body),
      clientContext:
        typeof context === 'string' ? JSON.parse(Buffer.from(context, 'base64').toString()) : null,
    }),
  }
}

describe('a call', () => {
  test('is signed for the region of the function, and as temporary credentials are', async (t) => {
    const credentials = () => ({ ...key, sessionToken: new Secret('a token/+=') })
    const { server, functions } = await answering(t, () => ({ status: 200 }), {
      credentials,
      nowMs: () => Date.UTC(2026, 1, 3, 4, 5, 6, 789),
    })
    const outcome = await functions.invoke({
      ...invocation,
      functionArn: `${arn('shop')}:$LATEST`,
      payload: '{"ä":"€"}',
      clientContext: '{}',
      logTail: true,
      traceId: 'Root=1-2-3',
    })
    assert.equal(outcome.outcome, 'answered')
    const call = server.calls[0]!
    assert.equal(
      call.url,
      '/2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-west-1%3A123456789012%3Afunction%3Ashop/invocations?Qualifier=%24LATEST',
    )
    assert.match(call.headers.authorization ?? '', /\/20260203\/eu-west-1\/lambda\/aws4_request,/)
    assert.equal(call.headers['x-amz-date'], '20260203T040506Z')
    assert.equal(call.headers['x-amz-security-token'], 'a token/+=')
    assert.equal(call.headers['x-amzn-trace-id'], 'Root=1-2-3')
    assert.equal(call.headers.host, server.url.host)
  })

  test('goes below the path of the endpoint', async (t) => {
    const server = await startLambdaServer(t, () => ({ status: 200 }))
    const functions = endpoint(t, { url: new URL('/lambda/', server.url) })
    await functions.invoke(invocation)
    assert.match(server.calls[0]?.url ?? '', /^\/lambda\/2015-03-31\//)
  })

  test('with a wrong key is refused', async (t) => {
    const credentials = () => ({ ...key, secretAccessKey: new Secret('another') })
    const { functions } = await answering(t, () => ({ status: 200 }), { credentials })
    assert.deepEqual(await functions.invoke(invocation), {
      outcome: 'refused',
      status: 403,
      code: 'InvalidSignatureException',
      message: 'The request signature we calculated does not match',
    })
  })

  test('without credentials is not made', async (t) => {
    const { server, functions } = await answering(t, () => ({ status: 200 }), {
      credentials: () => {
        throw new Error('AWS_ACCESS_KEY_ID is not set')
      },
    })
    assert.deepEqual(await functions.invoke(invocation), {
      outcome: 'unreachable',
      detail: 'there are no credentials: AWS_ACCESS_KEY_ID is not set',
    })
    assert.equal(server.calls.length, 0)
  })
})

describe('an answer', () => {
  const refusals: readonly (readonly [string, LambdaAnswer, object])[] = [
    [
      'with the type in its body',
      { status: 400, body: '{"__type":"com.amazonaws#ValidationException","message":"no"}' },
      { status: 400, code: 'ValidationException', message: 'no' },
    ],
    [
      'of something in between',
      { status: 502, body: '<html>Bad Gateway</html>' },
      { status: 502, code: 'UnknownError', message: '<html>Bad Gateway</html>' },
    ],
    ['without content', { status: 500 }, { status: 500, code: 'UnknownError', message: '' }],
  ]
  for (const [what, answer, expected] of refusals) {
    test(`${what} is a refusal`, async (t) => {
      const { functions } = await answering(t, () => answer)
      assert.deepEqual(await functions.invoke(invocation), { outcome: 'refused', ...expected })
    })
  }

  test('that leads elsewhere is not followed', async (t) => {
    const { functions, server } = await answering(t, () => ({
      status: 302,
      headers: { location: '/' },
    }))
    const outcome = await functions.invoke(invocation)
    assert.deepEqual(outcome, { outcome: 'unreachable', detail: 'answered with the status 302' })
    assert.equal(server.calls.length, 1)
  })

  test('of 6 MB is taken, a longer one is not', async (t) => {
    let bytes = 6_291_556
    const { functions } = await answering(t, () => ({ status: 200, body: 'x'.repeat(bytes) }))
    const outcome = await functions.invoke(invocation)
    assert.equal(outcome.outcome === 'answered' && outcome.payload.length, bytes)
    bytes += 1
    assert.deepEqual(await functions.invoke(invocation), {
      outcome: 'unreachable',
      detail: 'answered more than 6291556 bytes',
    })
  })
})

describe('a streamed answer', () => {
  const streamed: FunctionInvocation = { ...invocation, isStreamed: true, logTail: true }

  test('comes piece by piece, with what its end says', async (t) => {
    const goOn = Promise.withResolvers<void>()
    const { server, functions } = await answering(t, () =>
      streamedAnswer((response) => {
        response.write(Buffer.concat([payloadChunk('one'), payloadChunk('')]))
        const LogResult = Buffer.from('END').toString('base64')
        void goOn.promise.then(() => {
          response.end(Buffer.concat([payloadChunk('two'), invokeComplete({ LogResult })]))
        })
      }),
    )
    const outcome = await functions.invoke(streamed)
    assert.ok(outcome.outcome === 'streaming', JSON.stringify(outcome))
    assert.equal(outcome.executedVersion, '7')
    assert.match(outcome.requestId, /-/)
    assert.match(server.calls[0]?.url ?? '', /^\/2021-11-15\/.*\/response-streaming-invocations$/)
    const pieces = outcome.body.stream()[Symbol.asyncIterator]()
    assert.equal(String(Buffer.from((await pieces.next()).value)), 'one')
    goOn.resolve()
    assert.equal(String(Buffer.from((await pieces.next()).value)), 'two')
    assert.ok((await pieces.next()).done)
    assert.deepEqual(await outcome.ended, { logTail: 'END' })
  })

  test('that fails before its first piece is a failure as of any function', async (t) => {
    const ErrorDetails = '{"errorType":"Error","errorMessage":"boom"}'
    const { functions } = await answering(t, () =>
      streamedAnswer((response) =>
        response.end(invokeComplete({ ErrorCode: 'Unhandled', ErrorDetails })),
      ),
    )
    const outcome = await functions.invoke(streamed)
    assert.ok(outcome.outcome === 'answered', JSON.stringify(outcome))
    assert.equal(outcome.functionError, 'Unhandled')
    assert.equal(outcome.payload, ErrorDetails)
  })

  test('that fails behind a piece breaks off there', async (t) => {
    const end = invokeComplete({ ErrorCode: 'Runtime.ExitError', ErrorDetails: 'exit status 3' })
    const { functions } = await answering(t, () =>
      streamedAnswer((response) => response.end(Buffer.concat([payloadChunk('one'), end]))),
    )
    const outcome = await functions.invoke(streamed)
    assert.ok(outcome.outcome === 'streaming')
    await assert.rejects(outcome.body.readAll(100), { name: 'BodyAbortedError' })
    assert.deepEqual(await outcome.ended, {
      failure: '{"errorType":"Runtime.ExitError","errorMessage":"exit status 3"}',
    })
  })

  test('that has nothing in it is one of nothing', async (t) => {
    const { functions } = await answering(t, () =>
      streamedAnswer((response) => response.end(invokeComplete())),
    )
    const outcome = await functions.invoke(streamed)
    assert.ok(outcome.outcome === 'streaming')
    assert.equal((await outcome.body.readAll(100)).length, 0)
  })

  for (const [what, bytes] of [
    ['whose connection ends', payloadChunk('one')],
    ['that is damaged', Buffer.concat([payloadChunk('one'), Buffer.alloc(16, 1)])],
    [
      'in which Lambda gives up',
      Buffer.concat([
        payloadChunk('one'),
        eventMessage({ ':message-type': 'exception', ':exception-type': 'ServiceException' }, '{}'),
      ]),
    ],
  ] as const) {
    test(`${what} breaks off`, async (t) => {
      const { functions } = await answering(t, () =>
        streamedAnswer((response) => response.end(bytes)),
      )
      const outcome = await functions.invoke(streamed)
      assert.ok(outcome.outcome === 'streaming')
      await assert.rejects(outcome.body.readAll(100), { name: 'BodyAbortedError' })
      assert.match((await outcome.ended).failure ?? '', /Unreachable/)
    })
  }

  test('that nobody wants ends its connection', async (t) => {
    const closed = Promise.withResolvers<void>()
    const { functions } = await answering(t, () =>
      streamedAnswer((response) => {
        response.write(payloadChunk('one'))
        response.once('close', closed.resolve)
      }),
    )
    const outcome = await functions.invoke(streamed)
    assert.ok(outcome.outcome === 'streaming')
    outcome.body.discard()
    await closed.promise
    assert.deepEqual(await outcome.ended, {})
  })

  test('is refused where the endpoint knows none', async (t) => {
    const { functions } = await answering(t, () => ({ status: 200, body: '{"whole":1}' }))
    const outcome = await functions.invoke(streamed)
    assert.ok(outcome.outcome === 'unreachable')
    assert.match(outcome.detail, /the endpoint does not know InvokeWithResponseStream/)
    const throttled = { status: 429, headers: { 'x-amzn-errortype': 'TooManyRequestsException' } }
    const { functions: others } = await answering(t, () => throttled)
    assert.equal((await others.invoke(streamed)).outcome, 'refused')
  })

  test('is given up when its first piece takes too long', async (t) => {
    const { functions } = await answering(t, () =>
      streamedAnswer((response) => response.flushHeaders()),
    )
    assert.deepEqual(await functions.invoke({ ...streamed, timeoutMs: 50 }), { outcome: 'timeout' })
  })
})

describe('a connection', () => {
  test('is used again', async (t) => {
    const { server, functions } = await answering(t, () => ({ status: 200 }))
    for (let round = 0; round < 20; round += 1) await functions.invoke(invocation)
    assert.ok(server.connectionsCount() <= 2, `${server.connectionsCount()}`)
  })

  test('is one of no more than there may be', async (t) => {
    const { server, functions } = await answering(t, () => ({ status: 200 }), { connectionsMax: 3 })
    const outcomes = await Promise.all(
      Array.from({ length: 30 }, () => functions.invoke(invocation)),
    )
    assert.ok(outcomes.every(({ outcome }) => outcome === 'answered'))
    assert.ok(server.connectionsCount() <= 3, `${server.connectionsCount()}`)
  })

  test('that nobody takes is an outcome', async (t) => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    await new Promise((resolve) => server.close(resolve))
    const outcome = await endpoint(t, { url: new URL(`http://127.0.0.1:${port}`) }).invoke(
      invocation,
    )
    assert.ok(outcome.outcome === 'unreachable', JSON.stringify(outcome))
    assert.match(outcome.detail, /ECONNREFUSED/)
  })

  test('that ends before the answer is an outcome, and nothing is sent twice', async (t) => {
    let received = 0
    const server = createServer((socket) => {
      socket.once('data', () => {
        received += 1
        socket.destroy()
      })
      socket.on('error', () => {})
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    t.after(() => new Promise((resolve) => server.close(resolve)))
    const { port } = server.address() as AddressInfo
    const outcome = await endpoint(t, { url: new URL(`http://127.0.0.1:${port}`) }).invoke(
      invocation,
    )
    assert.equal(outcome.outcome, 'unreachable')
    assert.equal(received, 1)
  })

  test('over TLS is made to who shows a certificate that is trusted', async (t) => {
    const authority = makeCertificate({ subject: 'authority', isAuthority: true })
    const certificate = makeCertificate({
      subject: 'lambda',
      issuer: authority,
      addresses: ['127.0.0.1'],
    })
    const { url } = await startLambdaServer(t, () => ({ status: 200 }), certificate)
    const trusting = endpoint(t, { url, ca: authority.certificatePem })
    assert.equal((await trusting.invoke(invocation)).outcome, 'answered')
    const outcome = await endpoint(t, { url }).invoke(invocation)
    assert.ok(outcome.outcome === 'unreachable', JSON.stringify(outcome))
    assert.match(outcome.detail, /certificate/)
  })

  test('is given up with close()', async (t) => {
    const server = await startLambdaServer(t, () => undefined)
    const functions = endpoint(t, { url: server.url })
    const invoking = functions.invoke(invocation)
    await functions.close()
    assert.equal((await invoking).outcome, 'unreachable')
  })
})
