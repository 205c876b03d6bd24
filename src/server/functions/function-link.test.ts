import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads'
import { BodyAbortedError } from '../../base/body.ts'
import { createFedBody } from '../../base/fed-body.ts'
import type {
  FunctionInvocation,
  FunctionOutcome,
  Functions,
  FunctionStreamEnd,
} from '../../ports/functions.ts'
import { streamWindowBytes } from '../../ports/sandboxes.ts'
import { createFunctionLink, serveFunctionLink, type FunctionLink } from './function-link.ts'

const byAccount: FunctionInvocation = {
  functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:greet:PROD',
  caller: { kind: 'account' },
  invocationType: 'Event',
  payload: '{"a":"ä"}',
  logTail: true,
}

const byGateway: Required<Omit<FunctionInvocation, 'credentials'>> = {
  ...byAccount,
  caller: {
    kind: 'service',
    service: 'apigateway.amazonaws.com',
    sourceArn: 'arn:aws:execute-api:us-east-1:000000000000:abcdefghij/prod/GET/',
    sourceAccount: '000000000000',
  },
  invocationType: 'RequestResponse',
  clientContext: '{"client":1}',
  traceId: 'Root=1-67891233-abcdef012345678912345678',
  logTail: false,
  timeoutMs: 29_000,
  isJson: true,
  requestId: '8b1c2d3e-0000-4000-8000-1234567890ab',
  isStreamed: true,
}

/** A link to `functions`, in this thread, which gets its port when it asks. */
function linkTo(functions: Functions): FunctionLink {
  const link = createFunctionLink(() => {
    const { port1, port2 } = new MessageChannel()
    serveFunctionLink(port2, functions)
    link.connect(port1)
  })
  return link
}

/** Greets as the function plane does; the word is how many calls it took. */
function greet(port: MessagePort): Int32Array {
  const taken = new Int32Array(new SharedArrayBuffer(4))
  port.postMessage(taken)
  return taken
}

function answering(outcome: FunctionOutcome): Functions {
  return { invoke: () => Promise.resolve(outcome) }
}

