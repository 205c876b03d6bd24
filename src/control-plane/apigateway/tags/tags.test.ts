import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { testApiGateway, testEpochSeconds } from '../../../../test/support/api-gateway-context.ts'
import { createRootGet } from '../../../../test/support/definition-fixture.ts'
import type { DeploymentId, StageName } from '../../../aws/identifiers.ts'
import { transact } from '../../transaction.ts'
import type { ApiGatewayContext } from '../context.ts'
import { keys } from '../records.ts'
import { restApis } from '../rest-apis/rest-apis.ts'
import { tags } from './tags.ts'

const apiArn = (restApiId: string) => `arn:aws:apigateway:us-east-1::/restapis/${restApiId}`

async function storeStage({ scope, store }: ApiGatewayContext, restApiId: string): Promise<string> {
  await transact(store, async (tx) => {
    tx.put(keys.stage(scope, restApiId, 'prod'), {
      stageName: 'prod' as StageName,
      deploymentId: 'dep123' as DeploymentId,
      createdDate: testEpochSeconds,
      lastUpdatedDate: testEpochSeconds,
      cacheClusterEnabled: false,
      methodSettings: {},
      tracingEnabled: false,
    })
  })
  return `${apiArn(restApiId)}/stages/prod`
}

describe('tags', () => {
  test('of a stage come, change and go, and leave nothing behind', async () => {
    const { context } = testApiGateway()
    const { restApiId } = await createRootGet(context)
    const resourceArn = await storeStage(context, restApiId)
    const key = keys.stage(context.scope, restApiId, 'prod')
    const before = await context.store.get(key)

    await tags.TagResource({ resourceArn, tags: { team: 'a', cost: '1' } }, context)
    await tags.TagResource({ resourceArn, tags: { team: 'b' } }, context)
    assert.deepEqual(await tags.GetTags({ resourceArn }, context), {
      tags: { cost: '1', team: 'b' },
    })
    await tags.UntagResource({ resourceArn, tagKeys: ['team', 'cost', 'nosuch'] }, context)
    assert.deepEqual(await tags.GetTags({ resourceArn }, context), { tags: {} })
    assert.deepEqual((await context.store.get(key))?.value, before?.value)
  })

  test('of an API are those that GetRestApi shows', async () => {
    const { context } = testApiGateway()
    const { restApiId } = await createRootGet(context)
    const resourceArn = apiArn(restApiId)
    await tags.TagResource({ resourceArn, tags: { 'a b': 'ü/@+=-_.:' } }, context)
    const api = await restApis.GetRestApi({ restApiId }, context)
    assert.deepEqual(api.tags, { 'a b': 'ü/@+=-_.:' })
  })

  test('that race are all kept', async () => {
    const { context } = testApiGateway()
    const { restApiId } = await createRootGet(context)
    const resourceArn = apiArn(restApiId)
    await Promise.all(
      ['a', 'b', 'c'].map(async (key) =>
        tags.TagResource({ resourceArn, tags: { [key]: key } }, context),
      ),
    )
    const { tags: kept } = await tags.GetTags({ resourceArn }, context)
    assert.deepEqual(kept, { a: 'a', b: 'b', c: 'c' })
  })

  test('change nothing when none is given or the call is refused', async () => {
    const { context } = testApiGateway()
    const { restApiId } = await createRootGet(context)
    const resourceArn = apiArn(restApiId)
    const key = keys.restApi(context.scope, restApiId)
    const before = await context.store.get(key)
    await tags.TagResource({ resourceArn, tags: {} }, context)
    await tags.UntagResource({ resourceArn, tagKeys: ['nosuch'] }, context)
    await assert.rejects(tags.TagResource({ resourceArn, tags: { ok: '1', '': '2' } }, context))
    assert.deepEqual(await context.store.get(key), before)
  })

  test('count over what is there already', async () => {
    const { context } = testApiGateway({ quotas: { tagsPerResource: 2 } })
    const { restApiId } = await createRootGet(context)
    const resourceArn = apiArn(restApiId)
    await tags.TagResource({ resourceArn, tags: { a: '1', b: '2' } }, context)
    await tags.TagResource({ resourceArn, tags: { b: '3' } }, context)
    await assert.rejects(tags.TagResource({ resourceArn, tags: { c: '1' } }, context), {
      code: 'LimitExceededException',
    })
  })

  const unknown: readonly (readonly [arn: string, message: RegExp])[] = [
    ['arn:aws:apigateway:us-east-1::/usageplans/abc', /^Invalid Usage Plan ID specified$/],
    ['arn:aws:apigateway:us-east-1::/clientcertificates/abc', /^Invalid Client Certificate/],
    ['arn:aws:apigateway:us-east-1::/domainnames/api.example.com', /^Invalid domain name/],
    ['arn:aws:apigateway:us-east-1::/vpclinks/abc', /^Invalid Vpc Link identifier specified$/],
    ['arn:aws:apigateway:us-east-1::/restapis/constructor', /^Invalid API identifier/],
    ['arn:aws:apigateway:us-east-1::/restapis/a\u0000b', /^Invalid API identifier/],
    ['arn:aws:apigateway:us-east-1::/constructor/abc', /^Invalid ARN specified/],
    ['arn:aws:apigateway:us-east-1::/restapis/', /^Invalid ARN specified/],
    ['arn:aws:apigateway:us-east-1::/apis/abc', /^Invalid ARN specified/],
    ['arn:aws:lambda:us-east-1:000000000000:function:pets', /^Invalid ARN specified/],
    ['', /^Invalid ARN specified/],
  ]
  for (const [resourceArn, message] of unknown) {
    test(`of what is not there are refused: ${JSON.stringify(resourceArn)}`, async () => {
      const { context } = testApiGateway()
      await assert.rejects(tags.GetTags({ resourceArn }, context), { message })
      await assert.rejects(tags.TagResource({ resourceArn, tags: {} }, context), { message })
      await assert.rejects(tags.UntagResource({ resourceArn, tagKeys: [] }, context), { message })
    })
  }

  test('of a path below an API that is no stage are refused', async () => {
    const { context } = testApiGateway()
    const { restApiId } = await createRootGet(context)
    for (const path of ['/resources/x', '/stages/prod/x']) {
      await assert.rejects(tags.GetTags({ resourceArn: apiArn(restApiId) + path }, context), {
        message: 'Invalid ARN specified in the request',
      })
    }
    await assert.rejects(tags.GetTags({ resourceArn: `${apiArn(restApiId)}/stages/` }, context), {
      message: 'Invalid stage identifier specified',
    })
  })
})
