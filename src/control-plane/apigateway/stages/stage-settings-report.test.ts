import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { testApiGateway } from '../../../../test/support/api-gateway-context.ts'
import type { ApiGatewayContext } from '../context.ts'
import { deployments } from '../deployments/deployments.ts'
import { integrations } from '../integrations/integrations.ts'
import { methods } from '../methods/methods.ts'
import { resources } from '../resources/resources.ts'
import { restApis } from '../rest-apis/rest-apis.ts'
import { readStageSettings } from './stage-settings-report.ts'
import { stages } from './stages.ts'

const stageName = 'prod'

/** An API whose root answers GET, deployed to the stage. */
async function deployApi(context: ApiGatewayContext) {
  const api = await restApis.CreateRestApi({ name: 'pets' }, context)
  const { id: restApiId = '', rootResourceId = '' } = api
  const addGet = async (resourceId: string) => {
    const method = { restApiId, resourceId, httpMethod: 'GET' }
    await methods.PutMethod({ ...method, authorizationType: 'NONE' }, context)
    await integrations.PutIntegration({ ...method, type: 'MOCK' }, context)
  }
  await addGet(rootResourceId)
  await deployments.CreateDeployment({ restApiId, stageName }, context)
  return { restApiId, rootResourceId, addGet }
}

const replace = (context: ApiGatewayContext, restApiId: string, path: string, value: string) =>
  stages.UpdateStage(
    { restApiId, stageName, patchOperations: [{ op: 'replace', path, value }] },
    context,
  )

function unmatchedIn(warned: readonly Readonly<Record<string, unknown>>[]) {
  return warned.filter(({ event }) => event === 'method-setting-of-no-method').map(({ key }) => key)
}

describe('warnUnmatchedKeys()', () => {
  test('warns when a key is written, and when another deployment is served, until there is a method', async () => {
    const { context, warned } = testApiGateway()
    const { restApiId, rootResourceId, addGet } = await deployApi(context)
    const deploy = () => deployments.CreateDeployment({ restApiId, stageName }, context)
    await replace(context, restApiId, '/~1pets/GET/metrics/enabled', 'true')
    await replace(context, restApiId, '/~1/GET/metrics/enabled', 'true')
    assert.deepEqual(unmatchedIn(warned), ['~1pets/GET', '~1pets/GET'])

    await replace(context, restApiId, '/description', 'x')
    assert.equal(unmatchedIn(warned).length, 2)
    await deploy()
    assert.equal(unmatchedIn(warned).length, 3)

    const { id = '' } = await resources.CreateResource(
      { restApiId, parentId: rootResourceId, pathPart: 'pets' },
      context,
    )
    await addGet(id)
    await deploy()
    assert.equal(unmatchedIn(warned).length, 3)
  })
})

describe('readStageSettings()', () => {
  test('tells what acts in the stage and in its canary', async () => {
    const { context } = testApiGateway()
    const { restApiId, rootResourceId, addGet } = await deployApi(context)
    const { id = '' } = await resources.CreateResource(
      { restApiId, parentId: rootResourceId, pathPart: 'pets' },
      context,
    )
    await addGet(id)
    const canarySettings = { percentTraffic: 10 }
    await deployments.CreateDeployment({ restApiId, stageName, canarySettings }, context)
    await replace(context, restApiId, '/~1pets/GET/throttling/rateLimit', '7')

    const yieldToOthers = async () => {}
    const { store, quotas } = context
    const read = (place: { restApiId: string; stageName: string }) =>
      readStageSettings(place, { store, quotas, yieldToOthers })
    const report = await read({ restApiId, stageName })
    const rows = report?.deployments.map(({ isCanary, methods: found }) => [
      isCanary,
      ...found.map(({ resourcePath, settings: { throttlingRateLimit } }) => [
        resourcePath,
        throttlingRateLimit.value,
        throttlingRateLimit.from,
      ]),
    ])
    assert.deepEqual(rows, [
      [false, ['/', 10_000, 'account']],
      [true, ['/', 10_000, 'account'], ['/pets', 7, '~1pets/GET']],
    ])
    assert.deepEqual(report?.unmatchedKeys, [])
    assert.equal(await read({ restApiId, stageName: 'beta' }), undefined)
    assert.equal(await read({ restApiId: 'nosuch', stageName }), undefined)
  })
})
