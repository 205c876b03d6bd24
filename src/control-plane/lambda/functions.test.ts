import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { testLambda, type TestLambda } from '../../../test/support/lambda-context.ts'
import type { CreateFunctionRequest } from '../../aws/models/lambda-types.ts'
import { sha256Hex } from '../../aws/sha256.ts'
import type { FunctionDeclaration } from '../../snapshot/function-declaration.ts'
import { aliases } from './aliases.ts'
import { changeFunction } from './change-function.ts'
import { functionUpdates } from './function-updates.ts'
import { functions } from './functions.ts'
import { codeInUse, loadFunctions } from './load-functions.ts'
import { layers } from './layers.ts'
import { keys, type LayerVersionRecord } from './records.ts'
import { tags } from './tags.ts'
import { transact } from '../transaction.ts'
import { versions } from './versions.ts'

const zip = (text: string) => new TextEncoder().encode(`PK${text}`)

const hello: CreateFunctionRequest = {
  FunctionName: 'hello',
  Runtime: 'nodejs22.x',
  Role: 'arn:aws:iam::000000000000:role/run',
  Handler: 'index.handler',
  Code: { ZipFile: zip('1') },
}
const FunctionName = 'hello'

/** What the function plane was told last of the function. */
function told({ published }: TestLambda): FunctionDeclaration {
  const change = published.at(-1)
  assert.equal(change?.kind, 'function')
  return change.function
}

async function loaded({ context: { store } }: TestLambda): Promise<FunctionDeclaration[]> {
  const declarations: FunctionDeclaration[] = []
  for await (const declaration of loadFunctions(store)) declarations.push(declaration)
  return declarations
}

describe('a change of a function', () => {
  test('is told as a whole, after its commit, with a growing revision', async () => {
    const lambda = testLambda()
    const { context } = lambda
    await functions.CreateFunction({ ...hello, Environment: { Variables: { A1: 'b' } } }, context)
    const first = told(lambda)
    assert.deepEqual(Object.keys(first.versions), ['$LATEST'])
    assert.deepEqual(first.versions['$LATEST']?.environment, { A1: 'b' })
    await versions.PublishVersion({ FunctionName }, context)
    const RoutingConfig = { AdditionalVersionWeights: { 2: 0.25 } }
    await functionUpdates.UpdateFunctionCode({ FunctionName, ZipFile: zip('2') }, context)
    await versions.PublishVersion({ FunctionName }, context)
    await aliases.CreateAlias(
      { FunctionName, Name: 'live', FunctionVersion: '1', RoutingConfig },
      context,
    )
    const last = told(lambda)
    assert.deepEqual(Object.keys(last.versions).toSorted(), ['$LATEST', '1', '2'])
    assert.deepEqual(last.aliases, {
      live: {
        name: 'live',
        functionVersion: '1',
        additionalVersion: { version: '2', weight: 0.25 },
      },
    })
    const revisions = lambda.published.map((change) =>
      change.kind === 'function' ? change.function.revision : 0,
    )
    assert.deepEqual(
      revisions,
      revisions.toSorted((a, b) => a - b),
    )
    assert.equal(new Set(revisions).size, 5)
  })

  test('is what a start finds', async () => {
    const lambda = testLambda()
    await functions.CreateFunction(hello, lambda.context)
    await versions.PublishVersion({ FunctionName }, lambda.context)
    assert.deepEqual(await loaded(lambda), [told(lambda)])
    assert.equal((await codeInUse(lambda.context.store)).size, 1)
    await functions.DeleteFunction({ FunctionName }, lambda.context)
    assert.deepEqual(await loaded(lambda), [])
    assert.equal((await codeInUse(lambda.context.store)).size, 0)
  })

  test('that changes nothing is not told', async () => {
    const lambda = testLambda()
    await functions.CreateFunction(hello, lambda.context)
    await versions.PublishVersion({ FunctionName }, lambda.context)
    const count = lambda.published.length
    await versions.PublishVersion({ FunctionName }, lambda.context)
    await aliases.DeleteAlias({ FunctionName, Name: 'none' }, lambda.context)
    await functionUpdates.UpdateFunctionCode(
      { FunctionName, ZipFile: zip('2'), DryRun: true },
      lambda.context,
    )
    assert.equal(lambda.published.length, count)
  })

  test('of a function that is none keeps no code', async () => {
    const { context } = testLambda()
    const ZipFile = zip('of nobody')
    await assert.rejects(
      async () => functionUpdates.UpdateFunctionCode({ FunctionName, ZipFile }, context),
      { code: 'ResourceNotFoundException' },
    )
    assert.equal(await context.functionCode.find(sha256Hex(ZipFile)), undefined)
  })

  test('ends sandboxes exactly when code or configuration differ', async () => {
    const lambda = testLambda()
    const runOf = () => told(lambda).versions['$LATEST']?.revisionId
    await functions.CreateFunction(hello, lambda.context)
    const first = runOf()
    await functionUpdates.UpdateFunctionConfiguration({ FunctionName }, lambda.context)
    assert.equal(runOf(), first)
    await functionUpdates.UpdateFunctionConfiguration({ FunctionName, Timeout: 4 }, lambda.context)
    assert.notEqual(runOf(), first)
    await functionUpdates.UpdateFunctionConfiguration({ FunctionName, Timeout: 3 }, lambda.context)
    assert.equal(runOf(), first)
  })

  test('of a function that goes is told with a revision above the others', async () => {
    const lambda = testLambda()
    await functions.CreateFunction(hello, lambda.context)
    const { revision } = told(lambda)
    await functions.DeleteFunction({ FunctionName }, lambda.context)
    const removal = lambda.published.at(-1)
    assert.equal(removal?.kind, 'function-removed')
    assert.ok(removal.revision > revision)
    await functions.CreateFunction(hello, lambda.context)
    assert.ok(told(lambda).revision > removal.revision)
  })

  test('keeps what others set: policies and reserved concurrency', async () => {
    const lambda = testLambda()
    const { context } = lambda
    await functions.CreateFunction(hello, context)
    const sid = {
      sid: 's',
      action: 'lambda:InvokeFunction',
      principal: { kind: 'anyone' },
    } as const
    await changeFunction(context, { functionName: FunctionName }, (record) => ({
      record: { ...record, policies: { live: [sid] }, reservedConcurrency: 2 },
      result: undefined,
    }))
    await functionUpdates.UpdateFunctionConfiguration({ FunctionName, Timeout: 9 }, context)
    assert.deepEqual(told(lambda).policies, { live: [sid] })
    assert.equal(told(lambda).reservedConcurrency, 2)
    const { Concurrency } = await functions.GetFunction({ FunctionName }, context)
    assert.deepEqual(Concurrency, { ReservedConcurrentExecutions: 2 })
  })

  test('never loses another that is made at the same time', async () => {
    const lambda = testLambda()
    const { context } = lambda
    await functions.CreateFunction(hello, context)
    await versions.PublishVersion({ FunctionName }, context)
    const names = Array.from({ length: 12 }, (_, index) => `alias-${index}`)
    await Promise.all(
      names.map((Name) =>
        aliases.CreateAlias({ FunctionName, Name, FunctionVersion: '1' }, context),
      ),
    )
    const [last] = await loaded(lambda)
    assert.deepEqual(Object.keys(last?.aliases ?? {}).toSorted(), names.toSorted())
  })
})

