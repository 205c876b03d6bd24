import {
  CreateDeploymentCommand,
  CreateResourceCommand,
  CreateRestApiCommand,
  PutIntegrationCommand,
  PutIntegrationResponseCommand,
  PutMethodCommand,
  PutMethodResponseCommand,
  type PutIntegrationCommandInput,
} from '@aws-sdk/client-api-gateway'
import { apiGatewayClient } from './running-gateway.ts'

/** An endpoint behind every path and verb of an API. */
export interface EndpointToPublish {
  readonly restApiId: string
  /** `http://127.0.0.1:PORT`; the path below the stage is added. */
  readonly origin: string
  /** HTTP_PROXY unless said; HTTP gets one response, 200. */
  readonly type?: 'HTTP_PROXY' | 'HTTP'
  readonly members?: Partial<PutIntegrationCommandInput>
  /** A mapping of the response of HTTP reads the whole body. */
  readonly readsBody?: boolean
}

/** Publishes the API on the stage `prod`; it is served at the host this returns. */
export async function publishEndpoint(
  gatewayUrl: string,
  { restApiId, origin, type = 'HTTP_PROXY', members = {}, readsBody = false }: EndpointToPublish,
): Promise<string> {
  const client = apiGatewayClient(gatewayUrl)
  const { rootResourceId: parentId } = await client.send(
    new CreateRestApiCommand({ name: restApiId, tags: { _custom_id_: restApiId } }),
  )
  const { id: resourceId } = await client.send(
    new CreateResourceCommand({ restApiId, parentId, pathPart: '{proxy+}' }),
  )
  const method = { restApiId, resourceId, httpMethod: 'ANY' }
  await client.send(
    new PutMethodCommand({
      ...method,
      authorizationType: 'NONE',
      requestParameters: { 'method.request.path.proxy': true },
    }),
  )
  await client.send(
    new PutIntegrationCommand({
      ...method,
      type,
      integrationHttpMethod: 'ANY',
      uri: `${origin}/{proxy}`,
      requestParameters: { 'integration.request.path.proxy': 'method.request.path.proxy' },
      ...members,
    }),
  )
  if (type === 'HTTP') {
    const ok = { ...method, statusCode: '200' }
    const header = 'method.response.header.x-body'
    await client.send(
      new PutMethodResponseCommand({ ...ok, responseParameters: { [header]: true } }),
    )
    const mapped = readsBody ? { [header]: 'integration.response.body' } : {}
    await client.send(new PutIntegrationResponseCommand({ ...ok, responseParameters: mapped }))
  }
  await client.send(new CreateDeploymentCommand({ restApiId, stageName: 'prod' }))
  client.destroy()
  return `${restApiId}.execute-api.localhost`
}
