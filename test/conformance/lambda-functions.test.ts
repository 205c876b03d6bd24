import * as sdk from '@aws-sdk/client-lambda'
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, beforeEach, describe, test } from 'node:test'
import { startGateway, type RunningGateway } from '../support/running-gateway.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { zipOf } from '../support/zip.ts'

/**
 * Functions, versions and aliases through the official client over a running gateway. What each operation
 * answers is in test/cases/lambda; here is what goes over the wire, and what survives a restart.
 */
let gateway: RunningGateway
let client: sdk.LambdaClient
let count = 0
let FunctionName = ''

const lambdaClient = (endpoint: string) =>
  new sdk.LambdaClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  })

const zip = zipOf({ 'index.mjs': 'export const handler = async () => 1' })

function create(members: Partial<sdk.CreateFunctionCommandInput> = {}) {
  return client.send(
    new sdk.CreateFunctionCommand({
      FunctionName,
      Runtime: 'nodejs22.x',
      Role: 'arn:aws:iam::000000000000:role/run',
      Handler: 'index.handler',
      Code: { ZipFile: zip },
      ...members,
    }),
  )
}

const byCodeUnits = (a: string, b: string) => (a < b ? -1 : 1)

/** What the client throws for AWS's refusal. */
const refusal = (name: string, status: number, message: string | RegExp) => (error: unknown) => {
  assert.ok(error instanceof sdk.LambdaServiceException, String(error))
  assert.deepEqual([error.name, error.$metadata.httpStatusCode], [name, status])
  if (typeof message === 'string') assert.equal(error.message, message)
  else assert.match(error.message, message)
  return true
}

