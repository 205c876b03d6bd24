import {
  APIGatewayClient,
  CreateDeploymentCommand,
  CreateResourceCommand,
  CreateRestApiCommand,
  PutIntegrationCommand,
  type PutIntegrationCommandInput,
  PutIntegrationResponseCommand,
  PutMethodCommand,
  PutMethodResponseCommand,
} from '@aws-sdk/client-api-gateway'
import type { Running } from './proxies.ts'
import { startEmpty } from './stagedoor.ts'

/** What a method usually does: it takes members of the body, of the query and of the request. */
const requestTemplate = `#set($root = $input.path('$'))
{
  "text": "$root.text",
  "limit": "$input.params('limit')",
  "stage": "$context.stage",
  "requestId": "$context.requestId",
  "tags": [#foreach($tag in $root.tags)"$tag"#if($foreach.hasNext), #end#end]
}`
const responseTemplate = `#set($root = $input.path('$'))
{
  "message": "$util.escapeJavaScript($root.message)",
  "stage": "$context.stage",
  "whole": $input.json('$')
}`

/** Two methods of one stage in one process, with the same endpoint: HTTP_PROXY, and HTTP with templates both ways. */
export async function startTemplates(
  core: number,
  upstreamPort: number,
): Promise<{
  readonly proxied: Running
  readonly templated: Running
  stop(): Promise<void>
}> {
  const running = await startEmpty({ name: 'HTTP_PROXY' }, core)
  const { origin } = new URL(running.url)
  const restApiId = await publish(origin, upstreamPort)
  const below = `${origin}/_aws/execute-api/${restApiId}/bench`
  return {
    proxied: { ...running, url: `${below}/proxied?limit=10` },
    templated: { ...running, name: 'HTTP with templates', url: `${below}/templated?limit=10` },
    stop: () => running.stop(),
  }
}

async function publish(endpoint: string, upstreamPort: number): Promise<string> {
  const client = new APIGatewayClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  })
  const api = await client.send(new CreateRestApiCommand({ name: 'templates' }))
  const restApiId = api.id ?? ''
  const addMethod = async (
    pathPart: string,
    integration: Pick<PutIntegrationCommandInput, 'type' | 'requestTemplates'>,
  ) => {
    const resource = { restApiId, parentId: api.rootResourceId, pathPart }
    const { id: resourceId } = await client.send(new CreateResourceCommand(resource))
    const method = { restApiId, resourceId, httpMethod: 'POST' }
    await client.send(new PutMethodCommand({ ...method, authorizationType: 'NONE' }))
    const uri = `http://127.0.0.1:\${stageVariables.port}/${pathPart}`
    const integrationHttpMethod = 'POST'
    await client.send(
      new PutIntegrationCommand({ ...method, integrationHttpMethod, uri, ...integration }),
    )
    return method
  }
  await addMethod('proxied', { type: 'HTTP_PROXY' })
  const requestTemplates = { 'application/json': requestTemplate }
  const templated = await addMethod('templated', { type: 'HTTP', requestTemplates })
  const answer = { ...templated, statusCode: '200' }
  await client.send(new PutMethodResponseCommand(answer))
  const responseTemplates = { 'application/json': responseTemplate }
  await client.send(new PutIntegrationResponseCommand({ ...answer, responseTemplates }))
  const variables = { port: String(upstreamPort) }
  await client.send(new CreateDeploymentCommand({ restApiId, stageName: 'bench', variables }))
  return restApiId
}