describe('createFunctionLink()', () => {
  test('hands every member of an invocation over, and leaves out what is absent', async () => {
    const seen: FunctionInvocation[] = []
    const link = linkTo({
      invoke: (invocation) => {
        seen.push(invocation)
        return Promise.resolve({ outcome: 'timeout' })
      },
    })
    await Promise.all([link.invoke(byAccount), link.invoke(byGateway)])
    link.close()
    assert.deepEqual(seen, [byAccount, byGateway])
  })

  test('answers each kind of outcome as it was given', async () => {
    const outcomes: FunctionOutcome[] = [
      { outcome: 'answered', status: 200, payload: '"ü"', requestId: 'id' },
      {
        outcome: 'answered',
        status: 200,
        payload: '{}',
        requestId: 'id',
        functionError: 'Unhandled',
        executedVersion: '$LATEST',
        logTail: 'END\n',
      },
      { outcome: 'refused', status: 429, code: 'TooManyRequestsException', message: 'Rate' },
      { outcome: 'timeout' },
      { outcome: 'unreachable', detail: 'no' },
    ]
    for (const outcome of outcomes) {
      const link = linkTo(answering(outcome))
      assert.deepEqual(await link.invoke(byGateway), outcome)
      link.close()
    }
  })

  test('gives each of many callers its own answer when they come in another order', async () => {
    const held: (() => void)[] = []
    const link = linkTo({
      invoke: ({ payload }) =>
        new Promise((resolve) => {
          held.push(() => resolve(answerOf(payload)))
          if (held.length === 100) for (const release of held.toReversed()) release()
        }),
    })
    const payloads = Array.from({ length: 100 }, (_, index) => String(index))
    const answers = await Promise.all(
      payloads.map((payload) => link.invoke({ ...byGateway, payload })),
    )
    link.close()
    assert.deepEqual(answers, payloads.map(answerOf))
  })

  test('asks for one port however many wait, and asks again when the other end is gone', async () => {
    let asked = 0
    const link = createFunctionLink(() => (asked += 1))
    const first = [link.invoke(byGateway), link.invoke(byGateway)]
    assert.equal(asked, 1)
    const one = new MessageChannel()
    link.connect(one.port1)
    const taken = greet(one.port2)
    one.port2.once('message', () => {
      taken[0] = 2
      one.port2.close()
    })
    for (const outcome of await Promise.all(first)) assert.equal(outcome.outcome, 'unreachable')

    const second = link.invoke(byGateway)
    assert.equal(asked, 2)
    const other = new MessageChannel()
    serveFunctionLink(other.port2, answering({ outcome: 'timeout' }))
    link.connect(other.port1)
    assert.deepEqual(await second, { outcome: 'timeout' })
    link.close()
  })

  test('sends again what the other end did not take before it was gone', async () => {
    const seen: string[] = []
    const link = createFunctionLink(() => {
      const { port1, port2 } = new MessageChannel()
      serveFunctionLink(port2, {
        invoke: ({ payload }) => {
          seen.push(payload)
          return Promise.resolve({ outcome: 'timeout' })
        },
      })
      link.connect(port1)
    })
    const one = new MessageChannel()
    link.connect(one.port1)
    const taken = greet(one.port2)
    one.port2.once('message', () => {
      taken[0] = 1
      one.port2.close()
    })
    const outcomes = await Promise.all(
      ['taken', 'second', 'third'].map((payload) => link.invoke({ ...byGateway, payload })),
    )
    link.close()
    assert.deepEqual(
      outcomes.map(({ outcome }) => outcome),
      ['unreachable', 'timeout', 'timeout'],
    )
    assert.deepEqual(seen, ['second', 'third'])
  })

  test('ends what a thread had when that thread is terminated', async () => {
    const code = `
      const { workerData: { port }, parentPort } = require('node:worker_threads')
      const taken = new Int32Array(new SharedArrayBuffer(4))
      port.postMessage(taken)
      port.on('message', () => {
        taken[0] = 1
        parentPort.postMessage('has it')
      })`
    const { port1, port2 } = new MessageChannel()
    const thread = new Worker(code, {
      eval: true,
      workerData: { port: port2 },
      transferList: [port2],
    })
    const link = createFunctionLink(() => {})
    link.connect(port1)
    const invoked = link.invoke(byGateway)
    await new Promise((resolve) => thread.once('message', resolve))
    await thread.terminate()
    assert.equal((await invoked).outcome, 'unreachable')
    link.close()
  })

  test('hands a streamed answer over piece by piece, no further than it is read', async () => {
    const { link, fed, ended } = streamingLink()
    const outcome = await link.invoke(byGateway)
    assert.ok(outcome.outcome === 'streaming')
    const { body, ended: told, ...said } = outcome
    assert.deepEqual(said, {
      outcome: 'streaming',
      requestId: 'id',
      executedVersion: '3',
      contentType: 'text/x',
    })
    for (let n = 0; n < 16; n += 1) fed.feed(new Uint8Array(65_536).fill(n))
    // More is not sent, however long nobody reads.
    await untilQuiet(() => fed.heldBytes())
    assert.ok(fed.heldBytes() >= 16 * 65_536 - streamWindowBytes - 65_536, `${fed.heldBytes()}`)
    fed.end()
    ended.resolve({ logTail: 'END' })
    const bytes = Buffer.from(await body.readAll(2_000_000))
    assert.deepEqual(
      bytes,
      Buffer.concat(Array.from({ length: 16 }, (_, n) => Buffer.alloc(65_536, n))),
    )
    assert.deepEqual(await told, { logTail: 'END' })
    link.close()
  })

  test('hands a break and a failure over behind what came before', async () => {
    const { link, fed, ended } = streamingLink()
    const outcome = await link.invoke(byGateway)
    assert.ok(outcome.outcome === 'streaming')
    fed.feed(Uint8Array.of(1))
    fed.fail(new BodyAbortedError('it broke'))
    ended.resolve({ failure: '{"errorType":"Broken"}' })
    const pieces = outcome.body.stream()[Symbol.asyncIterator]()
    assert.deepEqual((await pieces.next()).value, Uint8Array.of(1))
    await assert.rejects(pieces.next(), /it broke/)
    assert.deepEqual(await outcome.ended, { failure: '{"errorType":"Broken"}' })
    link.close()
  })

  test('tells the other end when nobody wants the rest', async () => {
    const { link, fed, dropped } = streamingLink()
    const outcome = await link.invoke(byGateway)
    assert.ok(outcome.outcome === 'streaming')
    outcome.body.discard()
    // It is told with the next piece.
    const feeding = setInterval(() => fed.feed(Uint8Array.of(1)), 1)
    await dropped
    clearInterval(feeding)
    link.close()
  })

  test('breaks a stream off when the other end is gone', async () => {
    const { link, port } = streamingLink()
    const outcome = await link.invoke(byGateway)
    assert.ok(outcome.outcome === 'streaming')
    port().close()
    await assert.rejects(outcome.body.readAll(10), /the function plane ended/)
    assert.match((await outcome.ended).failure ?? '', /the function plane ended/)
    link.close()
  })

  test('sends nothing to an end that has not greeted, and asks again when it is gone', async () => {
    let asked = 0
    const link = createFunctionLink(() => {
      asked += 1
      const { port1, port2 } = new MessageChannel()
      if (asked === 1) port2.close()
      else serveFunctionLink(port2, answering({ outcome: 'timeout' }))
      link.connect(port1)
    })
    assert.deepEqual(await link.invoke(byGateway), { outcome: 'timeout' })
    assert.equal(asked, 2)
    link.close()
  })

  test('does not wait for a port for ever', async () => {
    const link = createFunctionLink(() => {}, 5)
    assert.equal((await link.invoke(byGateway)).outcome, 'unreachable')
    link.close()
  })

  test('answers at once when it is closed', async () => {
    const link = createFunctionLink(() => {})
    const waiting = link.invoke(byGateway)
    link.close()
    assert.equal((await waiting).outcome, 'unreachable')
    assert.equal((await link.invoke(byGateway)).outcome, 'unreachable')
  })
})

/** A link to a function that streams what the test feeds. */
function streamingLink() {
  const dropped = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<FunctionStreamEnd>()
  const fed = createFedBody({ taken: () => {}, dropped: () => dropped.resolve() })
  let port: MessagePort | undefined
  const link = createFunctionLink(() => {
    const { port1, port2 } = new MessageChannel()
    serveFunctionLink(
      port2,
      answering({
        outcome: 'streaming',
        requestId: 'id',
        executedVersion: '3',
        contentType: 'text/x',
        body: fed.body,
        ended: ended.promise,
      }),
    )
    port = port2
    link.connect(port1)
  })
  return { link, fed, ended, dropped: dropped.promise, port: () => port! }
}

/** Turns of the event loop until a figure stays as it is. */
async function untilQuiet(figure: () => number): Promise<void> {
  for (let same = 0, last = figure(); same < 50;) {
    await new Promise((resolve) => setImmediate(resolve))
    same = figure() === last ? same + 1 : 0
    last = figure()
  }
}

function answerOf(payload: string): FunctionOutcome {
  return { outcome: 'answered', status: 200, payload, requestId: `id-${payload}` }
}
