import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { testApiGateway } from '../../../../test/support/api-gateway-context.ts'
import { putRootGet } from '../../../../test/support/definition-fixture.ts'
import { methodResponses } from './method-responses.ts'
import { methods } from './methods.ts'

describe('method responses', () => {
  test('of several statuses stand beside each other and go one by one', async () => {
    const { context } = testApiGateway()
    const address = await putRootGet(context)
    for (const statusCode of ['404', '200', '500']) {
      await methodResponses.PutMethodResponse({ ...address, statusCode }, context)
    }
    const one = { ...address, statusCode: '404' }
    assert.deepEqual(await methodResponses.GetMethodResponse(one, context), { statusCode: '404' })
    assert.deepEqual(await methodResponses.DeleteMethodResponse(one, context), {})
    const method = await methods.GetMethod(address, context)
    assert.deepEqual(method.methodResponses, {
      '200': { statusCode: '200' },
      '500': { statusCode: '500' },
    })
    await assert.rejects(methodResponses.GetMethodResponse(one, context), {
      code: 'NotFoundException',
      message: 'Invalid Response status code specified',
    })
  })

  test('are not taken for what every object inherits', async () => {
    const { context } = testApiGateway()
    const address = await putRootGet(context)
    for (const statusCode of ['constructor', '__proto__', 'toString']) {
      await assert.rejects(methodResponses.GetMethodResponse({ ...address, statusCode }, context), {
        code: 'NotFoundException',
      })
      await assert.rejects(
        methodResponses.DeleteMethodResponse({ ...address, statusCode }, context),
        { code: 'NotFoundException' },
      )
    }
  })

  test('that race for a status: one wins, and none of another status is lost', async () => {
    const { context } = testApiGateway()
    const address = await putRootGet(context)
    const outcomes = await Promise.allSettled(
      ['200', '201', '200'].map(async (statusCode) =>
        methodResponses.PutMethodResponse({ ...address, statusCode }, context),
      ),
    )
    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 2)
    const method = await methods.GetMethod(address, context)
    assert.deepEqual(Object.keys(method.methodResponses ?? {}), ['200', '201'])
  })
})
