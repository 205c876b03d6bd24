import {
  CreateDeploymentCommand,
  CreateResourceCommand,
  CreateRestApiCommand,
  PutIntegrationCommand,
  PutIntegrationResponseCommand,
  PutMethodCommand,
  PutMethodResponseCommand,
  UpdateIntegrationResponseCommand,
} from '@aws-sdk/client-api-gateway'
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { apiGatewayClient, startGateway } from '../support/running-gateway.ts'

const json = 'application/json'

describe('mapping templates by the official client', () => {
  test('are put, updated, deployed and rendered; one that is none is told of at once', async () => {
    await using gateway = await startGateway()
    const client = apiGatewayClient(gateway.endpoint)
    const api = await client.send(new CreateRestApiCommand({ name: 'templates' }))
    const { id: restApiId, rootResourceId: parentId } = api
    const resource = { restApiId, parentId, pathPart: '{name}' }
    const { id: resourceId } = await client.send(new CreateResourceCommand(resource))
    const method = { restApiId, resourceId, httpMethod: 'POST' }
    const ok = { ...method, statusCode: '200' }
    await client.send(new PutMethodCommand({ ...method, authorizationType: 'NONE' }))
    await client.send(new PutMethodResponseCommand(ok))
    await client.send(
      new PutIntegrationCommand({
        ...method,
        type: 'MOCK',
        requestTemplates: {
          [json]: `#set($context.responseOverride.header.X-Kind = $input.path('$.kind')){"statusCode": 200}`,
        },
      }),
    )
    await client.send(
      new PutIntegrationResponseCommand({
        ...ok,
        responseTemplates: { [json]: '{"hello": "$input.params(\'name\')"}' },
      }),
    )
    const deploy = () =>
      client.send(
        new CreateDeploymentCommand({
          restApiId,
          stageName: 'prod',
          variables: { planet: 'Mars' },
        }),
      )
    const respond = async () => {
      const url = `${gateway.endpoint}/_aws/execute-api/${restApiId}/prod/world`
      const headers = { 'content-type': json }
      const response = await fetch(url, { method: 'POST', headers, body: '{"kind": "cat"}' })
      return [response.status, response.headers.get('x-kind'), await response.text()]
    }
    const answerWith = (value: string) =>
      client.send(
        new UpdateIntegrationResponseCommand({
          ...ok,
          patchOperations: [{ op: 'replace', path: '/responseTemplates/application~1json', value }],
        }),
      )

    await deploy()
    assert.deepEqual(await respond(), [200, 'cat', '{"hello": "world"}'])

    await answerWith('#set($context.responseOverride.status = 418)$stageVariables.planet')
    await deploy()
    assert.deepEqual(await respond(), [418, 'cat', 'Mars'])

    await answerWith('{\n  #foreach($x in [1..3])\n}')
    await deploy()
    await gateway.printed(/responseTemplates, application\/json: line 3, column \d+: #end/)
    const [status] = await respond()
    assert.equal(status, 500)
  })
})
