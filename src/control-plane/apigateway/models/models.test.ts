import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { testApiGateway } from '../../../../test/support/api-gateway-context.ts'
import { createRootGet } from '../../../../test/support/definition-fixture.ts'
import { transact } from '../../transaction.ts'
import type { ApiGatewayContext } from '../context.ts'
import { gatewayResponses } from '../gateway-responses/gateway-responses.ts'
import { methods } from '../methods/methods.ts'
import { keys } from '../records.ts'
import { requestValidators } from '../request-validators/request-validators.ts'
import { restApis } from '../rest-apis/rest-apis.ts'
import { models } from './models.ts'

const pet = { name: 'Pet', contentType: 'application/json', schema: '{"type":"object"}' }

async function namesOf(context: ApiGatewayContext, restApiId: string): Promise<unknown[]> {
  const { items } = await models.GetModels({ restApiId }, context)
  return items.map(({ name }) => name)
}

/** Makes an API one of a time when models were no records. */
async function age({ store, scope }: ApiGatewayContext, restApiId: string): Promise<void> {
  await transact(store, async (tx) => {
    const api = await tx.get(keys.restApi(scope, restApiId))
    assert.ok(api !== undefined)
    const { modelsAreStored: _, ...old } = api
    tx.put(keys.restApi(scope, restApiId), old)
    for (const { key } of await tx.list(keys.models(scope, restApiId))) tx.remove(key)
  })
}

describe('models of an API of an earlier version', () => {
  test('are Empty and Error, as a new API would have them', async () => {
    const { context } = testApiGateway()
    const { restApiId } = await createRootGet(context)
    const before = await models.GetModels({ restApiId }, context)
    await age(context, restApiId)
    assert.deepEqual(await models.GetModels({ restApiId }, context), before)
    assert.deepEqual(
      await models.GetModel({ restApiId, modelName: 'Empty' }, context),
      before.items?.[0],
    )
  })

  test('may be named by a method', async () => {
    const { context } = testApiGateway()
    const address = await createRootGet(context)
    await age(context, address.restApiId)
    const requestModels = { 'application/json': 'Error' }
    await methods.PutMethod({ ...address, authorizationType: 'NONE', requestModels }, context)
  })

  test('stay when another one is made, and go when they are deleted', async () => {
    const { context } = testApiGateway()
    const { restApiId } = await createRootGet(context)
    await age(context, restApiId)
    await models.CreateModel({ restApiId, ...pet }, context)
    assert.deepEqual(await namesOf(context, restApiId), ['Empty', 'Error', 'Pet'])
    await age(context, restApiId)
    await models.DeleteModel({ restApiId, modelName: 'Empty' }, context)
    assert.deepEqual(await namesOf(context, restApiId), ['Error'])
  })

  test('are not shown by the API itself', async () => {
    const { context } = testApiGateway()
    const { restApiId } = await createRootGet(context)
    const api = await restApis.GetRestApi({ restApiId }, context)
    assert.equal('modelsAreStored' in api, false)
  })
})

describe('DeleteModel', () => {
  test('never deletes a model that a method begins to name meanwhile', async () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const { context } = testApiGateway({ seed })
      const address = await createRootGet(context)
      const { restApiId } = address
      await models.CreateModel({ restApiId, ...pet }, context)
      const requestModels = { 'application/json': 'Pet' }
      const both = [
        models.DeleteModel({ restApiId, modelName: 'Pet' }, context),
        methods.PutMethod({ ...address, authorizationType: 'NONE', requestModels }, context),
      ]
      const outcomes = await Promise.allSettled(seed % 2 === 0 ? both : both.toReversed())
      assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1)
    }
  })

  test('never deletes a model that another one begins to refer to meanwhile', async () => {
    const { context } = testApiGateway()
    const { restApiId } = await createRootGet(context)
    await models.CreateModel({ restApiId, ...pet }, context)
    const $ref = `https://apigateway.amazonaws.com/restapis/${restApiId}/models/Pet`
    const schema = JSON.stringify({ type: 'array', items: { $ref } })
    const outcomes = await Promise.allSettled([
      models.DeleteModel({ restApiId, modelName: 'Pet' }, context),
      models.CreateModel({ restApiId, ...pet, name: 'Pets', schema }, context),
    ])
    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1)
  })
})

describe('CreateModel', () => {
  test('refuses in order: API, name, schema, existing', async () => {
    const { context } = testApiGateway()
    const { restApiId } = await createRootGet(context)
    const refusalOf = async (input: object) =>
      models
        .CreateModel({ restApiId, ...pet, ...input }, context)
        .then(() => 'none')
        .catch((error: Error) => error.message.split(' ', 3).join(' '))
    assert.equal(
      await refusalOf({ restApiId: 'no', name: '', schema: '' }),
      'Invalid API identifier',
    )
    assert.equal(await refusalOf({ name: '', schema: '' }), 'Model name must')
    assert.equal(await refusalOf({ name: 'Empty', schema: '' }), 'Model schema must')
    assert.equal(await refusalOf({ name: 'Empty' }), 'Model name already')
  })

  test('of two that race for a name one wins', async () => {
    const { context } = testApiGateway()
    const { restApiId } = await createRootGet(context)
    const outcomes = await Promise.allSettled(
      Array.from({ length: 4 }, async () => models.CreateModel({ restApiId, ...pet }, context)),
    )
    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1)
  })

  test('refuses a schema above 400 KB', async () => {
    const { context } = testApiGateway()
    const { restApiId } = await createRootGet(context)
    const schema = JSON.stringify({ title: 'x'.repeat(409_600) })
    await assert.rejects(models.CreateModel({ restApiId, ...pet, schema }, context), {
      message: 'Model schema exceeds the maximum size of 400 KB',
    })
  })
})

