import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { testLambda, type TestLambda } from '../../../test/support/lambda-context.ts'
import { concurrency } from './concurrency.ts'
import { functions } from './functions.ts'

let lambda: TestLambda

const create = (FunctionName: string) =>
  functions.CreateFunction(
    {
      FunctionName,
      Runtime: 'nodejs22.x',
      Role: 'arn:aws:iam::000000000000:role/run',
      Handler: 'index.handler',
      Code: { ZipFile: Buffer.from('PK') },
    },
    lambda.context,
  )

const put = (FunctionName: string, ReservedConcurrentExecutions: number) =>
  concurrency.PutFunctionConcurrency({ FunctionName, ReservedConcurrentExecutions }, lambda.context)

const reserved = async (FunctionName: string) =>
  (await concurrency.GetFunctionConcurrency({ FunctionName }, lambda.context))
    .ReservedConcurrentExecutions

function lastPublished() {
  const change = lambda.published.at(-1)
  assert.ok(change?.kind === 'function')
  return change.function
}

/** For each test of this file: files of tests share a process. */
async function prepare(): Promise<void> {
  lambda = testLambda()
  await create('hello')
}

describe('PutFunctionConcurrency()', () => {
  beforeEach(prepare)

  test('tells the function plane, and GetFunction', async () => {
    await put('hello', 0)
    assert.equal(lastPublished().reservedConcurrency, 0)
    const { Concurrency } = await functions.GetFunction({ FunctionName: 'hello' }, lambda.context)
    assert.deepEqual(Concurrency, { ReservedConcurrentExecutions: 0 })
  })

  test('tells nobody what was so before', async () => {
    await put('hello', 7)
    const publishedCount = lambda.published.length
    await put('hello', 7)
    assert.equal(lambda.published.length, publishedCount)
  })

  test('never gives the same rest to two functions that ask at once', async () => {
    const names = Array.from({ length: 8 }, (_, i) => `f${i}`)
    for (const name of names) await create(name)
    const outcomes = await Promise.allSettled(names.map((name) => put(name, 300)))
    const refused = outcomes.filter(({ status }) => status === 'rejected')
    assert.equal(refused.length, 5)
    const given = await Promise.all(names.map(reserved))
    assert.equal(given.filter((count) => count === 300).length, 3)
  })

  test('counts no other region and no other account', async () => {
    await put('hello', 900)
    for (const scope of [{ region: 'eu-west-1' }, { account: '111111111111' }]) {
      const context = lambda.seenFrom(scope)
      const input = { FunctionName: 'hello', ReservedConcurrentExecutions: 900 }
      await functions.CreateFunction(
        {
          FunctionName: 'hello',
          Runtime: 'nodejs22.x',
          Role: 'arn:aws:iam::000000000000:role/run',
          Handler: 'index.handler',
          Code: { ZipFile: Buffer.from('PK') },
        },
        context,
      )
      assert.deepEqual(await concurrency.PutFunctionConcurrency(input, context), {
        ReservedConcurrentExecutions: 900,
      })
    }
  })
})

describe('DeleteFunctionConcurrency()', () => {
  beforeEach(prepare)

  test('gives the reservation back', async () => {
    await create('other')
    await put('hello', 900)
    await assert.rejects(put('other', 1), { code: 'InvalidParameterValueException' })
    await concurrency.DeleteFunctionConcurrency({ FunctionName: 'hello' }, lambda.context)
    assert.equal(lastPublished().reservedConcurrency, undefined)
    assert.equal(await reserved('hello'), undefined)
    await put('other', 900)
  })
})
