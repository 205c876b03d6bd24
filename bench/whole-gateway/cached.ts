import {
  APIGatewayClient,
  CreateDeploymentCommand,
  CreateResourceCommand,
  CreateRestApiCommand,
  PutIntegrationCommand,
  PutMethodCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-api-gateway'
import type { Running } from './proxies.ts'
import { startEmpty } from './stagedoor.ts'

/** Two methods of one stage in one process, with the same endpoint: HTTP_PROXY, from the stage's cache and not. */
export async function startCached(
  core: number,
  upstreamPort: number,
): Promise<{
  readonly proxied: Running
  readonly cached: Running
  stop(): Promise<void>
}> {
  const running = await startEmpty({ name: 'HTTP_PROXY' }, core)
  const { origin } = new URL(running.url)
  const restApiId = await publish(origin, upstreamPort)
  const below = `${origin}/_aws/execute-api/${restApiId}/bench`
  return {
    proxied: { ...running, url: `${below}/proxied?limit=10` },
    cached: { ...running, name: "from the stage's cache", url: `${below}/cached?limit=10` },
    stop: () => running.stop(),
  }
}

async function publish(endpoint: string, upstreamPort: number): Promise<string> {
  const client = new APIGatewayClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  })
  const api = await client.send(new CreateRestApiCommand({ name: 'cached' }))
  const restApiId = api.id ?? ''
  const key = 'method.request.querystring.limit'
  for (const pathPart of ['proxied', 'cached']) {
    const resource = { restApiId, parentId: api.rootResourceId, pathPart }
    const { id: resourceId } = await client.send(new CreateResourceCommand(resource))
    const method = { restApiId, resourceId, httpMethod: 'GET', authorizationType: 'NONE' }
    await client.send(new PutMethodCommand({ ...method, requestParameters: { [key]: false } }))
    await client.send(
      new PutIntegrationCommand({
        ...{ restApiId, resourceId, httpMethod: 'GET', type: 'HTTP_PROXY' },
        integrationHttpMethod: 'GET',
        uri: `http://127.0.0.1:${upstreamPort}/v1/item`,
        cacheKeyParameters: [key],
      }),
    )
  }
  const stage = { restApiId, stageName: 'bench' }
  await client.send(new CreateDeploymentCommand(stage))
  const patchOperations = [
    { op: 'replace' as const, path: '/cacheClusterEnabled', value: 'true' },
    { op: 'replace' as const, path: '/cacheClusterSize', value: '0.5' },
    { op: 'replace' as const, path: '/~1cached/GET/caching/enabled', value: 'true' },
    { op: 'replace' as const, path: '/~1cached/GET/caching/ttlInSeconds', value: '3600' },
  ]
  await client.send(new UpdateStageCommand({ ...stage, patchOperations }))
  return restApiId
}
