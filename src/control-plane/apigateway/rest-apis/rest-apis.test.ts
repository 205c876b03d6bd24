import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { testApiGateway, testEpochSeconds } from '../../../../test/support/api-gateway-context.ts'
import type { DefinitionHash, DeploymentId, StageName } from '../../../aws/identifiers.ts'
import { listEntriesMax } from '../../../aws/limits.ts'
import { ServiceError } from '../../../aws/service-error.ts'
import { transact } from '../../transaction.ts'
import type { ApiGatewayContext } from '../context.ts'
import { integrations } from '../integrations/integrations.ts'
import { methods } from '../methods/methods.ts'
import { keys } from '../records.ts'
import type { RestApiRecord, StageRecord } from '../records.ts'
import { resources } from '../resources/resources.ts'
import { restApis } from './rest-apis.ts'

async function createApi(context: ApiGatewayContext, input: object = {}) {
  const api = await restApis.CreateRestApi({ name: 'pets', ...input }, context)
  return { ...api, id: api.id!, rootResourceId: api.rootResourceId! }
}

async function everyKey({ store }: ApiGatewayContext): Promise<string[]> {
  const { records } = await store.list({ prefix: [], limit: 1_000 })
  return records.map(({ key }) => key.join(' '))
}

function limitExceeded(objects: string, owner: string): ServiceError {
  return new ServiceError(
    'LimitExceededException',
    429,
    `Maximum number of ${objects} for ${owner} has been reached.  ` +
      `Please contact AWS if you need additional ${objects}.`,
  )
}

async function storeStage(context: ApiGatewayContext, restApiId: string, stageName: string) {
  const { scope, store } = context
  const deploymentId = 'dep123' as DeploymentId
  const stage: StageRecord = {
    stageName: stageName as StageName,
    deploymentId,
    createdDate: testEpochSeconds,
    lastUpdatedDate: testEpochSeconds,
    cacheClusterEnabled: false,
    methodSettings: {},
    tracingEnabled: false,
  }
  await transact(store, async (tx) => {
    tx.put(keys.stage(scope, restApiId, stageName), stage)
    tx.put(keys.deployment(scope, restApiId, deploymentId), {
      id: deploymentId,
      createdDate: testEpochSeconds,
      definitionHash: 'h' as DefinitionHash,
    })
  })
}

