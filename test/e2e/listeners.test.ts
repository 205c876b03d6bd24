import assert from 'node:assert/strict'
import { createServer, type AddressInfo } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { startNamedBackend, type HttpBackend } from '../support/http-backend.ts'
import { publishProxy, startLocalGateway, type LocalGateway } from '../support/local-gateway.ts'
import { connectRaw } from '../support/raw-client.ts'
import { apiGatewayClient } from '../support/running-gateway.ts'

const restApiId = 'proxy12345'
const portOf = (url: string | undefined) => Number(new URL(url ?? '').port)

/** Status line and body of one request, sent as it stands. */
async function say(port: number, target: string, host: string, ...fields: string[]) {
  using client = await connectRaw(port)
  const lines = [`Host: ${host}`, 'Connection: close', ...fields]
  client.send(`GET ${target} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`)
  const received = await client.untilClosed()
  const [head = '', ...body] = received.split('\r\n\r\n')
  return { status: Number(head.split(' ')[1]), head, body: body.join('\r\n\r\n') }
}

describe('a gateway with --gateway-listen', () => {
  let backend: HttpBackend
  let gateway: LocalGateway
  let main = 0
  let alone = 0

  before(async () => {
    backend = await startNamedBackend('shop')
    gateway = await startLocalGateway({ gatewayListen: '127.0.0.1:0' })
    main = portOf(gateway.url)
    alone = portOf(gateway.gatewayUrl)
    await publishProxy(apiGatewayClient(gateway.url), backend, restApiId)
  })

  after(async () => {
    await gateway.close()
    await backend[Symbol.asyncDispose]()
  })

  const forms: readonly [target: string, host: string][] = [
    [`/_aws/execute-api/${restApiId}/prod/`, '127.0.0.1'],
    [`/restapis/${restApiId}/prod/_user_request_/`, '127.0.0.1'],
    ['/prod/', `${restApiId}.execute-api.localhost:4566`],
    ['/prod', `${restApiId}.execute-api.us-east-1.amazonaws.com`],
    ['/prod', `${restApiId}.execute-api.localhost.localstack.cloud:4566`],
    [`http://${restApiId}.execute-api.localhost/prod`, 'somewhere.example'],
  ]
  for (const [target, host] of forms) {
    test(`serves a stage at ${host} ${target}, on both addresses`, async () => {
      for (const port of [main, alone]) {
        const { status, body } = await say(port, target, host)
        assert.equal(status, 200, body)
        assert.equal(JSON.parse(body).name, 'shop')
      }
    })
  }

  const others: readonly [target: string, host: string][] = [
    ['/restapis', '127.0.0.1'],
    ['/', '127.0.0.1'],
    ['/_stagedoor/health', '127.0.0.1'],
    ['/_stagedoor/ready', '127.0.0.1'],
    ['/_stagedoor/metrics', '127.0.0.1'],
    ['/_stagedoor/reset', '127.0.0.1'],
    ['/_stagedoor/console', '127.0.0.1'],
    [`/_stagedoor/functions/code/${'0a'.repeat(32)}`, '127.0.0.1'],
    ['/_stagedoor/functions', '127.0.0.1'],
    ['/_stagedoor/requests', '127.0.0.1'],
    ['/2015-03-31/functions', '127.0.0.1'],
    ['/2015-03-31/functions/greet/invocations', 'lambda.us-east-1.amazonaws.com'],
    ['/_localstack/health', '127.0.0.1'],
    ['/restapis', 'apigateway.us-east-1.amazonaws.com'],
    ['http://127.0.0.1/_stagedoor/health', `${restApiId}.execute-api.localhost`],
  ]
  for (const [target, host] of others) {
    test(`carries nothing else on execute-api's own: ${host} ${target}`, async () => {
      const signature =
        'Authorization: AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/apigateway/aws4_request'
      const { status, head, body } = await say(alone, target, host, signature)
      assert.equal(status, 403)
      assert.equal(body, '{"message":"Forbidden"}')
      assert.match(head, /^x-amzn-ErrorType: ForbiddenException$/im)
    })
  }

  const belowAnApi = ['/restapis', '/_stagedoor/health', '/_stagedoor/reset', '/_localstack/health']
  for (const target of belowAnApi) {
    test(`takes ${target} under an API's own name for one of its stages`, async () => {
      for (const port of [main, alone]) {
        const { status, body } = await say(port, target, `${restApiId}.execute-api.localhost`)
        assert.equal(status, 403)
        assert.equal(body, '{"message":"Forbidden"}')
      }
    })
  }
})

describe('a gateway whose address is taken', () => {
  test('does not start, and leaves nothing behind', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    try {
      // A TCP server that listens has an AddressInfo.
      const { port } = other.address() as AddressInfo
      await assert.rejects(startLocalGateway({ port: String(port) }), /--host and --port/)
      await assert.rejects(
        startLocalGateway({ gatewayListen: `127.0.0.1:${port}` }),
        /--gateway-listen/,
      )
    } finally {
      await new Promise((resolve) => other.close(resolve))
    }
  })
})
