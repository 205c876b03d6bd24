import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { testApiGateway } from '../../../../test/support/api-gateway-context.ts'
import { createRootGet, putRootGet } from '../../../../test/support/definition-fixture.ts'
import { ServiceError } from '../../../aws/service-error.ts'
import { resources } from '../resources/resources.ts'
import { methods } from './methods.ts'

const exists = new ServiceError('ConflictException', 409, 'Method already exists for this resource')

describe('PutMethod', () => {
  test('puts every verb and ANY beside each other', async () => {
    const { context } = testApiGateway()
    const address = await createRootGet(context)
    const verbs = ['GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD', 'ANY']
    for (const httpMethod of verbs) {
      await methods.PutMethod({ ...address, httpMethod, authorizationType: 'NONE' }, context)
    }
    const resource = await resources.GetResource(address, context)
    assert.deepEqual(Object.keys(resource.resourceMethods ?? {}).toSorted(), verbs.toSorted())
  })

  test('of two that race for the same verb one wins; of other verbs none is lost', async () => {
    const { context } = testApiGateway()
    const address = await createRootGet(context)
    const put = async (httpMethod: string) =>
      methods.PutMethod({ ...address, httpMethod, authorizationType: 'NONE' }, context)
    const outcomes = await Promise.allSettled(['GET', 'POST', 'GET', 'PUT', 'DELETE'].map(put))
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
    assert.deepEqual(
      refused.map(({ reason }): unknown => reason),
      [exists],
    )
    const resource = await resources.GetResource(address, context)
    assert.deepEqual(Object.keys(resource.resourceMethods ?? {}).toSorted(), [
      'DELETE',
      'GET',
      'POST',
      'PUT',
    ])
  })

  test('keeps a required key and IAM authorization, and warns that they close the method', async () => {
    const { context, warned } = testApiGateway()
    const address = await createRootGet(context)
    const method = { httpMethod: 'GET', authorizationType: 'AWS_IAM', apiKeyRequired: true }
    assert.deepEqual(await methods.PutMethod({ ...address, ...method }, context), method)
    assert.deepEqual(await methods.GetMethod(address, context), method)
    assert.deepEqual(
      warned.map(({ setting, status }) => [setting, status]),
      [['authorizationType', 'closes']],
    )
  })

  test('refuses in order: authorization, validator, model, parameters, existing', async () => {
    const { context } = testApiGateway()
    const address = await putRootGet(context)
    const wrong = {
      authorizationType: 'CUSTOM',
      requestValidatorId: 'nosuch',
      requestModels: { 'application/json': 'Nosuch' },
      requestParameters: { nosuch: true },
    }
    const refusalOf = async (input: Partial<typeof wrong>) =>
      methods
        .PutMethod({ ...address, authorizationType: 'NONE', ...input }, context)
        .then(() => 'none')
        .catch((error: Error) => error.message.split(' ').slice(0, 2).join(' '))
    const { authorizationType: _, ...later } = wrong
    const { requestValidatorId: __, ...laterStill } = later
    const { requestModels: ___, ...last } = laterStill
    assert.deepEqual(
      [
        await refusalOf(wrong),
        await refusalOf(later),
        await refusalOf(laterStill),
        await refusalOf(last),
        await refusalOf({}),
      ],
      [
        'Invalid authorizer',
        'Invalid Request',
        'Invalid model',
        'Invalid mapping',
        'Method already',
      ],
    )
  })
})

describe('GetMethod and DeleteMethod', () => {
  test('take no verb for one that every object inherits', async () => {
    const { context } = testApiGateway()
    const address = await putRootGet(context)
    for (const httpMethod of ['constructor', '__proto__', 'toString', 'get', '']) {
      const refused = { code: 'NotFoundException', message: 'Invalid Method identifier specified' }
      await assert.rejects(methods.GetMethod({ ...address, httpMethod }, context), refused)
      await assert.rejects(methods.DeleteMethod({ ...address, httpMethod }, context), refused)
    }
  })

  test('a deleted method leaves the others, and its verb free', async () => {
    const { context } = testApiGateway()
    const address = await putRootGet(context, { withMock: true })
    await methods.PutMethod({ ...address, httpMethod: 'POST', authorizationType: 'NONE' }, context)
    assert.deepEqual(await methods.DeleteMethod(address, context), {})
    const resource = await resources.GetResource(address, context)
    assert.deepEqual(resource.resourceMethods, { POST: {} })
    const again = await methods.PutMethod({ ...address, authorizationType: 'NONE' }, context)
    assert.deepEqual(again, { httpMethod: 'GET', authorizationType: 'NONE', apiKeyRequired: false })
  })

  test('a resource without methods shows none', async () => {
    const { context } = testApiGateway()
    const address = await putRootGet(context)
    await methods.DeleteMethod(address, context)
    assert.deepEqual(await resources.GetResource(address, context), {
      id: address.resourceId,
      path: '/',
    })
  })
})
