import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { testApiGateway } from '../../../../test/support/api-gateway-context.ts'
import type { ApiGatewayContext } from '../context.ts'
import { deployments } from '../deployments/deployments.ts'
import { integrations } from '../integrations/integrations.ts'
import { methods } from '../methods/methods.ts'
import { restApis } from '../rest-apis/rest-apis.ts'
import { loadStages, type LoadedStage } from './load-stages.ts'
import { stages } from './stages.ts'

async function createApi(context: ApiGatewayContext): Promise<string> {
  const { id = '', rootResourceId = '' } = await restApis.CreateRestApi({ name: 'pets' }, context)
  const method = { restApiId: id, resourceId: rootResourceId, httpMethod: 'GET' }
  await methods.PutMethod({ ...method, authorizationType: 'NONE' }, context)
  await integrations.PutIntegration({ ...method, type: 'MOCK' }, context)
  return id
}

describe('loadStages()', () => {
  test('declares every stage of every account as it was last published', async () => {
    const gateway = testApiGateway()
    const { context, published } = gateway
    const other = gateway.seenFrom({ account: '111111111111', region: 'eu-west-1' })
    const mine = await createApi(context)
    const theirs = await createApi(other)
    await createApi(context)
    await deployments.CreateDeployment({ restApiId: mine, stageName: 'prod' }, context)
    await deployments.CreateDeployment({ restApiId: mine, stageName: 'dev' }, context)
    await deployments.CreateDeployment({ restApiId: theirs, stageName: 'prod' }, other)
    const canarySettings = { percentTraffic: 5 }
    const canary = { restApiId: mine, stageName: 'prod', canarySettings }
    await deployments.CreateDeployment(canary, context)
    await stages.DeleteStage({ restApiId: mine, stageName: 'dev' }, context)

    const loaded: LoadedStage[] = []
    for await (const each of loadStages(context.store)) loaded.push(each)
    const last = (restApiId: string): unknown =>
      published.findLast(
        (change) =>
          change.kind === 'stage' &&
          change.stage.restApiId === restApiId &&
          change.stage.stageName === 'prod',
      )
    const byApi = new Map(loaded.map((each) => [each.declaration.restApiId as string, each]))
    assert.equal(loaded.length, 2)
    for (const id of [mine, theirs]) {
      assert.deepEqual({ kind: 'stage', stage: byApi.get(id)?.declaration }, last(id))
    }
    assert.equal(byApi.get(mine)?.stage.canarySettings?.percentTraffic, 5)
  })
})
