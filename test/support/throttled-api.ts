import {
  CreateDeploymentCommand,
  CreateRestApiCommand,
  PutIntegrationCommand,
  PutIntegrationResponseCommand,
  PutMethodCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-api-gateway'
import { apiGatewayClient } from './running-gateway.ts'

/** Requests a second, and requests at once. */
export interface Throttle {
  readonly rate: number
  readonly burst: number
}

/**
 * Publishes an API whose one method is limited so, under an id of its own, so that it is the same API on every
 * gateway; answers the method's URL.
 */
export async function publishThrottled(
  endpoint: string,
  { rate, burst }: Throttle,
  restApiId = 'throttled1',
): Promise<string> {
  const client = apiGatewayClient(endpoint)
  const { rootResourceId: resourceId } = await client.send(
    new CreateRestApiCommand({ name: 'throttled', tags: { _custom_id_: restApiId } }),
  )
  const method = { restApiId, resourceId, httpMethod: 'GET' }
  await client.send(new PutMethodCommand({ ...method, authorizationType: 'NONE' }))
  const requestTemplates = { 'application/json': '{"statusCode": 200}' }
  await client.send(new PutIntegrationCommand({ ...method, type: 'MOCK', requestTemplates }))
  await client.send(new PutIntegrationResponseCommand({ ...method, statusCode: '200' }))
  await client.send(new CreateDeploymentCommand({ restApiId, stageName: 'prod' }))
  const patchOperations = [
    { op: 'replace' as const, path: '/*/*/throttling/rateLimit', value: String(rate) },
    { op: 'replace' as const, path: '/*/*/throttling/burstLimit', value: String(burst) },
  ]
  await client.send(new UpdateStageCommand({ restApiId, stageName: 'prod', patchOperations }))
  return `${endpoint}/_aws/execute-api/${restApiId}/prod/`
}
