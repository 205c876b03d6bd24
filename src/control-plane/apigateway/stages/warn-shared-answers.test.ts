import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { testApiGateway } from '../../../../test/support/api-gateway-context.ts'
import type { ApiGatewayContext } from '../context.ts'
import { deployments } from '../deployments/deployments.ts'
import { integrations } from '../integrations/integrations.ts'
import { methods } from '../methods/methods.ts'
import { restApis } from '../rest-apis/rest-apis.ts'
import { stages } from './stages.ts'

const stageName = 'prod'

/** An API whose root answers GET to who has a key, deployed to the stage. */
async function deployApi(context: ApiGatewayContext, cacheKeyParameters: string[]) {
  const api = await restApis.CreateRestApi({ name: 'pets' }, context)
  const { id: restApiId = '', rootResourceId: resourceId = '' } = api
  const method = { restApiId, resourceId, httpMethod: 'GET' }
  const requestParameters = Object.fromEntries(cacheKeyParameters.map((name) => [name, false]))
  const access = { authorizationType: 'NONE', apiKeyRequired: true }
  await methods.PutMethod({ ...method, ...access, requestParameters }, context)
  await integrations.PutIntegration({ ...method, type: 'MOCK', cacheKeyParameters }, context)
  await deployments.CreateDeployment({ restApiId, stageName }, context)
  return restApiId
}

const replace = (context: ApiGatewayContext, restApiId: string, values: Record<string, string>) =>
  stages.UpdateStage(
    {
      restApiId,
      stageName,
      patchOperations: Object.entries(values).map(([path, value]) => ({
        op: 'replace',
        path,
        value,
      })),
    },
    context,
  )

const linesIn = (warned: readonly Readonly<Record<string, unknown>>[]) =>
  warned.filter(({ event }) => event === 'cached-for-every-caller').map(({ method }) => method)

const on = { '/cacheClusterEnabled': 'true', '/*/*/caching/enabled': 'true' }

describe('warnSharedAnswers()', () => {
  test('warns of a cached method that asks who calls and tells no callers apart, when that begins', async () => {
    const { context, warned } = testApiGateway()
    const restApiId = await deployApi(context, ['method.request.querystring.type'])
    await replace(context, restApiId, { '/*/*/caching/enabled': 'true' })
    assert.deepEqual(linesIn(warned), [])
    await replace(context, restApiId, { '/cacheClusterEnabled': 'true' })
    assert.deepEqual(linesIn(warned), ['GET /'])
    await replace(context, restApiId, { '/description': 'x' })
    assert.equal(linesIn(warned).length, 1)
    await deployments.CreateDeployment({ restApiId, stageName }, context)
    assert.equal(linesIn(warned).length, 2)
    await replace(context, restApiId, { '/~1/GET/caching/ttlInSeconds': '0' })
    assert.equal(linesIn(warned).length, 2)
  })

  test('says nothing of one whose key has a header', async () => {
    const { context, warned } = testApiGateway()
    const restApiId = await deployApi(context, ['method.request.header.x-api-key'])
    await replace(context, restApiId, on)
    assert.deepEqual(linesIn(warned), [])
  })
})
