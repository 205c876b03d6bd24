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
import { CreateFunctionCommand } from '@aws-sdk/client-lambda'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { serviceKey, startAwsServiceServer } from '../support/aws-service-server.ts'
import { startLocalGateway, untilFailureLogged } from '../support/local-gateway.ts'
import { apiGatewayClient } from '../support/running-gateway.ts'
import { lambdaClient } from '../support/staged-function.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { zipOf } from '../support/zip.ts'

const role = 'arn:aws:iam::000000000000:role/gateway'

/** An AWS integration behind `ANY /call/{name}` with a response for 200 and one for the rest; not deployed. */
async function putService(url: string, members: Partial<PutIntegrationCommandInput>) {
  const client = apiGatewayClient(url)
  const { id: restApiId, rootResourceId } = await client.send(
    new CreateRestApiCommand({ name: 'services' }),
  )
  const { id: parentId } = await client.send(
    new CreateResourceCommand({ restApiId, parentId: rootResourceId, pathPart: 'call' }),
  )
  const { id: resourceId } = await client.send(
    new CreateResourceCommand({ restApiId, parentId, pathPart: '{name}' }),
  )
  const method = { restApiId, resourceId, httpMethod: 'ANY' }
  await client.send(
    new PutMethodCommand({
      ...method,
      authorizationType: 'NONE',
      requestParameters: {
        'method.request.path.name': true,
        'method.request.querystring.q': false,
      },
    }),
  )
  await client.send(
    new PutIntegrationCommand({
      ...{ ...method, type: 'AWS', integrationHttpMethod: 'POST', credentials: role },
      ...members,
    }),
  )
  for (const [statusCode, selectionPattern] of [
    ['200', undefined],
    ['502', '[45]\\d\\d'],
  ] as const) {
    await client.send(new PutMethodResponseCommand({ ...method, statusCode }))
    await client.send(
      new PutIntegrationResponseCommand({ ...method, statusCode, selectionPattern }),
    )
  }
  return {
    deploy: () => client.send(new CreateDeploymentCommand({ restApiId, stageName: 'prod' })),
    call: async (path: string, init?: RequestInit, at = url) => {
      const answer = await fetch(`${at}/_aws/execute-api/${restApiId}/prod/call/${path}`, init)
      return { status: answer.status, body: await answer.text() }
    },
  }
}

test('integrations call AWS services, signed so that the SDK finds nothing wrong', async (t) => {
  const server = await startAwsServiceServer(t, ({ target }) =>
    target.includes('missing')
      ? { status: 400, body: '{"__type":"ResourceNotFoundException"}' }
      : { status: 200, body: '{"Item":{"id":{"S":"7"}}}' },
  )
  const gateway = await startLocalGateway(
    { awsEndpoint: [`dynamodb=${server.url}`, `*=${server.url}`], awsRole: [`${role}=ORDERS`] },
    {},
    {
      ORDERS_AWS_ACCESS_KEY_ID: serviceKey.accessKeyId,
      ORDERS_AWS_SECRET_ACCESS_KEY: serviceKey.secretAccessKey,
      ORDERS_AWS_SESSION_TOKEN: 'token/of+session==',
    },
  )
  t.after(() => gateway.close())

  const items = await putService(gateway.url, {
    uri: 'arn:aws:apigateway:eu-west-1:dynamodb:action/GetItem',
    requestTemplates: {
      'application/json': '{"TableName": "pets", "Key": {"id": {"S": "$input.params(\'name\')"}}}',
    },
  })
  await items.deploy()
  assert.deepEqual(await items.call('7'), { status: 200, body: '{"Item":{"id":{"S":"7"}}}' })
  const [get] = server.calls
  assert.deepEqual(
    [get?.service, get?.region, get?.target, get?.body],
    [
      'dynamodb',
      'eu-west-1',
      '/?Action=GetItem',
      '{"TableName": "pets", "Key": {"id": {"S": "7"}}}',
    ],
  )
  assert.equal(get?.headers['x-amz-target'], 'DynamoDB_20120810.GetItem')
  assert.equal(get?.headers['x-amz-security-token'], 'token/of+session==')

  // Paths and queries that are easily signed wrong, of a service that encodes twice and of one that does not.
  for (const service of ['sagemaker', 's3']) {
    const odd = await putService(gateway.url, {
      integrationHttpMethod: 'PUT',
      uri: `arn:aws:apigateway:us-east-1:${service}:path/a b!/{name}?list-type=2&x=1+2&y=%2F`.replace(
        'a b!',
        "a%20b!'()*",
      ),
      requestParameters: {
        'integration.request.path.name': 'method.request.path.name',
        'integration.request.querystring.q': 'method.request.querystring.q',
        'integration.request.header.X-Amz-Meta-Name': "'  a   b '",
      },
    })
    await odd.deploy()
    for (const path of ['caf%C3%A9+1', 'a%2Fb', '100%25', 'a=b&c', "it's(*)!~"]) {
      const { status, body } = await odd.call(`${path}?q=a%26b`, { method: 'PUT', body: 'é' })
      assert.equal(status, 200, `${service} ${path}: ${body} ${server.calls.at(-1)?.target}`)
    }
  }
  const missing = await items.call('missing')
  assert.equal(missing.status, 200)
  const failing = await putService(gateway.url, {
    uri: 'arn:aws:apigateway:us-east-1:sns:action/Publish&TopicArn=missing',
  })
  await failing.deploy()
  assert.deepEqual(await failing.call('x', { method: 'POST', body: '{}' }), {
    status: 502,
    body: '{"__type":"ResourceNotFoundException"}',
  })
})

