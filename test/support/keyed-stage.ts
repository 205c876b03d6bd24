import * as sdk from '@aws-sdk/client-api-gateway'

/**
 * Makes an API whose stage `prod` has one method, GET of its root, which requires a key and answers 200 with
 * what the template prints. Gives its id.
 */
export async function createKeyedStage(
  client: sdk.APIGatewayClient,
  more: { readonly tags?: Record<string, string>; readonly template?: string } = {},
): Promise<string> {
  const { tags, template } = more
  const api = await client.send(new sdk.CreateRestApiCommand({ name: 'shop', tags }))
  const restApiId = api.id ?? ''
  const method = { restApiId, resourceId: api.rootResourceId ?? '', httpMethod: 'GET' }
  const opened = { ...method, authorizationType: 'NONE', apiKeyRequired: true }
  await client.send(new sdk.PutMethodCommand(opened))
  const requestTemplates = { 'application/json': '{"statusCode": 200}' }
  await client.send(new sdk.PutIntegrationCommand({ ...method, type: 'MOCK', requestTemplates }))
  const answer = { ...method, statusCode: '200' }
  await client.send(new sdk.PutMethodResponseCommand(answer))
  const responseTemplates = template === undefined ? undefined : { 'application/json': template }
  await client.send(new sdk.PutIntegrationResponseCommand({ ...answer, responseTemplates }))
  await client.send(new sdk.CreateDeploymentCommand({ restApiId, stageName: 'prod' }))
  return restApiId
}
