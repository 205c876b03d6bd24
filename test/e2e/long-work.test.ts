import {
  CreateDeploymentCommand,
  CreateRestApiCommand,
  PutIntegrationCommand,
  PutIntegrationResponseCommand,
  PutMethodCommand,
  PutMethodResponseCommand,
} from '@aws-sdk/client-api-gateway'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { apiGatewayClient, startGateway } from '../support/running-gateway.ts'

const restApiId = 'long123456'

/** MOCK: what a request holds comes back, by way of an override. */
const requestTemplate = `#set($root = $input.path('$'))
#set($context.responseOverride.header.count = "$root.x.size()")
{"statusCode": 200}`

test('a large body is read in another thread, as often as it comes', async () => {
  await using gateway = await startGateway({ arguments: ['--memory'] })
  const client = apiGatewayClient(gateway.endpoint)
  const api = await client.send(
    new CreateRestApiCommand({ name: 'long', tags: { _custom_id_: restApiId } }),
  )
  const method = { restApiId, resourceId: api.rootResourceId, httpMethod: 'POST' }
  await client.send(new PutMethodCommand({ ...method, authorizationType: 'NONE' }))
  const requestTemplates = { 'application/json': requestTemplate }
  await client.send(new PutIntegrationCommand({ ...method, type: 'MOCK', requestTemplates }))
  const answer = { ...method, statusCode: '200' }
  await client.send(new PutMethodResponseCommand(answer))
  const responseTemplates = { 'application/json': '{}' }
  await client.send(new PutIntegrationResponseCommand({ ...answer, responseTemplates }))
  await client.send(new CreateDeploymentCommand({ restApiId, stageName: 'prod' }))

  const url = `${gateway.endpoint}/_aws/execute-api/${restApiId}/prod/`
  const post = async (count: number) => {
    const body = JSON.stringify({ x: Array.from({ length: count }, (_, i) => i) })
    const headers = { 'Content-Type': 'application/json' }
    const response = await fetch(url, { method: 'POST', headers, body })
    await response.text()
    return [response.status, response.headers.get('count')]
  }
  const counts = [3, 400_000, 500_000, 5, 450_000, 7]
  const answers = await Promise.all(counts.map(post))
  assert.deepEqual(
    answers,
    counts.map((count) => [200, String(count)]),
  )
})
