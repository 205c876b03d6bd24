import {
  CreateDeploymentCommand,
  CreateResourceCommand,
  PutIntegrationCommand,
  type PutIntegrationCommandInput,
  PutIntegrationResponseCommand,
  PutMethodCommand,
  PutMethodResponseCommand,
} from '@aws-sdk/client-api-gateway'
import { type BenchApi, type ComparedMethods, startCompared } from './stagedoor.ts'

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

/** HTTP_PROXY, and HTTP with templates both ways. */
export function startTemplates(core: number, upstreamPort: number): Promise<ComparedMethods> {
  const compared = { path: 'templated', name: 'HTTP with templates' }
  return startCompared(core, compared, (api) => publish(api, upstreamPort))
}

async function publish(
  { client, restApiId, rootResourceId }: BenchApi,
  upstreamPort: number,
): Promise<void> {
  const addMethod = async (
    pathPart: string,
    integration: Pick<PutIntegrationCommandInput, 'type' | 'requestTemplates'>,
  ) => {
    const resource = { restApiId, parentId: rootResourceId, pathPart }
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
}
