import * as sdk from '@aws-sdk/client-lambda'
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, beforeEach, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { awsCommand, awsProgram } from '../support/aws-command.ts'
import { startGateway, type RunningGateway } from '../support/running-gateway.ts'
import { lambdaClient } from '../support/staged-function.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { zipOf, type ZipContent } from '../support/zip.ts'

/**
 * Layers, tags and frozen folders through the official client, over functions that run. What each operation
 * answers is in test/cases/lambda; here is what goes over the wire, and what layers do.
 */
let gateway: RunningGateway
let client: sdk.LambdaClient
let count = 0
let FunctionName = ''
let LayerName = ''

function create(
  files: Readonly<Record<string, ZipContent>>,
  members: Partial<sdk.CreateFunctionCommandInput> = {},
) {
  return client.send(
    new sdk.CreateFunctionCommand({
      FunctionName,
      Runtime: 'nodejs24.x',
      Role: 'arn:aws:iam::000000000000:role/run',
      Handler: 'index.handler',
      Timeout: 30,
      Code: { ZipFile: zipOf(files) },
      ...members,
    }),
  )
}

async function publishLayer(
  files: Readonly<Record<string, ZipContent>>,
  members: Partial<sdk.PublishLayerVersionCommandInput> = {},
): Promise<string> {
  const { LayerVersionArn = '' } = await client.send(
    new sdk.PublishLayerVersionCommand({
      LayerName,
      Content: { ZipFile: zipOf(files) },
      ...members,
    }),
  )
  return LayerVersionArn
}

/** What the function answers. */
async function invoke(Qualifier?: string): Promise<unknown> {
  const { Payload, FunctionError } = await client.send(
    new sdk.InvokeCommand({ FunctionName, Qualifier }),
  )
  const text = Buffer.from(Payload ?? []).toString()
  assert.equal(FunctionError, undefined, text)
  return JSON.parse(text)
}

const nodeModule = (name: string, content: string) => ({
  [`nodejs/node_modules/${name}/index.js`]: `module.exports = ${JSON.stringify(content)}`,
})

function open(endpoint: string): void {
  client = lambdaClient(endpoint)
}

