import { PutFunctionConcurrencyCommand, type LambdaClient } from '@aws-sdk/client-lambda'
import assert from 'node:assert/strict'
import { Agent } from 'node:http'
import { after, before, describe, test } from 'node:test'
import { findStartToken } from '../../src/adapters/sandboxes/process-table.ts'
import { adverseSource } from '../support/adverse-function.ts'
import { createFunction, permitApi, publishFunctionApi } from '../support/function-api.ts'
import {
  startLocalGateway,
  untilFailureLogged,
  type LocalGateway,
} from '../support/local-gateway.ts'
import { lambdaClient } from '../support/staged-function.ts'
import { get, startSteadyLoad, type Answer, type SteadyLoad } from '../support/steady-load.ts'

/**
 * Functions that go wrong in every way, beside one that does not and is called all the time: each caller
 * gets AWS's answer, the next caller of the same function is served, and the other function loses nothing.
 */
const restApiId = 'adverse001'
const failure = { status: 502, body: '{"message": "Internal server error"}' }
const refusal = { status: 500, body: '{"message": "Internal server error"}' }
const timeout = { status: 504, body: '{"message": "Endpoint request timed out"}' }
const executionFailed = 'Lambda execution failed with status 200 due to customer function error'
const malformed = 'Malformed Lambda proxy response'

/** What ends in a function error, and what the operator's log says of it. */
const failing: readonly (readonly [how: string, told: string, logged: string])[] = [
  ['throw', '', `${executionFailed}: thrown`],
  ['reject', '', `${executionFailed}: rejected`],
  ['throw-later', '', `${executionFailed}: later`],
  ['reject-later', '', `${executionFailed}: Error: nobody`],
  ['throw-text', '', executionFailed],
  ['exit', '0', 'Runtime exited without providing a reason'],
  ['exit', '3', 'Runtime exited with error: exit status 3'],
  ['abort', '', 'Runtime exited with error: signal: aborted'],
  ['kill', '', 'Runtime exited with error: signal: killed'],
  ['spin', '', 'Task timed out after 1.00 seconds'],
  ['sleep', '', 'Task timed out after 1.00 seconds'],
  ['flood-forever', '', 'Task timed out after 1.00 seconds'],
  ['garbage-in-channel', '', 'Runtime exited with error'],
  ['close-channel', '', 'Runtime exited with error'],
  ['circle', '', executionFailed],
  [
    'answer',
    '7000000',
    'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
  ],
  [
    'answer',
    '20000000',
    'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
  ],
]

/** What is JSON, and no answer. */
const garbage: readonly unknown[] = [
  'text',
  42,
  true,
  null,
  [],
  [{ statusCode: 200 }],
  { message: 'hello' },
  { statusCode: 200, body: 'a', cookies: [] },
  { statusCode: 'test' },
  { statusCode: 99 },
  { statusCode: 600 },
  { statusCode: 200.5 },
  { statusCode: [200] },
  { statusCode: 200, body: { a: 1 } },
  { statusCode: 200, headers: ['a'] },
  { statusCode: 200, headers: { a: { b: 1 } } },
  { statusCode: 200, headers: { 'a b': 'c' } },
  { statusCode: 200, headers: { a: 'b\r\nc: d' } },
  { statusCode: 200, multiValueHeaders: { a: 'b' } },
  { statusCode: 200, multiValueHeaders: [] },
  { statusCode: 200, isBase64Encoded: 'perhaps' },
]

