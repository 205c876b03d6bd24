import { CreateDeploymentCommand, UpdateRestApiCommand } from '@aws-sdk/client-api-gateway'
import assert from 'node:assert/strict'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test, type TestContext } from 'node:test'
import { startLocalGateway } from '../support/local-gateway.ts'
import { publishEndpoint } from '../support/published-endpoint.ts'
import { apiGatewayClient } from '../support/running-gateway.ts'

/** A backend that hands each request's answer to the test, by path. */
async function startBackend(
  t: TestContext,
  answers: Readonly<Record<string, (response: ServerResponse) => void>>,
): Promise<string> {
  const server = createServer((request, response) => {
    answers[request.url ?? '']?.(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  // A TCP server that listens has an AddressInfo.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('a streamed response goes to the client piece by piece, whatever its length', async (t) => {
  const piece = Buffer.alloc(1_048_576, 'x')
  const pieces = Promise.withResolvers<ServerResponse>()
  const broken = Promise.withResolvers<void>()
  const origin = await startBackend(t, {
    '/pieces': (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write('one')
      pieces.resolve(response)
    },
    '/long': (response) => {
      for (let i = 0; i < 12; i += 1) response.write(piece)
      response.end()
    },
    '/endless': (response) => {
      response.write('one')
      response.once('close', broken.resolve)
    },
  })
  const gateway = await startLocalGateway()
  t.after(() => gateway.close())
  const publish = async (restApiId: string, timeoutInMillis: number) => {
    const members = { responseTransferMode: 'STREAM', timeoutInMillis } as const
    await publishEndpoint(gateway.url, { restApiId, origin, members })
    const headers = { 'accept-encoding': 'gzip' }
    return (path: string) =>
      fetch(`${gateway.url}/_aws/execute-api/${restApiId}/prod${path}`, { headers })
  }
  const client = apiGatewayClient(gateway.url)
  const ask = await publish('stream1234', 900_000)
  await client.send(
    new UpdateRestApiCommand({
      restApiId: 'stream1234',
      patchOperations: [{ op: 'replace', path: '/minimumCompressionSize', value: '0' }],
    }),
  )
  await client.send(new CreateDeploymentCommand({ restApiId: 'stream1234', stageName: 'prod' }))
  client.destroy()

  const answer = await ask('/pieces')
  const reader = answer.body?.getReader()
  const next = async () => Buffer.from((await reader?.read())?.value ?? []).toString()
  assert.equal(await next(), 'one')
  // The endpoint goes on only now: what came had not waited for it.
  const response = await pieces.promise
  response.write('two')
  assert.equal(await next(), 'two')
  response.end()
  assert.equal(await next(), '')
  assert.equal(answer.headers.get('content-encoding'), null)

  const long = await ask('/long')
  assert.equal((await long.arrayBuffer()).byteLength, 12 * piece.length)

  const brief = await publish('stream5678', 200)
  const endless = await brief('/endless')
  assert.equal(endless.status, 200)
  await assert.rejects(endless.text())
  await broken.promise
})