test('integrations call the Lambda API of the server itself', async (t) => {
  const gateway = await startLocalGateway({ workers: '2' })
  t.after(() => gateway.close())
  await lambdaClient(gateway.url).send(
    new CreateFunctionCommand({
      ...{ FunctionName: 'greet', Runtime: 'nodejs24.x', Handler: 'index.handler', Role: role },
      Code: { ZipFile: zipOf({ 'index.mjs': 'export const handler = () => ({})' }) },
    }),
  )
  const list = await putService(gateway.url, {
    integrationHttpMethod: 'GET',
    uri: 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/',
  })
  await list.deploy()
  const { status, body } = await list.call('x')
  assert.equal(status, 200)
  const { Functions } = JSON.parse(body) as { Functions: { FunctionName: string }[] }
  assert.deepEqual(
    Functions.map(({ FunctionName }) => FunctionName),
    ['greet'],
  )
})

test('a service that nobody said how to call is refused when it is deployed', async (t) => {
  const gateway = await startLocalGateway({ awsEndpoint: ['dynamodb=aws'] })
  t.after(() => gateway.close())
  for (const [service, expected] of [
    ['sqs', /^Integration of ANY \/call\/\{name\} cannot be run: .*--aws-endpoint sqs=URL/],
    ['dynamodb', /Nobody signs for the role .*--aws-role/],
  ] as const) {
    const put = await putService(gateway.url, {
      uri: `arn:aws:apigateway:us-east-1:${service}:action/List`,
    })
    await assert.rejects(put.deploy(), { name: 'BadRequestException', message: expected })
  }
})

test('what is deployed and cannot be called any more answers 500, and the start says so', async (t) => {
  const dataDir = temporaryDirectory(t)
  const flags = { memory: false, dataDir }
  const server = await startAwsServiceServer(t, () => ({ status: 200, body: '{}' }))
  const before = await startLocalGateway(
    { ...flags, awsEndpoint: [`sqs=${server.url}`], awsRole: [`${role}=environment`] },
    {},
    {
      AWS_ACCESS_KEY_ID: serviceKey.accessKeyId,
      AWS_SECRET_ACCESS_KEY: serviceKey.secretAccessKey,
    },
  )
  const queue = await putService(before.url, {
    uri: 'arn:aws:apigateway:us-east-1:sqs:action/ListQueues',
  })
  await queue.deploy()
  assert.equal((await queue.call('x', { method: 'POST' })).status, 200)
  await before.close()

  const after = await startLocalGateway(flags)
  t.after(() => after.close())
  const { status } = await queue.call('x', { method: 'POST' }, after.url)
  assert.equal(status, 500)
  const method = 'ANY /call/{name}'
  await untilFailureLogged(after, { method, detail: '--aws-endpoint sqs=URL' })
  const told = after.lines.find(({ event }) => event === 'aws-service-out-of-reach')
  assert.equal(told?.fields['method'], method)
  assert.match(String(told?.fields['detail']), /--aws-endpoint sqs=URL/)
})
