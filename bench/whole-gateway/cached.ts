import {
  CreateDeploymentCommand,
  CreateResourceCommand,
  PutIntegrationCommand,
  PutMethodCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-api-gateway'
import { type BenchApi, type ComparedMethods, startCompared } from './stagedoor.ts'

/** HTTP_PROXY, from the stage's cache and not. */
export function startCached(core: number, upstreamPort: number): Promise<ComparedMethods> {
  const compared = { path: 'cached', name: "from the stage's cache" }
  return startCompared(core, compared, (api) => publish(api, upstreamPort))
}

async function publish(
  { client, restApiId, rootResourceId }: BenchApi,
  upstreamPort: number,
): Promise<void> {
  const key = 'method.request.querystring.limit'
  for (const pathPart of ['proxied', 'cached']) {
    const resource = { restApiId, parentId: rootResourceId, pathPart }
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
}