describe('functions, versions and aliases', () => {
  before(async () => {
    gateway = await startGateway({ arguments: ['--memory'] })
    client = lambdaClient(gateway.endpoint)
  })
  after(async () => {
    client.destroy()
    await gateway[Symbol.asyncDispose]()
  })
  beforeEach(() => {
    FunctionName = `hello-${count++}`
  })

  test('a function is created, waited for and read, its code too', async () => {
    const created = await create()
    assert.equal(created.$metadata.httpStatusCode, 201)
    assert.equal(created.State, 'Pending')
    assert.equal(created.CodeSha256, createHash('sha256').update(zip).digest('base64'))
    const waited = await sdk.waitUntilFunctionActiveV2({ client, maxWaitTime: 5 }, { FunctionName })
    assert.equal(waited.state, 'SUCCESS')
    const { Code, Configuration } = await client.send(new sdk.GetFunctionCommand({ FunctionName }))
    assert.equal(Configuration?.CodeSize, zip.length)
    const answer = await fetch(Code?.Location ?? '')
    assert.equal(answer.headers.get('content-type'), 'application/zip')
    assert.deepEqual(new Uint8Array(await answer.arrayBuffer()), new Uint8Array(zip))
  })

  test('an update is waited for, and a version keeps what it was', async () => {
    await create({ Environment: { Variables: { STAGE: 'first' } } })
    const version = await client.send(new sdk.PublishVersionCommand({ FunctionName }))
    assert.deepEqual([version.$metadata.httpStatusCode, version.Version], [201, '1'])
    const updated = await client.send(
      new sdk.UpdateFunctionConfigurationCommand({
        FunctionName,
        Environment: { Variables: { STAGE: 'second' } },
      }),
    )
    assert.equal(updated.LastUpdateStatus, 'InProgress')
    const waited = await sdk.waitUntilFunctionUpdatedV2(
      { client, maxWaitTime: 5 },
      { FunctionName },
    )
    assert.equal(waited.state, 'SUCCESS')
    const read = (Qualifier?: string) =>
      client.send(new sdk.GetFunctionConfigurationCommand({ FunctionName, Qualifier }))
    assert.deepEqual((await read('1')).Environment?.Variables, { STAGE: 'first' })
    assert.deepEqual((await read()).Environment?.Variables, { STAGE: 'second' })
  })

  test('an alias is made, moved, weighted, listed and deleted', async () => {
    await create({ Publish: true })
    const Name = 'live'
    const alias = await client.send(
      new sdk.CreateAliasCommand({ FunctionName, Name, FunctionVersion: '1' }),
    )
    assert.equal(alias.$metadata.httpStatusCode, 201)
    await client.send(
      new sdk.UpdateFunctionConfigurationCommand({ FunctionName, Description: 'second' }),
    )
    await client.send(new sdk.PublishVersionCommand({ FunctionName }))
    const RoutingConfig = { AdditionalVersionWeights: { 2: 1 } }
    const moved = await client.send(
      new sdk.UpdateAliasCommand({ FunctionName, Name, RoutingConfig }),
    )
    assert.deepEqual(moved.RoutingConfig, RoutingConfig)
    const { Aliases } = await client.send(new sdk.ListAliasesCommand({ FunctionName }))
    assert.deepEqual(
      Aliases?.map((one) => one.Name),
      [Name],
    )
    const gone = await client.send(new sdk.DeleteAliasCommand({ FunctionName, Name }))
    assert.equal(gone.$metadata.httpStatusCode, 204)
  })

  test('every form of a name reaches the function, percent-encoded as the client sends it', async () => {
    const { FunctionArn = '' } = await create({ Publish: true })
    const names = [FunctionArn, `${FunctionArn}:1`, `000000000000:function:${FunctionName}:1`]
    for (const name of names) {
      const answer = await client.send(
        new sdk.GetFunctionConfigurationCommand({ FunctionName: name }),
      )
      assert.equal(answer.FunctionName, FunctionName)
      assert.equal(answer.Version, name.endsWith(':1') ? '1' : '$LATEST')
    }
  })

  test('a path may end with a slash, as older clients write it', async () => {
    await create()
    const Authorization =
      'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/lambda/aws4_request, ' +
      `SignedHeaders=host, Signature=${'0'.repeat(64)}`
    const answer = await fetch(`${gateway.endpoint}/2015-03-31/functions/`, {
      headers: { Authorization },
    })
    assert.equal(answer.status, 200)
  })

  test('refusals are those that the client knows', async () => {
    await assert.rejects(
      client.send(new sdk.GetFunctionCommand({ FunctionName })),
      (error: unknown) => {
        assert.ok(error instanceof sdk.ResourceNotFoundException)
        assert.equal(error.Type, 'User')
        return refusal(
          'ResourceNotFoundException',
          404,
          `Function not found: arn:aws:lambda:us-east-1:000000000000:function:${FunctionName}`,
        )(error)
      },
    )
    await create()
    await assert.rejects(
      create(),
      refusal('ResourceConflictException', 409, `Function already exist: ${FunctionName}`),
    )
    await assert.rejects(
      create({ FunctionName: 'no spaces' }),
      refusal(
        'ValidationException',
        400,
        /^1 validation error detected: Value 'no spaces' at 'functionName'/,
      ),
    )
    await assert.rejects(
      create({ FunctionName: 'late', Timeout: 901 }),
      refusal(
        'ValidationException',
        400,
        "1 validation error detected: Value '901' at 'timeout' failed to satisfy constraint: " +
          'Member must have value less than or equal to 900',
      ),
    )
    await assert.rejects(
      create({ FunctionName: 'odd', Code: { ZipFile: new TextEncoder().encode('no zip') } }),
      refusal('InvalidParameterValueException', 400, /^Could not unzip uploaded file\./),
    )
  })

  test('a zip of 50 MB is too large, and so is a request of more than 70,167,211 bytes', async () => {
    await assert.rejects(
      create({ Code: { ZipFile: new Uint8Array(52_428_800) } }),
      refusal(
        'RequestEntityTooLargeException',
        413,
        'Zipped size must be smaller than 52428800 bytes',
      ),
    )
    await assert.rejects(
      create({ Code: { ZipFile: new Uint8Array(53_000_000) } }),
      refusal('RequestEntityTooLargeException', 413, /./),
    )
    await create()
  })

  test('a folder is run from where it is', async (t) => {
    const folder = join(temporaryDirectory(t), 'shop')
    mkdirSync(folder)
    writeFileSync(join(folder, 'index.mjs'), 'export const handler = async () => 1')
    await create({ Code: { S3Bucket: 'hot-reload', S3Key: folder } })
    const { Code } = await client.send(new sdk.GetFunctionCommand({ FunctionName }))
    assert.equal(Code?.Location, folder)
    const Missing = { S3Bucket: 'hot-reload', S3Key: join(folder, 'none') }
    await assert.rejects(
      create({ FunctionName: 'none', Code: Missing }),
      refusal('InvalidParameterValueException', 400, /is no folder of the server's machine/),
    )
  })

  test('lists are read page by page by the paginators of the client', async () => {
    for (const letter of ['a', 'b', 'c']) await create({ FunctionName: `page-${letter}` })
    const names: string[] = []
    const pages = sdk.paginateListFunctions({ client, pageSize: 2 }, {})
    for await (const { Functions = [] } of pages) {
      assert.ok(Functions.length <= 2)
      names.push(...Functions.map((one) => one.FunctionName ?? ''))
    }
    assert.deepEqual(names, names.toSorted(byCodeUnits))
    assert.equal(names.filter((name) => name.startsWith('page-')).length, 3)
  })

  test('a function goes with all that it had', async () => {
    await create({ Publish: true })
    const gone = await client.send(new sdk.DeleteFunctionCommand({ FunctionName }))
    assert.equal(gone.$metadata.httpStatusCode, 204)
    await assert.rejects(
      client.send(new sdk.ListVersionsByFunctionCommand({ FunctionName })),
      refusal('ResourceNotFoundException', 404, /^Function not found/),
    )
  })
})

describe('a gateway that is started again', () => {
  test('has its functions, their versions, aliases and code', async (t) => {
    const dataDirectory = temporaryDirectory(t)
    FunctionName = 'kept'
    {
      await using first = await startGateway({ dataDirectory })
      client = lambdaClient(first.endpoint)
      await create({ Publish: true, Tags: { team: 'shop' } })
      await client.send(
        new sdk.CreateAliasCommand({ FunctionName, Name: 'live', FunctionVersion: '1' }),
      )
      client.destroy()
      await first.stop()
    }
    await using second = await startGateway({ dataDirectory })
    client = lambdaClient(second.endpoint)
    const read = await client.send(new sdk.GetFunctionCommand({ FunctionName, Qualifier: 'live' }))
    assert.deepEqual([read.Configuration?.Version, read.Tags], ['1', { team: 'shop' }])
    const answer = await fetch(read.Code?.Location ?? '')
    assert.deepEqual(new Uint8Array(await answer.arrayBuffer()), new Uint8Array(zip))
    client.destroy()
  })
})
