import {
  CreateDeploymentCommand,
  CreateModelCommand,
  CreateRequestValidatorCommand,
  CreateRestApiCommand,
  PutGatewayResponseCommand,
  PutIntegrationCommand,
  PutMethodCommand,
  UpdateModelCommand,
} from '@aws-sdk/client-api-gateway'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startNamedBackend } from '../support/http-backend.ts'
import { apiGatewayClient, startGateway } from '../support/running-gateway.ts'

test('the official SDK makes models that refer to one another, and bodies must fit them', async () => {
  await using gateway = await startGateway({ arguments: ['--memory'] })
  await using backend = await startNamedBackend('pets')
  const client = apiGatewayClient(gateway.endpoint)
  const { id: restApiId = '', rootResourceId: resourceId } = await client.send(
    new CreateRestApiCommand({ name: 'pets' }),
  )
  const modelUrl = `https://apigateway.amazonaws.com/restapis/${restApiId}/models`
  const model = (name: string, schema: object) =>
    client.send(
      new CreateModelCommand({
        restApiId,
        name,
        contentType: 'application/json',
        schema: JSON.stringify(schema),
      }),
    )
  await model('Owner', { type: 'object', required: ['name'] })
  await model('Pet', {
    type: 'object',
    required: ['id'],
    properties: { id: { type: 'integer', minimum: 1 }, owner: { $ref: `${modelUrl}/Owner` } },
  })
  const { id: requestValidatorId } = await client.send(
    new CreateRequestValidatorCommand({ restApiId, name: 'body', validateRequestBody: true }),
  )
  const method = { restApiId, resourceId, httpMethod: 'POST' }
  const requestModels = { 'application/json': 'Pet' }
  await client.send(
    new PutMethodCommand({
      ...method,
      authorizationType: 'NONE',
      requestValidatorId,
      requestModels,
    }),
  )
  await client.send(
    new PutIntegrationCommand({
      ...method,
      type: 'HTTP_PROXY',
      integrationHttpMethod: 'POST',
      uri: `http://${backend.authority}/pets`,
    }),
  )
  await client.send(
    new PutGatewayResponseCommand({
      restApiId,
      responseType: 'BAD_REQUEST_BODY',
      responseTemplates: { 'text/plain': '$context.error.validationErrorString' },
    }),
  )
  const deploy = () => client.send(new CreateDeploymentCommand({ restApiId, stageName: 'prod' }))
  await deploy()
  const send = async (body: string, contentType = 'application/json') => {
    const response = await fetch(`${gateway.endpoint}/_aws/execute-api/${restApiId}/prod/`, {
      method: 'POST',
      headers: { 'Content-Type': contentType },
      body,
    })
    return { status: response.status, text: await response.text() }
  }
  const served = backend.count()
  const missing = (name: string) => ({
    status: 400,
    text: String.raw`[object has missing required properties ([\"${name}\"])]`,
  })
  assert.deepEqual(await send('{}'), missing('id'))
  assert.deepEqual(await send('{"id": 1, "owner": {}}'), missing('name'))
  assert.deepEqual(await send(''), {
    status: 400,
    text: '[Unknown error parsing request body]',
  })
  assert.equal(backend.count(), served)
  assert.equal((await send('{"id": 1, "owner": {"name": "Ann"}}')).status, 200)
  assert.equal((await send('{}', 'text/plain')).status, 200)

  await client.send(
    new UpdateModelCommand({
      restApiId,
      modelName: 'Owner',
      patchOperations: [{ op: 'replace', path: '/schema', value: '{"required":["phone"]}' }],
    }),
  )
  assert.equal((await send('{"id": 1, "owner": {"name": "Ann"}}')).status, 200)
  await deploy()
  assert.deepEqual(await send('{"id": 1, "owner": {"name": "Ann"}}'), missing('phone'))
  client.destroy()
})