describe('CreateFunction', () => {
  test('takes 4 KB of variables and not a byte more', async () => {
    const { context } = testLambda()
    const sized = (bytes: number) => ({
      Variables: { LARGE: 'x'.repeat(bytes - '{"LARGE":""}'.length) },
    })
    await functions.CreateFunction({ ...hello, Environment: sized(4_096) }, context)
    await assert.rejects(
      functions.CreateFunction({ ...hello, FunctionName: 'b', Environment: sized(4_097) }, context),
      /exceeded the 4KB limit/,
    )
  })

  test('refuses zips that are too large, zipped or not', async () => {
    const { context } = testLambda({ unzippedBytes: 262_144_001 })
    await assert.rejects(functions.CreateFunction(hello, context), {
      code: 'InvalidParameterValueException',
      message: 'Unzipped size must be smaller than 262144000 bytes',
    })
    const Code = { ZipFile: new Uint8Array(52_428_800) }
    await assert.rejects(functions.CreateFunction({ ...hello, Code }, context), {
      code: 'RequestEntityTooLargeException',
      status: 413,
      message: 'Zipped size must be smaller than 52428800 bytes',
    })
  })

  test('keeps layers in their order, and counts them in with the code', async () => {
    const lambda = testLambda()
    const { context } = lambda
    const layer = (layerName: string, unzippedBytes: number): LayerVersionRecord => ({
      layerName,
      version: 3,
      sha256: `hash-of-${layerName}`,
      codeSize: 10,
      unzippedBytes,
      createdMs: 0,
      description: '',
    })
    await transact(context.store, async (tx) => {
      for (const record of [layer('b', 1), layer('a', 1), layer('big', 262_144_000)]) {
        tx.put(keys.layerVersion(context.scope, record.layerName, 3), record)
      }
    })
    const arn = (name: string) => `arn:aws:lambda:us-east-1:000000000000:layer:${name}:3`
    const Layers = [arn('b'), arn('a')]
    const answer = await functions.CreateFunction({ ...hello, Layers }, context)
    assert.deepEqual(
      answer.Layers,
      Layers.map((Arn) => ({ Arn, CodeSize: 10 })),
    )
    assert.deepEqual(told(lambda).versions['$LATEST']?.layers, [
      { arn: arn('b'), sha256: 'hash-of-b' },
      { arn: arn('a'), sha256: 'hash-of-a' },
    ])
    await assert.rejects(
      functionUpdates.UpdateFunctionConfiguration({ FunctionName, Layers: [arn('big')] }, context),
      /The actual size is 262144003 bytes\./,
    )
    await functionUpdates.UpdateFunctionConfiguration({ FunctionName, Layers: [] }, context)
    assert.deepEqual(told(lambda).versions['$LATEST']?.layers, [])
  })

  test('belongs to the account and the region of its caller', async () => {
    const lambda = testLambda()
    await functions.CreateFunction(hello, lambda.context)
    await functions.CreateFunction(hello, lambda.seenFrom({ region: 'eu-west-1' }))
    await functions.CreateFunction(hello, lambda.seenFrom({ account: '111111111111' }))
    assert.equal((await loaded(lambda)).length, 3)
    const { Functions } = await functions.ListFunctions({}, lambda.context)
    assert.equal(Functions?.length, 1)
  })
})

