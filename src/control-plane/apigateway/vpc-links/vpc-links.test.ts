import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { testApiGateway } from '../../../../test/support/api-gateway-context.ts'
import { testPatchTable } from '../../../../test/support/patch-table-rows.ts'
import { seededRandom } from '../../../../test/support/seeded-random.ts'
import { slowConflictingStore } from '../../../../test/contracts/slow-conflicting-store.ts'
import { MemoryStateStore } from '../../../adapters/memory/state-store.ts'
import { ServiceError } from '../../../aws/service-error.ts'
import type { ApiGatewayContext } from '../context.ts'
import { integrations } from '../integrations/integrations.ts'
import { methods } from '../methods/methods.ts'
import { restApis } from '../rest-apis/rest-apis.ts'
import { loadVpcLinks } from './load-vpc-links.ts'
import { vpcLinkPatchTable } from './vpc-link-patch-paths.ts'
import { vpcLinks } from './vpc-links.ts'

const nlb = 'arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/net/shop/50dc6c'
const alb = nlb.replace('/net/', '/app/')

const create = async (context: ApiGatewayContext, targetArn = nlb) => {
  const link = await vpcLinks.CreateVpcLink({ name: 'shop', targetArns: [targetArn] }, context)
  return link.id ?? ''
}

async function methodOfNewApi(context: ApiGatewayContext) {
  const api = await restApis.CreateRestApi({ name: 'pets' }, context)
  const method = {
    restApiId: api.id ?? '',
    resourceId: api.rootResourceId ?? '',
    httpMethod: 'GET',
  }
  await methods.PutMethod({ ...method, authorizationType: 'NONE' }, context)
  return method
}

const through = (connectionId: string) =>
  ({
    type: 'HTTP_PROXY',
    integrationHttpMethod: 'GET',
    uri: 'http://shop.example',
    connectionType: 'VPC_LINK',
    connectionId,
  }) as const

const linksOf = async ({ store }: ApiGatewayContext) => {
  const found = []
  for await (const { id } of loadVpcLinks(store)) found.push(id)
  return found
}

testPatchTable('vpcLinkPatchTable', vpcLinkPatchTable, {
  states: [{ id: 'abc123', name: 'shop', targetArns: [nlb] }],
  environment: undefined,
})

describe('CreateVpcLink', () => {
  test('tells the data plane of a link that is ready, and of no other', async () => {
    const { context, published } = testApiGateway()
    const vpcLinkId = await create(context)
    await create(context, alb)
    assert.deepEqual(
      published.map((change) => change.kind === 'declared' && change.declaration.id),
      [vpcLinkId],
    )
    assert.deepEqual(await linksOf(context), [vpcLinkId])
  })

  test('warns of a target without an address, and of no other', async () => {
    const silent = testApiGateway({
      vpcLinkTarget: (arn) => (arn === nlb ? { hostname: '10.0.0.7', port: 80 } : undefined),
    })
    await create(silent.context)
    assert.deepEqual(silent.warnings, [])
    const { context, warned } = testApiGateway()
    const vpcLinkId = await create(context)
    assert.equal(warned.length, 1)
    assert.equal(warned[0]?.['event'], 'vpc-link-target-without-address')
    assert.equal(warned[0]['vpcLinkId'], vpcLinkId)
    assert.equal(warned[0]['targetArn'], nlb)
  })

  test('is refused when the account has as many as it may, in a race too', async () => {
    const random = seededRandom(7)
    const store = slowConflictingStore(new MemoryStateStore(), {
      random,
      conflictShare: 0.1,
      turnsMax: 3,
    })
    const { context } = testApiGateway({ store, quotas: { vpcLinks: 2 } })
    const outcomes = await Promise.allSettled([1, 2, 3, 4].map(() => create(context)))
    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 2)
    assert.equal((await linksOf(context)).length, 2)
  })
})

describe('DeleteVpcLink', () => {
  test('tells the data plane with a higher revision than the creation', async () => {
    const { context, published } = testApiGateway()
    await vpcLinks.DeleteVpcLink({ vpcLinkId: await create(context) }, context)
    const [created, removed] = published
    assert.ok(created?.kind === 'declared' && removed?.kind === 'withdrawn')
    assert.ok(removed.revision > created.declaration.revision)
    assert.equal(removed.id, created.declaration.id)
    assert.deepEqual(await linksOf(context), [])
  })

  test('and PutIntegration never both succeed when they race', async () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const inner = new MemoryStateStore()
      const { context } = testApiGateway({ store: inner })
      const vpcLinkId = await create(context)
      const method = await methodOfNewApi(context)
      const store = slowConflictingStore(inner, {
        random: seededRandom(seed),
        conflictShare: 0.1,
        turnsMax: 4,
      })
      const racing = { ...context, store }
      const [deleted, put] = await Promise.allSettled([
        vpcLinks.DeleteVpcLink({ vpcLinkId }, racing),
        integrations.PutIntegration({ ...method, ...through(vpcLinkId) }, racing),
      ])
      assert.notEqual(deleted.status, put.status, `seed ${seed}`)
      const refused = deleted.status === 'rejected' ? deleted : put
      assert.ok(refused.status === 'rejected' && refused.reason instanceof ServiceError)
      assert.equal(refused.reason.status, 400)
    }
  })
})

test('a link is of its account and region alone', async () => {
  const gateway = testApiGateway()
  const vpcLinkId = await create(gateway.context)
  const others = [{ account: '111111111111' }, { region: 'eu-west-1' }]
  for (const other of others.map((scope) => gateway.seenFrom(scope))) {
    await assert.rejects(vpcLinks.GetVpcLink({ vpcLinkId }, other), { code: 'NotFoundException' })
    assert.deepEqual((await vpcLinks.GetVpcLinks({}, other)).items, [])
    const method = await methodOfNewApi(other)
    await assert.rejects(integrations.PutIntegration({ ...method, ...through(vpcLinkId) }, other), {
      message: 'Invalid Vpc Link identifier specified',
    })
  }
})
