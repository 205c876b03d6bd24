import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { MessageChannel, Worker } from 'node:worker_threads'
import type { FunctionInvocation, FunctionOutcome, Functions } from '../ports/functions.ts'
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
    one.port2.postMessage([])
    one.port2.once('message', () => one.port2.close())
    for (const outcome of await Promise.all(first)) assert.equal(outcome.outcome, 'unreachable')

    const second = link.invoke(byGateway)
    assert.equal(asked, 2)
    const other = new MessageChannel()
    serveFunctionLink(other.port2, answering({ outcome: 'timeout' }))
    link.connect(other.port1)
    assert.deepEqual(await second, { outcome: 'timeout' })
    link.close()
  })

  test('ends what a thread had when that thread is terminated', async () => {
    const code = `
      const { workerData: { port }, parentPort } = require('node:worker_threads')
      port.postMessage([])
      port.on('message', () => parentPort.postMessage('has it'))`
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

function answerOf(payload: string): FunctionOutcome {
  return { outcome: 'answered', status: 200, payload, requestId: `id-${payload}` }
}
