import {
  InvokeCommand,
  PutFunctionConcurrencyCommand,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
} from '@aws-sdk/client-lambda'
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, test, type TestContext } from 'node:test'
import { findStartToken } from '../../src/adapters/sandboxes/process-table.ts'
import type { GatewayOptions } from '../../src/server/gateway.ts'
import { endFunctionsThread, fragileFunctionsEntry } from '../support/fragile-functions-order.ts'
import { fragileWorkerEntry, watchFragileWorkers } from '../support/fragile-workers.ts'
import {
  startLocalGateway,
  untilFailureLogged,
  type LocalGateway,
} from '../support/local-gateway.ts'
import {
  callStage,
  editionOf,
  functionName,
  permit,
  publishStagedFunction,
  untilRunning,
} from '../support/staged-function.ts'
import { zipOf } from '../support/zip.ts'

async function start(
  t: TestContext,
  workerCount: number,
  options: Partial<GatewayOptions> = {},
): Promise<LocalGateway> {
  const gateway = await startLocalGateway({ workers: String(workerCount) }, options)
  t.after(() => gateway.close())
  return gateway
}

async function editions(url: string): Promise<readonly string[]> {
  const answers = [
    await callStage(url, 'dev'),
    await callStage(url, 'test'),
    await callStage(url, 'prod'),
  ]
  for (const { status } of answers) assert.equal(status, 200)
  return answers.map(({ greeting }) => `${greeting.alias} ${greeting.version} ${greeting.edition}`)
}

for (const workerCount of [1, 2]) {
  describe(`functions through stages, with ${workerCount} workers`, () => {
    test('one function and one API answer with three versions through three stages', async (t) => {
      const { url } = await start(t, workerCount)
      const lambda = await publishStagedFunction(url)
      assert.deepEqual(await editions(url), ['DEV $LATEST three', 'TEST 2 two', 'PROD 1 one'])

      // The next request after the answer, on whichever worker it arrives, goes where the alias points.
      for (const [FunctionVersion, edition] of [
        ['2', 'two'],
        ['1', 'one'],
        ['2', 'two'],
      ] as const) {
        const alias = { FunctionName: functionName, Name: 'PROD', FunctionVersion }
        await lambda.send(new UpdateAliasCommand(alias))
        const answers = await Promise.all(Array.from({ length: 4 }, () => callStage(url, 'prod')))
        for (const { greeting } of answers) assert.equal(greeting.edition, edition)
      }
      await lambda.send(
        new UpdateFunctionCodeCommand({ FunctionName: functionName, ZipFile: editionOf('four') }),
      )
      assert.deepEqual(await editions(url), ['DEV $LATEST four', 'TEST 2 two', 'PROD 2 two'])
      // The owner's own way to the functions.
      const event = {
        FunctionName: functionName,
        Qualifier: 'TEST',
        Payload: '{"stageVariables":{}}',
      }
      const invoked = await lambda.send(new InvokeCommand(event))
      assert.equal(invoked.ExecutedVersion, '2')
      assert.match(String(invoked.Payload?.transformToString()), /"edition\\":\\"two/)
    })

    test('without a permission for the alias the caller gets 500, and the operator the reason', async (t) => {
      const gateway = await start(t, workerCount)
      const lambda = await publishStagedFunction(gateway.url, { permitted: ['DEV', 'TEST'] })
      assert.equal((await callStage(gateway.url, 'test')).status, 200)
      const refused = await callStage(gateway.url, 'prod')
      assert.deepEqual(refused, { status: 500, greeting: { message: 'Internal server error' } })
      const detail = 'Invalid permissions on Lambda function'
      await untilFailureLogged(gateway, { method: 'GET /', detail })
      await permit(lambda, 'PROD')
      assert.equal((await callStage(gateway.url, 'prod')).greeting.edition, 'one')
    })

    test('of 100 callers of a function that may run twice at a time each gets an answer', async (t) => {
      const { url } = await start(t, workerCount)
      const lambda = await publishStagedFunction(url)
      const reserved = { FunctionName: functionName, ReservedConcurrentExecutions: 2 }
      await lambda.send(new PutFunctionConcurrencyCommand(reserved))
      const answers = await Promise.all(
        Array.from({ length: 100 }, () => callStage(url, 'prod', '?waitMs=300')),
      )
      const ok = answers.filter(({ status }) => status === 200)
      const pids = new Set(ok.map(({ greeting }) => greeting.pid))
      assert.ok(ok.length >= 2 && pids.size <= 2, `${ok.length} by ${pids.size} processes`)
      for (const { status, greeting } of answers) {
        if (status === 200) assert.equal(greeting.edition, 'one')
        else {
          const refusal = { status: 500, greeting: { message: 'Internal server error' } }
          assert.deepEqual({ status, greeting }, refusal)
        }
      }
      assert.equal((await callStage(url, 'prod')).status, 200)
    })
  })
}

test('code of more than 6 MB is taken, and a reset leaves none of it', async (t) => {
  const gateway = await start(t, 1)
  const lambda = await publishStagedFunction(gateway.url)
  const ballast = randomBytes(9_000_000)
  const ZipFile = zipOf({
    'index.mjs': `export const handler = async () => ({ statusCode: 200, body: '{"edition":"long"}' })`,
    ballast,
  })
  await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: functionName, ZipFile }))
  assert.equal((await callStage(gateway.url, 'dev')).greeting.edition, 'long')
  const reset = await fetch(`${gateway.url}/_stagedoor/reset`, { method: 'POST' })
  assert.equal(reset.status, 200)
  await assert.rejects(
    lambda.send(new UpdateFunctionCodeCommand({ FunctionName: functionName, ZipFile })),
    { name: 'ResourceNotFoundException' },
  )
  await publishStagedFunction(gateway.url)
  assert.equal((await callStage(gateway.url, 'dev')).greeting.edition, 'three')
})