describe('CreateRestApi', () => {
  test('answers what GetRestApi and GetRestApis answer later', async () => {
    const { context } = testApiGateway()
    const api = await createApi(context, { description: 'd', tags: { a: '1' } })
    assert.deepEqual(await restApis.GetRestApi({ restApiId: api.id }, context), api)
    assert.deepEqual(await restApis.GetRestApis({}, context), { items: [api] })
  })

  test('refuses one more than the quota of its endpoint type, and of that type alone', async () => {
    const { context } = testApiGateway({ quotas: { edgeApis: 2, regionalApis: 1 } })
    await createApi(context)
    await createApi(context)
    await assert.rejects(createApi(context), limitExceeded('APIs', 'this account'))
    const endpointConfiguration = { types: ['REGIONAL'] }
    const regional = await createApi(context, { endpointConfiguration })
    await assert.rejects(
      createApi(context, { endpointConfiguration }),
      limitExceeded('APIs', 'this account'),
    )
    await restApis.DeleteRestApi({ restApiId: regional.id }, context)
    await createApi(context, { endpointConfiguration })
  })

  test('keeps the quota when many race for the last places', async () => {
    const { context } = testApiGateway({ quotas: { edgeApis: 3 } })
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, async () => createApi(context)),
    )
    const fulfilled = outcomes.filter(({ status }) => status === 'fulfilled')
    assert.equal(fulfilled.length, 3)
    assert.equal((await restApis.GetRestApis({}, context)).items?.length, 3)
  })

  test('gives a chosen id to one of two that race for it', async () => {
    const { context } = testApiGateway()
    const tags = { _custom_id_: 'mine' }
    const outcomes = await Promise.allSettled([
      createApi(context, { tags }),
      createApi(context, { tags }),
    ])
    assert.deepEqual(outcomes.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected'])
  })

  test('does not give an id that another account has', async () => {
    const gateway = testApiGateway()
    await createApi(gateway.context, { tags: { _custom_id_: 'mine' } })
    const elsewhere = gateway.seenFrom({ account: '111111111111', region: 'eu-west-1' })
    await assert.rejects(
      createApi(elsewhere, { tags: { _custom_id_: 'mine' } }),
      new ServiceError('ConflictException', 409, 'Another REST API already has this id: mine'),
    )
  })

  test('gives a chosen id again once its API is gone', async () => {
    const { context } = testApiGateway()
    const tags = { _custom_id_: 'mine' }
    await createApi(context, { tags })
    await restApis.DeleteRestApi({ restApiId: 'mine' }, context)
    assert.equal((await createApi(context, { tags })).id, 'mine')
  })

  test('clones resources, methods and what a deployment would capture', async () => {
    const { context } = testApiGateway()
    const policy = '{"Version":"2012-10-17","Statement":[]}'
    const source = await createApi(context, {
      policy,
      description: 'source',
      binaryMediaTypes: ['image/png'],
      disableExecuteApiEndpoint: true,
      apiKeySource: 'AUTHORIZER',
    })
    const { id: pets } = await resources.CreateResource(
      { restApiId: source.id, parentId: source.rootResourceId, pathPart: '{petId}' },
      context,
    )
    const address = { restApiId: source.id, resourceId: pets!, httpMethod: 'GET' }
    await methods.PutMethod({ ...address, authorizationType: 'NONE' }, context)
    await integrations.PutIntegration({ ...address, type: 'MOCK' }, context)

    const clone = await createApi(context, { name: 'clone', cloneFrom: source.id })
    const { description: _, ...captured } = source
    assert.deepEqual(clone, {
      ...captured,
      id: clone.id,
      name: 'clone',
      rootResourceId: clone.rootResourceId,
    })
    assert.notEqual(clone.id, source.id)
    assert.notEqual(clone.rootResourceId, source.rootResourceId)

    const embed = ['methods']
    const copied = await resources.GetResources({ restApiId: clone.id, embed }, context)
    const copiedId = copied.items?.[1]?.id
    assert.notEqual(copiedId, pets)
    assert.deepEqual(copied, {
      items: [
        { id: clone.rootResourceId, path: '/' },
        {
          id: copiedId,
          parentId: clone.rootResourceId,
          pathPart: '{petId}',
          path: '/{petId}',
          resourceMethods: {
            GET: {
              httpMethod: 'GET',
              authorizationType: 'NONE',
              apiKeyRequired: false,
              methodIntegration: {
                type: 'MOCK',
                passthroughBehavior: 'WHEN_NO_MATCH',
                timeoutInMillis: 29_000,
                cacheNamespace: copiedId,
                cacheKeyParameters: [],
              },
            },
          },
        },
      ],
    })
    // The names of the clone's tree are taken too.
    await assert.rejects(
      resources.CreateResource(
        { restApiId: clone.id, parentId: clone.rootResourceId, pathPart: '{other}' },
        context,
      ),
      { message: /^A sibling \(\{petId\}\)/ },
    )
  })
})

test('CreateRestApi warns of each setting that is kept and not enforced', async () => {
  const { context, warned } = testApiGateway()
  await createApi(context)
  assert.deepEqual(warned, [])
  const { id } = await createApi(context, { minimumCompressionSize: 0, securityPolicy: 'TLS_1_2' })
  assert.deepEqual(
    warned.map(({ event, restApiId, setting }) => [event, restApiId, setting]),
    [['setting-not-enforced', id, 'securityPolicy, endpointAccessMode']],
  )
})

describe('GetRestApis', () => {
  test('pages through every API of the caller, by id', async () => {
    const gateway = testApiGateway()
    for (const id of ['c', 'a', 'e', 'b', 'd']) {
      await createApi(gateway.context, { tags: { _custom_id_: id } })
    }
    await createApi(gateway.seenFrom({ region: 'eu-west-1' }), { tags: { _custom_id_: 'bb' } })
    const seen: (string | undefined)[] = []
    let position: string | undefined
    do {
      const page = await restApis.GetRestApis({ limit: 2, position }, gateway.context)
      seen.push(...(page.items ?? []).map(({ id }) => id))
      position = page.position
    } while (position !== undefined)
    assert.deepEqual(seen, ['a', 'b', 'c', 'd', 'e'])
  })
})

