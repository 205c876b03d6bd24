import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { findStartToken } from '../../src/adapters/sandboxes/process-table.ts'
import { startGateway, type RunningGateway } from '../support/running-gateway.ts'
import {
  callStage,
  lambdaClient,
  publishStagedFunction,
  untilRunning,
} from '../support/staged-function.ts'
import { createFunction } from '../support/function-api.ts'

async function pidOf({ endpoint }: RunningGateway): Promise<number> {
  const { status, greeting } = await callStage(endpoint, 'prod')
  assert.equal(status, 200)
  return greeting.pid
}

describe('two servers beside one another', () => {
  test('run functions of the same names, and neither ends those of the other', async () => {
    await using one = await startGateway()
    await publishStagedFunction(one.endpoint)
    const pid = await pidOf(one)
    const token = findStartToken(pid)
    {
      await using two = await startGateway()
      await publishStagedFunction(two.endpoint)
      const other = await pidOf(two)
      assert.notEqual(other, pid)
      await two.kill()
      await using third = await startGateway({ dataDirectory: two.dataDirectory })
      await pidOf(third)
      assert.equal(findStartToken(other), undefined)
      assert.equal(await third.stop(), 0)
    }
    assert.equal(findStartToken(pid), token)
    assert.equal(await pidOf(one), pid)
  })
})

describe('a server that is told to stop', () => {
  for (const workers of ['1', '2']) {
    test(`lets invocations finish, with ${workers} workers`, async () => {
      await using gateway = await startGateway({ arguments: ['--memory', '--workers', workers] })
      await publishStagedFunction(gateway.endpoint)
      const calls = ['dev', 'test', 'prod'] as const
      const answers = calls.map((stage) => callStage(gateway.endpoint, stage, '?waitMs=800'))
      await untilRunning(gateway.endpoint, calls.length)
      assert.equal(await gateway.stop(), 0)
      const editions = (await Promise.all(answers)).map(({ greeting }) => greeting.edition)
      assert.deepEqual(editions, ['three', 'two', 'one'])
    })
  }
})

/** Names of the threads of a server, cut to 15 characters by the system. */
function threadsOf({ process: { pid } }: RunningGateway): readonly string[] {
  const tasks = `/proc/${pid}/task`
  return readdirSync(tasks).map((id) => readFileSync(`${tasks}/${id}/comm`, 'utf8').trim())
}

test('a server has no thread for functions before it has one', async () => {
  await using gateway = await startGateway({ arguments: ['--memory', '--workers', '2'] })
  const hasThread = () => threadsOf(gateway).includes('stagedoor-funct')
  const figures = await fetch(`${gateway.endpoint}/_stagedoor/functions`)
  await figures.arrayBuffer()
  assert.equal(hasThread(), false)
  const lambda = lambdaClient(gateway.endpoint)
  const source = 'export const handler = async () => 1'
  await createFunction(lambda, 'first', { 'index.mjs': source })
  assert.equal(hasThread(), true)
  lambda.destroy()
})