describe('layers', () => {
  before(async () => {
    gateway = await startGateway({ arguments: ['--memory'] })
    open(gateway.endpoint)
  })
  after(async () => {
    client.destroy()
    await gateway[Symbol.asyncDispose]()
  })
  beforeEach(() => {
    FunctionName = `layered-${count}`
    LayerName = `layer-${count++}`
  })

  test('a version is published, read by name and ARN, listed, downloaded and deleted', async () => {
    const zip = zipOf(nodeModule('a', 'first'))
    const published = await client.send(
      new sdk.PublishLayerVersionCommand({
        LayerName,
        Content: { ZipFile: zip },
        CompatibleRuntimes: ['nodejs24.x'],
        CompatibleArchitectures: ['x86_64', 'arm64'],
        LicenseInfo: 'MIT',
      }),
    )
    assert.deepEqual([published.$metadata.httpStatusCode, published.Version], [201, 1])
    const { LayerVersionArn: Arn = '', LayerArn = '' } = published
    const read = await client.send(
      new sdk.GetLayerVersionCommand({ LayerName: LayerArn, VersionNumber: 1 }),
    )
    const byArn = await client.send(new sdk.GetLayerVersionByArnCommand({ Arn }))
    const { $metadata: _read, ...one } = read
    const { $metadata: _byArn, ...other } = byArn
    assert.deepEqual(one, other)
    const content = await fetch(read.Content?.Location ?? '')
    assert.deepEqual(new Uint8Array(await content.arrayBuffer()), new Uint8Array(zip))
    const absent = await fetch((read.Content?.Location ?? '').replace(/\w{64}$/, '0'.repeat(64)))
    assert.equal(absent.status, 404)
    const { LayerVersions } = await client.send(
      new sdk.ListLayerVersionsCommand({ LayerName, CompatibleRuntime: 'nodejs24.x' }),
    )
    assert.deepEqual(
      LayerVersions?.map(({ Version }) => Version),
      [1],
    )
    const gone = await client.send(
      new sdk.DeleteLayerVersionCommand({ LayerName, VersionNumber: 1 }),
    )
    assert.equal(gone.$metadata.httpStatusCode, 204)
    await assert.rejects(
      client.send(new sdk.GetLayerVersionByArnCommand({ Arn })),
      sdk.ResourceNotFoundException,
    )
  })

  test('lists are read page by page', async () => {
    for (const letter of ['a', 'b', 'c']) {
      await publishLayer(nodeModule(letter, letter), { LayerName: `page-${letter}` })
    }
    const names: string[] = []
    for await (const { Layers = [] } of sdk.paginateListLayers({ client, pageSize: 2 }, {})) {
      assert.ok(Layers.length <= 2)
      names.push(...Layers.map((layer) => layer.LayerName ?? ''))
    }
    assert.deepEqual(
      names.filter((name) => name.startsWith('page-')),
      ['page-a', 'page-b', 'page-c'],
    )
  })

  test('a Node function requires modules of its layers, the later one over the earlier', async () => {
    const first = await publishLayer({ ...nodeModule('a', 'a of 1'), ...nodeModule('b', 'b of 1') })
    const second = await publishLayer(
      { ...nodeModule('b', 'b of 2'), ...nodeModule('c', 'c of 2') },
      { LayerName: `${LayerName}-over` },
    )
    const index = `exports.handler = async () => ['a', 'b', 'c'].map((name) => {
      try { return require(name) } catch { return 'none' }
    })`
    await create({ 'index.js': index }, { Layers: [first, second] })
    assert.deepEqual(await invoke(), ['a of 1', 'b of 2', 'c of 2'])
    const turned = { FunctionName, Layers: [second, first] }
    await client.send(new sdk.UpdateFunctionConfigurationCommand(turned))
    assert.deepEqual(await invoke(), ['a of 1', 'b of 1', 'c of 2'])
    await client.send(new sdk.UpdateFunctionConfigurationCommand({ FunctionName, Layers: [] }))
    assert.deepEqual(await invoke(), ['none', 'none', 'none'])
  })

  test('a function goes on with a layer version that is deleted, and so do its versions', async () => {
    const layer = await publishLayer(nodeModule('a', 'kept'))
    const index = `exports.handler = async () => require('a')`
    await create({ 'index.js': index }, { Layers: [layer], Publish: true })
    await client.send(new sdk.DeleteLayerVersionCommand({ LayerName, VersionNumber: 1 }))
    assert.deepEqual([await invoke(), await invoke('1')], ['kept', 'kept'])
  })

  test('a Python function imports modules of a layer', async (t) => {
    if (!(await hasPython())) return t.skip('python3 is not installed')
    const layer = await publishLayer({ 'python/shelf.py': 'book = "from the layer"' })
    await create(
      { 'main.py': 'import shelf\ndef handler(event, context):\n    return shelf.book\n' },
      { Runtime: 'python3.12', Handler: 'main.handler', Layers: [layer] },
    )
    assert.equal(await invoke(), 'from the layer')
  })

  test('a function of its own runtime finds programs of a layer by PATH', async () => {
    const tool = { content: '#!/bin/sh\nprintf \'"from the layer"\'\n', mode: 0o100755 }
    const layer = await publishLayer({ 'bin/layer-tool': tool })
    await create(
      { bootstrap: { content: toolRuntime, mode: 0o100755 } },
      {
        Runtime: 'provided.al2023',
        Layers: [layer],
      },
    )
    assert.equal(await invoke(), 'from the layer')
  })

  test('tags are added, told by GetFunction, and removed', async () => {
    const { FunctionArn: Resource } = await create({ 'index.js': '' }, { Tags: { team: 'shop' } })
    const Tags = { stage: 'prod', 'a b': 'ü' }
    const added = await client.send(new sdk.TagResourceCommand({ Resource, Tags }))
    assert.equal(added.$metadata.httpStatusCode, 204)
    const removed = await client.send(
      new sdk.UntagResourceCommand({ Resource, TagKeys: ['team', 'stage'] }),
    )
    assert.equal(removed.$metadata.httpStatusCode, 204)
    const listed = await client.send(new sdk.ListTagsCommand({ Resource }))
    assert.deepEqual(listed.Tags, { 'a b': 'ü' })
    const read = await client.send(new sdk.GetFunctionCommand({ FunctionName }))
    assert.deepEqual(read.Tags, { 'a b': 'ü' })
  })

  test('a version of a folder stays what the folder held', async (t) => {
    const folder = temporaryDirectory(t)
    const write = (edition: string) =>
      writeFileSync(join(folder, 'index.js'), `exports.handler = async () => '${edition}'`)
    const publish = () => client.send(new sdk.PublishVersionCommand({ FunctionName }))
    write('one')
    await create({}, { Code: { S3Bucket: 'hot-reload', S3Key: folder } })
    const first = await publish()
    assert.equal((await publish()).Version, '1')
    write('second')
    const second = await publish()
    assert.deepEqual([first.Version, second.Version], ['1', '2'])
    assert.notEqual(first.CodeSha256, second.CodeSha256)
    write('third one')
    assert.deepEqual([await invoke('1'), await invoke('2')], ['one', 'second'])
    const { Code } = await client.send(new sdk.GetFunctionCommand({ FunctionName, Qualifier: '1' }))
    const zip = await fetch(Code?.Location ?? '')
    assert.equal((await zip.arrayBuffer()).byteLength, first.CodeSize)
  })
})