describe('GetModels', () => {
  test('pages in order of names', async () => {
    const { context } = testApiGateway()
    const { restApiId } = await createRootGet(context)
    await models.CreateModel({ restApiId, ...pet }, context)
    const first = await models.GetModels({ restApiId, limit: 2 }, context)
    assert.deepEqual(
      first.items?.map(({ name }) => name),
      ['Empty', 'Error'],
    )
    const { position } = first as { position?: string }
    const second = await models.GetModels({ restApiId, limit: 2, position }, context)
    assert.deepEqual(
      second.items?.map(({ name }) => name),
      ['Pet'],
    )
  })
})

describe('GetModel with flatten', () => {
  test('brings what it refers to along, through others and in circles', async () => {
    const { context } = testApiGateway()
    const { restApiId } = await createRootGet(context)
    const refTo = (name: string) => ({
      $ref: `https://apigateway.amazonaws.com/restapis/${restApiId}/models/${name}`,
    })
    const create = async (name: string, schema: object) =>
      models.CreateModel({ restApiId, ...pet, name, schema: JSON.stringify(schema) }, context)
    await create('Leg', {
      definitions: { toe: { type: 'string' } },
      items: { $ref: '#/definitions/toe' },
    })
    await create('Pet', { properties: { legs: refTo('Leg'), parent: refTo('Pet') } })
    await create('Shop', { definitions: { Pet: { type: 'null' } }, items: refTo('Pet') })
    const { schema = '' } = await models.GetModel(
      { restApiId, modelName: 'Shop', flatten: true },
      context,
    )
    assert.deepEqual(JSON.parse(schema), {
      definitions: {
        Pet: { type: 'null' },
        PetModel: {
          properties: {
            legs: { $ref: '#/definitions/Leg' },
            parent: { $ref: '#/definitions/PetModel' },
          },
        },
        Leg: {
          definitions: { toe: { type: 'string' } },
          items: { $ref: '#/definitions/Leg/definitions/toe' },
        },
      },
      items: { $ref: '#/definitions/PetModel' },
    })
    const { value } = await models.GetModelTemplate({ restApiId, modelName: 'Shop' }, context)
    assert.ok(value.includes('"legs" : [') && value.length < 100_000)
  })
})

describe('an API', () => {
  test('takes its models, validators and gateway responses along when it is cloned', async () => {
    const { context } = testApiGateway()
    const address = await createRootGet(context)
    const { restApiId } = address
    await models.DeleteModel({ restApiId, modelName: 'Empty' }, context)
    await models.CreateModel({ restApiId, ...pet }, context)
    const $ref = `https://apigateway.amazonaws.com/restapis/${restApiId}/models/Pet`
    await models.CreateModel(
      { restApiId, ...pet, name: 'Pets', schema: JSON.stringify({ items: { $ref } }) },
      context,
    )
    const validator = await requestValidators.CreateRequestValidator(
      { restApiId, name: 'v', validateRequestBody: true },
      context,
    )
    const requestValidatorId = validator.id
    await methods.PutMethod({ ...address, authorizationType: 'NONE', requestValidatorId }, context)
    const responseType = 'THROTTLED'
    await gatewayResponses.PutGatewayResponse(
      { restApiId, responseType, statusCode: '420' },
      context,
    )
    const clone = await restApis.CreateRestApi({ name: 'clone', cloneFrom: restApiId }, context)
    const cloned = { restApiId: clone.id ?? '' }
    assert.deepEqual(await namesOf(context, cloned.restApiId), ['Error', 'Pet', 'Pets'])
    const { schema = '' } = await models.GetModel({ ...cloned, modelName: 'Pets' }, context)
    assert.ok(schema.includes(`/restapis/${cloned.restApiId}/models/Pet`))
    assert.deepEqual(
      await requestValidators.GetRequestValidator({ ...cloned, requestValidatorId }, context),
      validator,
    )
    const shown = await gatewayResponses.GetGatewayResponse({ ...cloned, responseType }, context)
    assert.equal(shown.statusCode, '420')
    // The original is no part of the clone.
    await restApis.DeleteRestApi({ restApiId }, context)
    assert.deepEqual(await namesOf(context, cloned.restApiId), ['Error', 'Pet', 'Pets'])
  })

  test('leaves nothing of them behind when it is deleted', async () => {
    const { context } = testApiGateway()
    const { restApiId } = await createRootGet(context)
    await models.CreateModel({ restApiId, ...pet }, context)
    await requestValidators.CreateRequestValidator({ restApiId, name: 'v' }, context)
    await gatewayResponses.PutGatewayResponse({ restApiId, responseType: 'THROTTLED' }, context)
    await restApis.DeleteRestApi({ restApiId }, context)
    const { records } = await context.store.list({ prefix: [context.scope.account], limit: 100 })
    assert.deepEqual(
      records.map(({ key }) => key[2]),
      ['account'],
    )
  })
})

describe('DeleteRequestValidator', () => {
  test('never deletes a validator that a method begins to name meanwhile', async () => {
    for (let seed = 1; seed <= 10; seed += 1) {
      const { context } = testApiGateway({ seed })
      const address = await createRootGet(context)
      const { restApiId } = address
      const { id } = await requestValidators.CreateRequestValidator(
        { restApiId, name: 'v' },
        context,
      )
      const requestValidatorId = id
      const both = [
        requestValidators.DeleteRequestValidator({ restApiId, requestValidatorId }, context),
        methods.PutMethod({ ...address, authorizationType: 'NONE', requestValidatorId }, context),
      ]
      const outcomes = await Promise.allSettled(seed % 2 === 0 ? both : both.toReversed())
      assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1)
    }
  })
})
