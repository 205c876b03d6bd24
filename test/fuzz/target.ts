import {
  CreateDeploymentCommand,
  CreateResourceCommand,
  CreateRestApiCommand,
  PutIntegrationCommand,
  PutMethodCommand,
} from '@aws-sdk/client-api-gateway'
import assert from 'node:assert/strict'
import { startNamedBackend } from '../support/http-backend.ts'
import { apiGatewayClient, type RunningGateway } from '../support/running-gateway.ts'

/** Publishes the API that the fuzzer's requests name, with a real endpoint behind it. */
export async function publishFuzzTarget(gateway: RunningGateway): Promise<{
  readonly port: number
  /** The gateway still serves, no worker died, and no connection is left. */
  assertUnharmed(): Promise<void>
}> {
  const backend = await startNamedBackend('fuzz')
  const client = apiGatewayClient(gateway.endpoint)
  const restApiId = 'fuzz123456'
  const api = await client.send(
    new CreateRestApiCommand({ name: 'fuzz', tags: { _custom_id_: restApiId } }),
  )
  const resource = await client.send(
    new CreateResourceCommand({ restApiId, parentId: api.rootResourceId, pathPart: '{proxy+}' }),
  )
  const method = { restApiId, resourceId: resource.id, httpMethod: 'ANY' }
  await client.send(new PutMethodCommand({ ...method, authorizationType: 'NONE' }))
  await client.send(
    new PutIntegrationCommand({
      ...method,
      type: 'HTTP_PROXY',
      integrationHttpMethod: 'ANY',
      uri: 'http://${stageVariables.backend}/',
    }),
  )
  const variables = { backend: backend.authority }
  await client.send(new CreateDeploymentCommand({ restApiId, stageName: 'prod', variables }))
  const url = `${gateway.endpoint}/_aws/execute-api/${restApiId}/prod/items/1`
  const isServed = async () => {
    const answer = await fetch(url)
    await answer.text()
    return answer.status
  }
  assert.equal(await isServed(), 200)
  return {
    port: Number(new URL(gateway.endpoint).port),
    assertUnharmed: async () => {
      assert.equal(await isServed(), 200)
      const metrics = await (await fetch(`${gateway.endpoint}/_stagedoor/metrics`)).text()
      const log = gateway.output().match(/^.*"event":"worker-.*$/gm) ?? []
      assert.match(metrics, /^stagedoor_worker_replacements_total 0$/m, log.join('\n'))
      await backend[Symbol.asyncDispose]()
    },
  }
}
