import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { testApiGateway } from '../../../../test/support/api-gateway-context.ts'
import { putRootGet } from '../../../../test/support/definition-fixture.ts'
import { ServiceError } from '../../../aws/service-error.ts'
import { methods } from '../methods/methods.ts'
import { integrations } from './integrations.ts'

const proxy = {
  type: 'HTTP_PROXY',
  integrationHttpMethod: 'ANY',
  uri: 'http://${stageVariables.backendUrl}/{proxy}',
} as const

describe('PutIntegration', () => {
  test('answers what GetIntegration and GetMethod answer later', async () => {
    const { context } = testApiGateway()
    const address = await putRootGet(context)
    const put = await integrations.PutIntegration(
      {
        ...address,
        ...proxy,
        requestParameters: { 'integration.request.header.x': "'1'" },
        requestTemplates: { 'application/json': '{}' },
        tlsConfig: { insecureSkipVerification: undefined },
      },
      context,
    )
    assert.deepEqual(put, {
      type: 'HTTP_PROXY',
      httpMethod: 'ANY',
      uri: 'http://${stageVariables.backendUrl}/{proxy}',
      connectionType: 'INTERNET',
      requestParameters: { 'integration.request.header.x': "'1'" },
      requestTemplates: { 'application/json': '{}' },
      passthroughBehavior: 'WHEN_NO_MATCH',
      timeoutInMillis: 29_000,
      cacheNamespace: address.resourceId,
      cacheKeyParameters: [],
      tlsConfig: {},
    })
    assert.deepEqual(await integrations.GetIntegration(address, context), put)
    assert.deepEqual((await methods.GetMethod(address, context)).methodIntegration, put)
  })

  test('takes a longer timeout when the quota was raised, and says the raised bound', async () => {
    const { context } = testApiGateway({ quotas: { integrationTimeoutMs: 120_000 } })
    const address = await putRootGet(context)
    const { timeoutInMillis } = await integrations.PutIntegration(
      { ...address, ...proxy, timeoutInMillis: 120_000 },
      context,
    )
    assert.equal(timeoutInMillis, 120_000)
    await assert.rejects(
      integrations.PutIntegration({ ...address, ...proxy, timeoutInMillis: 120_001 }, context),
      new ServiceError('BadRequestException', 400, 'Timeout should be between 50 ms and 120000 ms'),
    )
  })

  test('leaves the one that was there when it is refused', async () => {
    const { context } = testApiGateway()
    const address = await putRootGet(context, { withMock: true })
    const before = await integrations.GetIntegration(address, context)
    await assert.rejects(integrations.PutIntegration({ ...address, ...proxy, uri: '' }, context))
    assert.deepEqual(await integrations.GetIntegration(address, context), before)
  })

  test('refuses in order: verb, URI, credentials, connection, timeout, mappings', async () => {
    const { context } = testApiGateway()
    const address = await putRootGet(context)
    const wrong = [
      { integrationHttpMethod: '' },
      { uri: 'nosuch' },
      { credentials: 'nosuch' },
      { connectionType: 'VPC_LINK' as const },
      { timeoutInMillis: 1 },
      { requestParameters: { nosuch: 'nosuch' } },
    ]
    const refusals: string[] = []
    for (let first = 0; first < wrong.length; first += 1) {
      const input = Object.assign({ ...address, ...proxy }, ...wrong.slice(first))
      await integrations.PutIntegration(input, context).catch((error: Error) => {
        refusals.push(error.message.split(' ').slice(0, 2).join(' '))
      })
    }
    assert.deepEqual(refusals, [
      'Enumeration value',
      'Invalid HTTP',
      'Invalid ARN',
      'ConnectionId should',
      'Timeout should',
      'Invalid mapping',
    ])
  })

  test('warns of credentials that are kept and not run', async () => {
    const { context, warned } = testApiGateway()
    const address = await putRootGet(context)
    await integrations.PutIntegration(
      {
        ...address,
        type: 'AWS',
        integrationHttpMethod: 'POST',
        uri: 'arn:aws:apigateway:us-east-1:sqs:action/SendMessage',
        credentials: 'arn:aws:iam::*:user/*',
      },
      context,
    )
    assert.deepEqual(
      warned.map(({ setting, status, httpMethod }) => [setting, status, httpMethod]),
      [['credentials=arn:aws:iam::*:user/*', 'not-run', 'GET']],
    )
  })

  test('refuses to stream what does not pass through', async () => {
    const { context } = testApiGateway()
    const address = await putRootGet(context)
    await assert.rejects(
      integrations.PutIntegration(
        { ...address, type: 'MOCK', responseTransferMode: 'STREAM' },
        context,
      ),
      { code: 'BadRequestException' },
    )
  })
})

describe('DeleteIntegration', () => {
  test('leaves the method without one', async () => {
    const { context } = testApiGateway()
    const address = await putRootGet(context, { withMock: true })
    assert.deepEqual(await integrations.DeleteIntegration(address, context), {})
    assert.deepEqual(await methods.GetMethod(address, context), {
      httpMethod: 'GET',
      authorizationType: 'NONE',
      apiKeyRequired: false,
    })
    await assert.rejects(integrations.DeleteIntegration(address, context), {
      message: 'Invalid Integration identifier specified',
    })
  })
})