describe('DeleteRestApi', () => {
  test('leaves no record, and takes every stage from the data plane above its revision', async () => {
    const { context, published } = testApiGateway()
    const untouched = await everyKey(context)
    assert.deepEqual(untouched, [])
    const api = await createApi(context)
    await resources.CreateResource(
      { restApiId: api.id, parentId: api.rootResourceId, pathPart: 'pets' },
      context,
    )
    await storeStage(context, api.id, 'dev')
    await storeStage(context, api.id, 'prod')
    const before = await context.store.get(keys.stage(context.scope, api.id, 'prod'))

    assert.deepEqual(await restApis.DeleteRestApi({ restApiId: api.id }, context), {})

    assert.deepEqual(await everyKey(context), ['000000000000 us-east-1 account'])
    assert.deepEqual(
      published.map((change) => (change.kind === 'stage-removed' ? change.stageName : change.kind)),
      ['dev', 'prod'],
    )
    for (const change of published) {
      assert.ok(change.kind === 'stage-removed' && change.revision > before!.revision)
    }
  })

  test('touches no other API, and none of another account', async () => {
    const gateway = testApiGateway()
    const kept = await createApi(gateway.context, { tags: { _custom_id_: 'kept' } })
    const gone = await createApi(gateway.context, { tags: { _custom_id_: 'gone' } })
    const elsewhere = gateway.seenFrom({ account: '111111111111' })
    await assert.rejects(restApis.DeleteRestApi({ restApiId: kept.id }, elsewhere), {
      message: 'Invalid API identifier specified 111111111111:kept',
    })
    await restApis.DeleteRestApi({ restApiId: gone.id }, gateway.context)
    assert.deepEqual(await restApis.GetRestApi({ restApiId: 'kept' }, gateway.context), kept)
  })

  test('leaves nothing behind of a resource that is created meanwhile', async () => {
    const { context } = testApiGateway()
    const api = await createApi(context)
    await Promise.allSettled([
      restApis.DeleteRestApi({ restApiId: api.id }, context),
      ...['a', 'b', 'c'].map(async (pathPart) =>
        resources.CreateResource(
          { restApiId: api.id, parentId: api.rootResourceId, pathPart },
          context,
        ),
      ),
    ])
    assert.deepEqual(await everyKey(context), ['000000000000 us-east-1 account'])
  })

  test('refuses an API whose name no record can have', async () => {
    const { context } = testApiGateway()
    for (const restApiId of ['', 'a\u0000b']) {
      await assert.rejects(restApis.DeleteRestApi({ restApiId }, context), {
        code: 'NotFoundException',
      })
    }
  })
})

test('an API is stored with its policy as the caller gave it', async () => {
  const { context } = testApiGateway()
  const policy = '{ "Version": "2012-10-17",\n "Statement": [] }'
  const api = await createApi(context, { policy })
  const stored = await context.store.get(keys.restApi(context.scope, api.id))
  assert.equal((stored!.value as unknown as RestApiRecord).policy, policy)
})

test('an API keeps as many binary media types as a list may have, and is refused one more', async () => {
  const { context } = testApiGateway()
  const refusal = { code: 'BadRequestException', message: /^A list cannot have more than 1000/ }
  const binaryMediaTypes = Array.from({ length: listEntriesMax }, (_, index) => `a/${index}`)
  await assert.rejects(
    createApi(context, { binaryMediaTypes: [...binaryMediaTypes, 'b/0'] }),
    refusal,
  )
  const { id } = await createApi(context, { binaryMediaTypes })
  const add = (path: string) =>
    restApis.UpdateRestApi({ restApiId: id, patchOperations: [{ op: 'add', path }] }, context)
  await add('/binaryMediaTypes/a~10')
  await assert.rejects(add('/binaryMediaTypes/b~10'), refusal)
})