describe('ListFunctions', () => {
  test('gives every function once, 50 to a page', async () => {
    const { context } = testLambda()
    for (let index = 0; index < 51; index++) {
      await functions.CreateFunction({ ...hello, FunctionName: `f${index}` }, context)
    }
    const first = await functions.ListFunctions({ MaxItems: 10_000 }, context)
    assert.equal(first.Functions?.length, 50)
    const second = await functions.ListFunctions({ Marker: first.NextMarker }, context)
    assert.equal(second.Functions?.length, 1)
    assert.equal(second.NextMarker, undefined)
  })
})

describe('a version of a folder', () => {
  const inFolder = { ...hello, Code: { S3Bucket: 'hot-reload', S3Key: '/srv/shop' } }

  test('is another one when the folder holds something else, and the same when it does not', async () => {
    let content = 'one'
    const lambda = testLambda({ folders: ['/srv/shop'], contentOf: () => content })
    const { context } = lambda
    const publish = async () => (await versions.PublishVersion({ FunctionName }, context)).Version
    await functions.CreateFunction(inFolder, context)
    assert.deepEqual([await publish(), await publish()], ['1', '1'])
    content = 'two'
    assert.deepEqual([await publish(), await publish()], ['2', '2'])
    const declared = told(lambda).versions
    assert.deepEqual(declared['$LATEST']?.code, { kind: 'folder', path: '/srv/shop' })
    const frozen = [declared['1'], declared['2']]
    assert.deepEqual(
      frozen.map((version) => version?.code.kind),
      ['zip', 'zip'],
    )
    assert.notEqual(frozen[0]?.revisionId, frozen[1]?.revisionId)
    const hashes = frozen.map((one) => (one?.code.kind === 'zip' ? one.code.sha256 : ''))
    assert.deepEqual([...(await codeInUse(context.store))].toSorted(), hashes.toSorted())
  })

  test('is refused when the folder is gone, and nothing is published', async () => {
    const folders = ['/srv/shop']
    const { context } = testLambda({ folders })
    await functions.CreateFunction(inFolder, context)
    folders.pop()
    await assert.rejects(versions.PublishVersion({ FunctionName }, context), {
      code: 'InvalidParameterValueException',
      message: /^The folder "\/srv\/shop" cannot be kept as a version of the function: /,
    })
    const listed = await versions.ListVersionsByFunction({ FunctionName }, context)
    assert.equal(listed.Versions?.length, 1)
  })

  test('is refused when it is too large together with its layers', async () => {
    const unzippedBytes = 200_000_000
    const { context } = testLambda({ folders: ['/srv/shop'], unzippedBytes })
    const { LayerVersionArn = '' } = await layers.PublishLayerVersion(
      { LayerName: 'deps', Content: { ZipFile: zip('deps') } },
      context,
    )
    await functions.CreateFunction({ ...inFolder, Layers: [LayerVersionArn] }, context)
    await assert.rejects(versions.PublishVersion({ FunctionName }, context), {
      message: /exceeds the maximum allowed size of 262144000 bytes\. The actual size is 400000000/,
    })
  })
})

describe('a change of tags', () => {
  test('gives the function another revision, and changes nothing that is run', async () => {
    const lambda = testLambda()
    const { context } = lambda
    const { FunctionArn: Resource = '' } = await functions.CreateFunction(hello, context)
    const read = () => functions.GetFunctionConfiguration({ FunctionName }, context)
    const [before, declared] = [await read(), told(lambda).versions]
    await tags.TagResource({ Resource, Tags: { team: 'shop' } }, context)
    assert.notEqual((await read()).RevisionId, before.RevisionId)
    assert.deepEqual(told(lambda).versions, declared)
  })
})
