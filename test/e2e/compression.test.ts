import {
  CreateDeploymentCommand,
  CreateRestApiCommand,
  PutIntegrationCommand,
  PutMethodCommand,
  UpdateRestApiCommand,
  type APIGatewayClient,
} from '@aws-sdk/client-api-gateway'
import assert from 'node:assert/strict'
import { request } from 'node:http'
import { after, before, describe, test } from 'node:test'
import { deflateSync, gunzipSync, gzipSync, inflateSync } from 'node:zlib'
import { startHttpBackend, type HttpBackend } from '../support/http-backend.ts'
import { apiGatewayClient, startGateway, type RunningGateway } from '../support/running-gateway.ts'

const restApiId = 'compressed'
const megabyte = 1_048_576

interface Answer {
  readonly status: number
  readonly coding: string | undefined
  readonly bytes: Buffer
}

/** The endpoint tells what it got and sends as many bytes as it is asked for. */
function startEchoBackend(): Promise<HttpBackend> {
  return startHttpBackend((incoming, response) => {
    const pieces: Buffer[] = []
    incoming.on('data', (piece: Buffer) => pieces.push(piece))
    incoming.on('end', () => {
      const got = Buffer.concat(pieces)
      response.setHeader('x-got-bytes', got.length)
      response.setHeader('x-got-coding', incoming.headers['content-encoding'] ?? 'none')
      const asked = Number(new URL(incoming.url ?? '', 'http://x').searchParams.get('bytes') ?? -1)
      response.end(asked >= 0 ? Buffer.alloc(asked, 'answer ') : got)
    })
  })
}

describe('an API with minimumCompressionSize', () => {
  let backend: HttpBackend
  let gateway: RunningGateway
  let client: APIGatewayClient

  before(async () => {
    backend = await startEchoBackend()
    gateway = await startGateway({ arguments: ['--memory'] })
    client = apiGatewayClient(gateway.endpoint)
    const { rootResourceId } = await client.send(
      new CreateRestApiCommand({
        name: restApiId,
        tags: { _custom_id_: restApiId },
        minimumCompressionSize: 1_000,
      }),
    )
    const method = { restApiId, resourceId: rootResourceId, httpMethod: 'ANY' }
    await client.send(new PutMethodCommand({ ...method, authorizationType: 'NONE' }))
    const integrationHttpMethod = 'ANY'
    const uri = `http://127.0.0.1:${backend.port}/`
    await client.send(
      new PutIntegrationCommand({ ...method, type: 'HTTP_PROXY', integrationHttpMethod, uri }),
    )
    await deploy()
  })

  after(async () => {
    client.destroy()
    await gateway[Symbol.asyncDispose]()
    await backend[Symbol.asyncDispose]()
  })

  const deploy = () => client.send(new CreateDeploymentCommand({ restApiId, stageName: 'prod' }))

  function call(
    path: string,
    headers: Readonly<Record<string, string>>,
    body?: Uint8Array,
  ): Promise<Answer & { readonly headers: NodeJS.Dict<string | string[]> }> {
    const { port } = new URL(gateway.endpoint)
    return new Promise((resolve, reject) => {
      const options = {
        ...{ host: '127.0.0.1', port, path: `/prod${path}`, agent: false as const },
        method: body === undefined ? 'GET' : 'POST',
        headers: { host: `${restApiId}.execute-api.localhost:${port}`, ...headers },
      }
      const sent = request(options, (response) => {
        const pieces: Buffer[] = []
        response.on('data', (piece: Buffer) => pieces.push(piece))
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            coding: response.headers['content-encoding'],
            headers: response.headers,
            bytes: Buffer.concat(pieces),
          }),
        )
        response.on('error', reject)
      })
      sent.on('error', reject)
      sent.end(body)
    })
  }

  test('compresses long answers for who asks', async () => {
    const expected = Buffer.alloc(200_000, 'answer ')
    const gzip = await call('?bytes=200000', { 'accept-encoding': 'gzip, deflate, br' })
    assert.equal(gzip.coding, 'gzip')
    assert.ok(gzip.bytes.length < 20_000)
    assert.deepEqual(gunzipSync(gzip.bytes), expected)
    const deflate = await call('?bytes=200000', { 'accept-encoding': 'deflate' })
    assert.equal(deflate.coding, 'deflate')
    assert.deepEqual(inflateSync(deflate.bytes), expected)
    const plain = await call('?bytes=200000', {})
    assert.equal(plain.coding, undefined)
    assert.deepEqual(plain.bytes, expected)
  })

  test('leaves short answers as they are', async () => {
    const { coding, bytes } = await call('?bytes=999', { 'accept-encoding': 'gzip' })
    assert.equal(coding, undefined)
    assert.equal(bytes.length, 999)
  })

  test('decompresses requests before the endpoint sees them', async () => {
    for (const [coding, compress] of [
      ['gzip', gzipSync],
      ['deflate', deflateSync],
    ] as const) {
      for (const length of [50, 5 * megabyte]) {
        const content = Buffer.alloc(length, 'content ')
        const answer = await call('/', { 'content-encoding': coding }, compress(content))
        assert.equal(answer.status, 200)
        assert.equal(answer.headers['x-got-coding'], 'none')
        assert.deepEqual(answer.bytes, content)
      }
    }
  })

  test('refuses bad content and bombs, and goes on serving', async () => {
    const gzip = { 'content-encoding': 'gzip' }
    const bad = await call('/', gzip, Buffer.from('this is no gzip'))
    assert.equal(bad.status, 415)
    assert.equal(bad.bytes.toString(), '{"message":"Unsupported Media Type"}')
    const bomb = await call('/', gzip, gzipSync(Buffer.alloc(100 * megabyte)))
    assert.equal(bomb.status, 413)
    const good = await call('/', gzip, gzipSync(Buffer.from('good')))
    assert.equal(good.bytes.toString(), 'good')
  })

  test('stops compressing when a deployment without the size is made', async () => {
    const patchOperations = [{ op: 'replace' as const, path: '/minimumCompressionSize', value: '' }]
    await client.send(new UpdateRestApiCommand({ restApiId, patchOperations }))
    const before = await call('?bytes=5000', { 'accept-encoding': 'gzip' })
    assert.equal(before.coding, 'gzip')
    await deploy()
    const behind = await call('?bytes=5000', { 'accept-encoding': 'gzip' })
    assert.equal(behind.coding, undefined)
  })
})