describe('a gateway that is started again', () => {
  test('runs functions with the layers that were deleted, and keeps no zip that nobody names', async (t) => {
    const dataDirectory = temporaryDirectory(t)
    const zips = () => readdirSync(join(dataDirectory, 'functions', 'zips')).length
    FunctionName = 'kept'
    LayerName = 'deps'
    {
      await using first = await startGateway({ dataDirectory })
      open(first.endpoint)
      const layer = await publishLayer(nodeModule('a', 'of the layer'))
      await publishLayer(nodeModule('a', 'nobody has it'), { LayerName: 'other' })
      await publishLayer(nodeModule('a', 'listed'), { LayerName: 'listed' })
      const index = (edition: string) => ({
        'index.js': `exports.handler = async () => ['${edition}', require('a')]`,
      })
      await create(index('version'), { Layers: [layer], Publish: true })
      for (const edition of ['forgotten', 'latest']) {
        const ZipFile = zipOf(index(edition))
        await client.send(new sdk.UpdateFunctionCodeCommand({ FunctionName, ZipFile }))
      }
      for (const name of [LayerName, 'other']) {
        const deleted = { LayerName: name, VersionNumber: 1 }
        await client.send(new sdk.DeleteLayerVersionCommand(deleted))
      }
      assert.equal(zips(), 6)
      client.destroy()
      await first.stop()
    }
    await using second = await startGateway({ dataDirectory })
    open(second.endpoint)
    assert.equal(zips(), 4)
    assert.deepEqual(await invoke('1'), ['version', 'of the layer'])
    assert.deepEqual(await invoke(), ['latest', 'of the layer'])
    const next = await publishLayer(nodeModule('a', 'next'))
    assert.match(next, /:deps:2$/)
    client.destroy()
  })
})

describe('the aws command', { skip: awsProgram === undefined }, () => {
  test('publishes a layer, lists it, tags a function and downloads its code', async (t) => {
    await using running = await startGateway({ arguments: ['--memory'] })
    const aws = awsCommand(running.endpoint)
    const folder = temporaryDirectory(t)
    const file = (name: string, bytes: Uint8Array): string => {
      writeFileSync(join(folder, name), bytes)
      return `fileb://${join(folder, name)}`
    }
    const code = zipOf({ 'index.js': `exports.handler = async () => require('a')` })
    const layer = await aws(
      'lambda publish-layer-version --layer-name deps --compatible-runtimes nodejs24.x ' +
        `--license-info MIT --zip-file ${file('layer.zip', zipOf(nodeModule('a', 'layer')))}`,
    )
    assert.equal(layer['Version'], 1)
    const byArn = `lambda get-layer-version-by-arn --arn ${String(layer['LayerVersionArn'])}`
    assert.equal((await aws(byArn))['LicenseInfo'], 'MIT')
    const { Layers } = await aws('lambda list-layers --compatible-runtime nodejs24.x')
    assert.ok(Array.isArray(Layers) && Layers.length === 1)
    const made = await aws(
      'lambda create-function --function-name tool --runtime nodejs24.x --handler index.handler ' +
        `--role arn:aws:iam::000000000000:role/run --zip-file ${file('code.zip', code)} ` +
        `--layers ${String(layer['LayerVersionArn'])}`,
    )
    await aws(`lambda tag-resource --resource ${String(made['FunctionArn'])} --tags team=shop`)
    const read = await aws('lambda get-function --function-name tool')
    assert.deepEqual(read['Tags'], { team: 'shop' })
    const { Location } = read['Code'] as { Location: string }
    const zip = await fetch(Location)
    assert.deepEqual(new Uint8Array(await zip.arrayBuffer()), new Uint8Array(code))
    await aws('lambda delete-layer-version --layer-name deps --version-number 1')
    assert.deepEqual((await aws('lambda list-layers'))['Layers'], [])
  })
})

/** A runtime that answers what the program prints that PATH finds. */
const toolRuntime = `#!${process.execPath}
const { execFileSync } = require('node:child_process')
const api = 'http://' + process.env.AWS_LAMBDA_RUNTIME_API + '/2018-06-01/runtime/invocation/'
const serve = async () => {
  const next = await fetch(api + 'next')
  const id = next.headers.get('lambda-runtime-aws-request-id')
  await next.arrayBuffer()
  await fetch(api + id + '/response', { method: 'POST', body: execFileSync('layer-tool') })
  return serve()
}
serve()
`

const run = promisify(execFile)

async function hasPython(): Promise<boolean> {
  return run('python3', ['--version']).then(
    () => true,
    () => false,
  )
}
