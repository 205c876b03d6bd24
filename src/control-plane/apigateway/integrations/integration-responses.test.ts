import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { testApiGateway } from '../../../../test/support/api-gateway-context.ts'
import { putRootGet } from '../../../../test/support/definition-fixture.ts'
import { methodResponses } from '../methods/method-responses.ts'
import { integrationResponses } from './integration-responses.ts'
import { integrations } from './integrations.ts'

describe('integration responses', () => {
  test('stand beside each other, are put again, and go one by one', async () => {
    const { context } = testApiGateway()
    const address = await putRootGet(context, { withMock: true })
    const put = async (statusCode: string, selectionPattern: string) =>
      integrationResponses.PutIntegrationResponse(
        { ...address, statusCode, selectionPattern },
        context,
      )
    await put('500', '5\\d{2}')
    await put('200', '')
    assert.deepEqual(await put('500', '.*'), { statusCode: '500', selectionPattern: '.*' })
    const integration = await integrations.GetIntegration(address, context)
    assert.deepEqual(integration.integrationResponses, {
      '200': { statusCode: '200', selectionPattern: '' },
      '500': { statusCode: '500', selectionPattern: '.*' },
    })
    for (const statusCode of ['200', '500']) {
      await integrationResponses.DeleteIntegrationResponse({ ...address, statusCode }, context)
    }
    assert.ok(!('integrationResponses' in (await integrations.GetIntegration(address, context))))
  })

  test('that race for different statuses are all kept', async () => {
    const { context } = testApiGateway()
    const address = await putRootGet(context, { withMock: true })
    const statuses = ['200', '201', '202', '400', '500']
    await Promise.all(
      statuses.map(async (statusCode) =>
        integrationResponses.PutIntegrationResponse({ ...address, statusCode }, context),
      ),
    )
    const integration = await integrations.GetIntegration(address, context)
    assert.deepEqual(Object.keys(integration.integrationResponses ?? {}), statuses)
  })

  test('map headers that the response of the same status declares, not another', async () => {
    const { context } = testApiGateway()
    const address = await putRootGet(context, { withMock: true })
    const header = 'method.response.header.x'
    for (const [statusCode, declared] of [
      ['200', header],
      ['400', 'method.response.header.y'],
    ] as const) {
      await methodResponses.PutMethodResponse(
        { ...address, statusCode, responseParameters: { [declared]: false } },
        context,
      )
    }
    const put = async (statusCode: string) =>
      integrationResponses.PutIntegrationResponse(
        { ...address, statusCode, responseParameters: { [header]: 'context.requestId' } },
        context,
      )
    assert.deepEqual(await put('200'), {
      statusCode: '200',
      responseParameters: { [header]: 'context.requestId' },
    })
    await assert.rejects(put('400'), {
      message: /parameter specified: method.response.header.x\]$/,
    })
    await assert.rejects(put('500'), { message: /No method response exists for method\.\]$/ })
  })

  test('warn neither of what is enforced nor again of the integration', async () => {
    const { context, warned } = testApiGateway()
    const address = await putRootGet(context)
    await integrations.PutIntegration(
      {
        ...address,
        type: 'AWS_PROXY',
        integrationHttpMethod: 'POST',
        uri: 'arn:aws:apigateway:us-east-1:lambda:path/2021-11-15/functions/arn:aws:lambda:us-east-1:000000000000:function:stream/response-streaming-invocations',
        responseTransferMode: 'STREAM',
        credentials: 'arn:aws:iam::*:user/*',
      },
      context,
    )
    await integrationResponses.PutIntegrationResponse(
      { ...address, statusCode: '200', contentHandling: 'CONVERT_TO_BINARY' },
      context,
    )
    assert.deepEqual(
      warned.map(({ setting }) => setting),
      ['credentials=arn:aws:iam::*:user/*'],
    )
  })

  test('are not taken for what every object inherits', async () => {
    const { context } = testApiGateway()
    const address = await putRootGet(context, { withMock: true })
    for (const statusCode of ['constructor', '__proto__']) {
      const named = { ...address, statusCode }
      const refused = { message: 'Invalid Response status code specified' }
      await assert.rejects(integrationResponses.GetIntegrationResponse(named, context), refused)
      await assert.rejects(integrationResponses.DeleteIntegrationResponse(named, context), refused)
    }
  })
})