/** A process that was killed is still there until the system gets round to it. */
async function untilGone(pid: number): Promise<void> {
  while (findStartToken(pid) !== undefined) await new Promise((resolve) => setImmediate(resolve))
}

describe('functions when threads end', () => {
  test('another thread runs them, and no process of the ended one is left', async (t) => {
    const gateway = await start(t, 2, { functionsEntry: fragileFunctionsEntry })
    await publishStagedFunction(gateway.url)
    const { greeting: before } = await callStage(gateway.url, 'prod')
    const waiting = callStage(gateway.url, 'prod', '?waitMs=5000')
    await untilRunning(gateway.url)
    endFunctionsThread()
    assert.equal((await waiting).status, 500)
    // A worker that has not heard of the end yet sends to a thread that is gone: that goes to the next.
    assert.deepEqual(await editions(gateway.url), ['DEV $LATEST three', 'TEST 2 two', 'PROD 1 one'])
    const { greeting: after } = await callStage(gateway.url, 'prod')
    assert.notEqual(after.pid, before.pid)
    await untilGone(before.pid)
    assert.ok(gateway.lines.some(({ event }) => event === 'functions-thread-died'))
    await gateway.close()
    assert.equal(findStartToken(after.pid), undefined)
  })

  test('a worker that is replaced reaches the same sandboxes, where there are others', async (t) => {
    const workers = watchFragileWorkers()
    t.after(() => workers[Symbol.dispose]())
    const gateway = await start(t, 2, { workerEntry: fragileWorkerEntry })
    await publishStagedFunction(gateway.url)
    await workers.begun(2)
    const { greeting: before } = await callStage(gateway.url, 'prod')
    workers.order(0, 'exit')
    await workers.begun(3)
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => callStage(gateway.url, 'prod')),
    )
    assert.ok(answers.some(({ greeting }) => greeting.pid === before.pid))
  })

  for (const order of ['exit', 'throw', 'hang'] as const) {
    test(`the only worker runs them, and so does the one that replaces it (${order})`, async (t) => {
      const workers = watchFragileWorkers()
      t.after(() => workers[Symbol.dispose]())
      const gateway = await start(t, 1, {
        workerEntry: fragileWorkerEntry,
        // A machine that is busy elsewhere must not seem to hang.
        ...(order === 'hang' ? { workerBounds: { hungAfterMs: 3000 } } : {}),
      })
      const lambda = await publishStagedFunction(gateway.url)
      await workers.begun(1)
      const { greeting: before } = await callStage(gateway.url, 'prod')
      workers.order(0, order)
      await workers.begun(2)
      const { status, greeting: after } = await callStage(gateway.url, 'prod')
      assert.equal(status, 200)
      assert.notEqual(after.pid, before.pid)
      await untilGone(before.pid)
      // The owner's way, and a change, reach the new one too.
      const invoked = await lambda.send(
        new InvokeCommand({ FunctionName: functionName, Payload: '{"stageVariables":{}}' }),
      )
      assert.equal(invoked.FunctionError, undefined)
      await lambda.send(
        new UpdateAliasCommand({ FunctionName: functionName, Name: 'PROD', FunctionVersion: '2' }),
      )
      const moved = await callStage(gateway.url, 'prod')
      const told = JSON.stringify([moved, gateway.lines.slice(-12)])
      assert.equal(moved.greeting.edition, 'two', told)
      await gateway.close()
      assert.equal(findStartToken(after.pid), undefined)
    })
  }
})