for (const workers of ['1', '2']) {
  describe(`functions that go wrong, with ${workers} workers`, () => {
    let gateway: LocalGateway
    let lambda: LambdaClient
    let load: SteadyLoad
    const agent = new Agent({ keepAlive: true, maxSockets: 128 })

    const url = (path: string) => `${gateway.url}/_aws/execute-api/${restApiId}/prod${path}`
    const call = (how: string, told = '', path = '/adverse'): Promise<Answer> =>
      get(agent, url(`${path}?how=${how}&with=${encodeURIComponent(told)}`))

    const told = (path: string, detail: string) =>
      untilFailureLogged(gateway, { method: `GET ${path}`, detail })

    before(async () => {
      gateway = await startLocalGateway({ workers, shutdownDeadline: '1' })
      lambda = lambdaClient(gateway.url)
      const steady = `export const handler = async () => {
        await new Promise((resolve) => setTimeout(resolve, 5))
        return { statusCode: 200, body: 'steady' }
      }`
      const files = { 'index.mjs': adverseSource }
      await createFunction(lambda, 'steady', { 'index.mjs': steady })
      await createFunction(lambda, 'adverse', files, { Timeout: 1 })
      await createFunction(lambda, 'patient', files, { Timeout: 20, MemorySize: 128 })
      await createFunction(lambda, 'streaming', files, { Handler: 'index.streaming' })
      await createFunction(lambda, 'exits', { 'index.mjs': 'process.exit(4)' })
      await createFunction(lambda, 'throws', { 'index.mjs': "throw new Error('at start')" })
      await createFunction(lambda, 'absent', { 'other.mjs': '' })
      await createFunction(lambda, 'waits', {
        'index.mjs': 'await new Promise((r) => setTimeout(r, 9e5))',
      })
      const names = [
        'steady',
        'adverse',
        'patient',
        'streaming',
        'exits',
        'throws',
        'absent',
        'waits',
      ]
      for (const name of names) await permitApi(lambda, name)
      await publishFunctionApi(gateway.url, {
        restApiId,
        routes: [
          ...names.map((target) => ({ path: `/${target}`, target })),
          ...failing.map((_, i) => ({ path: `/failing-${i}`, target: 'adverse' })),
          ...['leak-bytes', 'leak-heap'].map((how) => ({ path: `/${how}`, target: 'patient' })),
          { path: '/hasty', target: 'patient', timeoutInMillis: 200 },
          { path: '/hasty-start', target: 'waits', timeoutInMillis: 200 },
        ],
        stages: { prod: {} },
      })
      load = startSteadyLoad({
        urls: [url('/steady')],
        connections: 2,
        check: (_, { status, body }) =>
          status === 200 && body === 'steady' ? undefined : `${status} ${body}`,
      })
    })

    after(async () => {
      await load.stop()
      agent.destroy()
      lambda.destroy()
      await gateway.close()
      assert.deepEqual(load.complaints, [])
      assert.ok(load.requests() > 50, `${load.requests()} requests beside`)
    })

    async function servesOn(path: string): Promise<void> {
      const { status, body } = await call('ok', '', path)
      assert.deepEqual([status, Number(body) > 0], [200, true], body)
    }

    for (const [i, [how, more, logged]] of failing.entries()) {
      test(`${how} ${more}: 502, and the next caller is served`, async () => {
        const path = `/failing-${i}`
        assert.deepEqual(await call(how, more, path), failure)
        await servesOn(path)
        await told(path, logged)
      })
    }

    test('garbage in each malformed form: 502', async () => {
      for (const given of garbage) {
        const json = JSON.stringify(given)
        assert.deepEqual(await call('give', json), failure, json)
      }
      await told('/adverse', malformed)
      assert.deepEqual(await call('', '{"statusCode": 200', '/streaming'), failure)
      await told('/streaming', malformed)
      assert.deepEqual(await call('empty'), failure)
      await servesOn('/adverse')
    })

    test('6 MB of an answer arrive whole', async () => {
      const { status, body } = await call('answer', '6000000')
      assert.deepEqual([status, body.length], [200, 6_000_000])
    })

    for (const how of ['leak-bytes', 'leak-heap']) {
      test(`${how}: 502 when the memory is used up`, async () => {
        assert.deepEqual(await call(how, '', `/${how}`), failure)
        await servesOn('/patient')
        await told(`/${how}`, 'signal: killed')
      })
    }

    test('floods of output neither stop a function nor its answer', async () => {
      for (const [how, told] of [
        ['flood', '40'],
        ['flood-lines', '100000'],
      ] as const) {
        assert.deepEqual(await call(how, told, '/patient'), { status: 200, body: 'flooded' })
      }
    })

    test('one that is slower than its integration waits: 504, and it goes on', async () => {
      assert.deepEqual(await call('wait', '400', '/hasty'), timeout)
      assert.deepEqual(await call('', '', '/hasty-start'), timeout)
      await servesOn('/hasty')
      await servesOn('/patient')
    })

    for (const path of ['/exits', '/throws', '/absent']) {
      test(`one that fails to start, ${path}: 502 for every caller`, async () => {
        const answers = await Promise.all(Array.from({ length: 12 }, () => call('', '', path)))
        assert.deepEqual(
          answers,
          Array.from({ length: 12 }, () => failure),
        )
      })
    }

    test('what a function has started ends with it', async () => {
      const { body: child } = await call('leave-child', '', '/patient')
      assert.ok(findStartToken(Number(child)) !== undefined)
      const before = (await call('ok', '', '/patient')).body
      assert.deepEqual(await call('exit', '1', '/patient'), failure)
      const next = (await call('ok', '', '/patient')).body
      assert.notEqual(before, next)
      // Killed with the others; when the kernel has taken it away is the kernel's own time.
      while (findStartToken(Number(child)) !== undefined) {
        await new Promise((resolve) => setImmediate(resolve))
      }
    })

    test('of 60 callers at once, every second of whom meets a crash, each gets its own answer', async () => {
      const answers = await Promise.all(
        Array.from({ length: 60 }, (_, i) => (i % 2 === 0 ? call('exit', '1') : call('ok'))),
      )
      for (const [i, { status, body }] of answers.entries()) {
        if (i % 2 === 0) assert.deepEqual({ status, body }, failure)
        else assert.equal(status, 200, body)
      }
    })

    test('of 100 callers of one that may run twice, and crashes, none is lost', async () => {
      const reserve = (ReservedConcurrentExecutions: number) =>
        lambda.send(
          new PutFunctionConcurrencyCommand({
            FunctionName: 'patient',
            ReservedConcurrentExecutions,
          }),
        )
      await reserve(2)
      const crowd = await Promise.all(
        Array.from({ length: 100 }, (_, i) =>
          i % 3 === 0 ? call('exit', '1', '/patient') : call('wait', '50', '/patient'),
        ),
      )
      const kinds = { served: 0, failed: 0, throttled: 0 }
      for (const { status, body } of crowd) {
        if (status === 200) {
          assert.equal(body, 'waited')
          kinds.served += 1
        } else if (status === 502) kinds.failed += 1
        else {
          assert.deepEqual({ status, body }, refusal)
          kinds.throttled += 1
        }
      }
      assert.ok(kinds.throttled > 0 && kinds.served + kinds.failed >= 2, JSON.stringify(kinds))
      // Nothing is still counted as running: both may run again, at the same time.
      const both = await Promise.all([
        call('wait', '50', '/patient'),
        call('wait', '50', '/patient'),
      ])
      for (const answer of both) assert.deepEqual(answer, { status: 200, body: 'waited' })
      await reserve(0)
      assert.deepEqual(await call('ok', '', '/patient'), refusal)
      await reserve(2)
      await servesOn('/patient')
    })
  })
}
