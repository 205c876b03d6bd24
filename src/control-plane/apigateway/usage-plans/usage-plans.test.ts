import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { testApiGateway, testEpochSeconds } from '../../../../test/support/api-gateway-context.ts'
import { testPatchTable } from '../../../../test/support/patch-table-rows.ts'
import { testQuotaLedger } from '../../../../test/support/quota-ledger.ts'
import { seededRandom } from '../../../../test/support/seeded-random.ts'
import { slowConflictingStore } from '../../../../test/contracts/slow-conflicting-store.ts'
import { MemoryStateStore } from '../../../adapters/memory/state-store.ts'
import type { UsagePlanDeclaration } from '../../../snapshot/usage-plan-declaration.ts'
import { quotaCounterOf } from '../../../snapshot/quota-period.ts'
import { apiKeys } from '../api-keys/api-keys.ts'
import { loadApiKeys } from '../api-keys/load-api-keys.ts'
import type { ApiGatewayContext } from '../context.ts'
import { deployments } from '../deployments/deployments.ts'
import { integrations } from '../integrations/integrations.ts'
import { methods } from '../methods/methods.ts'
import { restApis } from '../rest-apis/rest-apis.ts'
import { stages } from '../stages/stages.ts'
import { loadUsagePlans } from './load-usage-plans.ts'
import { usage } from './usage.ts'
import { usagePlanKeys } from './usage-plan-keys.ts'
import { usagePlanPatchTable } from './usage-plan-patch-paths.ts'
import { usagePlans } from './usage-plans.ts'

async function createStage(context: ApiGatewayContext) {
  const api = await restApis.CreateRestApi({ name: 'pets' }, context)
  const restApiId = api.id ?? ''
  const method = { restApiId, resourceId: api.rootResourceId ?? '', httpMethod: 'GET' }
  await methods.PutMethod({ ...method, authorizationType: 'NONE' }, context)
  await integrations.PutIntegration({ ...method, type: 'MOCK' }, context)
  await deployments.CreateDeployment({ restApiId, stageName: 'prod' }, context)
  return { apiId: restApiId, stage: 'prod' }
}

const createPlan = async (context: ApiGatewayContext, more: object = {}) =>
  (await usagePlans.CreateUsagePlan({ name: 'plan', ...more }, context)).id ?? ''

const createKey = async (context: ApiGatewayContext) =>
  (await apiKeys.CreateApiKey({ enabled: true }, context)).id ?? ''

const add = (context: ApiGatewayContext, usagePlanId: string, keyId: string) =>
  usagePlanKeys.CreateUsagePlanKey({ usagePlanId, keyId, keyType: 'API_KEY' }, context)

const patch = (context: ApiGatewayContext, usagePlanId: string, ...operations: string[][]) =>
  usagePlans.UpdateUsagePlan(
    {
      usagePlanId,
      patchOperations: operations.map(([op, path, value]) => ({ op: op as 'add', path, value })),
    },
    context,
  )

async function storedPlans({ store }: ApiGatewayContext) {
  const found: UsagePlanDeclaration[] = []
  for await (const plan of loadUsagePlans(store)) found.push(plan)
  return found
}

async function storedKeys({ store }: ApiGatewayContext) {
  const found = []
  for await (const key of loadApiKeys(store)) found.push(key)
  return found
}

const name = { apiId: 'a1b2c3d4e5', stage: 'old' }
testPatchTable('usagePlanPatchTable', usagePlanPatchTable, {
  states: [
    {
      ...{ id: 'plan01', name: 'plan', productCode: 'p', throttle: { rateLimit: 1 } },
      apiStages: [{ ...name, throttle: { '/pets/GET': { rateLimit: 1 } } }],
      quota: { limit: 1, offset: 0, period: 'DAY', sinceDay: '2026-01-01' },
    },
  ],
  environment: { hasStage: () => Promise.resolve(true) },
  segments: { stage: 'a1b2c3d4e5:old', path: '~1pets', method: 'GET' },
})

describe('CreateUsagePlan', () => {
  test('tells the data plane of the plan, its throttles by method and its quota', async () => {
    const { context, published } = testApiGateway()
    const stage = await createStage(context)
    const throttle = { '/pets/GET': { rateLimit: 1 }, '/POST': { burstLimit: -1 } }
    const id = await createPlan(context, {
      apiStages: [{ ...stage, throttle }],
      throttle: { rateLimit: -1, burstLimit: 5 },
      quota: { limit: 10, offset: 2, period: 'WEEK' },
    })
    const change = published.at(-1)
    assert.ok(change?.kind === 'declared' && change.of === 'usage-plan')
    assert.deepEqual(change.declaration, (await storedPlans(context))[0])
    const { revision: _, ...declaration } = change.declaration
    assert.deepEqual(declaration, {
      ...{ account: '000000000000', region: 'us-east-1', id },
      apiStages: [
        {
          ...{ restApiId: stage.apiId, stageName: 'prod' },
          methodThrottles: {
            '/pets/GET': { rateLimit: 1, burstLimit: undefined },
            '//POST': { rateLimit: undefined, burstLimit: undefined },
          },
        },
      ],
      throttle: { rateLimit: undefined, burstLimit: 5 },
      quota: { limit: 10, offset: 2, period: 'WEEK', sinceDay: '2026-01-02' },
    })
  })

  test('is refused when the account has as many as it may, in a race too', async () => {
    const store = slowConflictingStore(new MemoryStateStore(), {
      ...{ random: seededRandom(3), conflictShare: 0.1, turnsMax: 3 },
    })
    const { context } = testApiGateway({ store, quotas: { usagePlans: 2 } })
    const outcomes = await Promise.allSettled([1, 2, 3, 4].map(() => createPlan(context)))
    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 2)
    assert.equal((await storedPlans(context)).length, 2)
  })
})

describe('a key and a stage', () => {
  test('are never in two plans, however a key and a stage race for them', async () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const inner = new MemoryStateStore()
      const { context } = testApiGateway({ store: inner, seed })
      const stage = await createStage(context)
      const plans = [await createPlan(context), await createPlan(context)] as const
      const keyId = await createKey(context)
      await add(context, plans[0], keyId)
      await patch(context, plans[1], ['add', '/apiStages', `${stage.apiId}:prod`])
      const store = slowConflictingStore(inner, {
        ...{ random: seededRandom(seed), conflictShare: 0.1, turnsMax: 4 },
      })
      const racing = { ...context, store }
      const outcomes = await Promise.allSettled([
        add(racing, plans[1], keyId),
        patch(racing, plans[0], ['add', '/apiStages', `${stage.apiId}:prod`]),
      ])
      const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
      assert.equal(refused.length, 1, `seed ${seed}`)
      assert.equal(refused[0]?.reason.status, 409)
    }
  })

  test('part when the stage is deleted while it is being added', async () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const inner = new MemoryStateStore()
      const { context } = testApiGateway({ store: inner, seed })
      const stage = await createStage(context)
      const planId = await createPlan(context)
      await add(context, planId, await createKey(context))
      const store = slowConflictingStore(inner, {
        ...{ random: seededRandom(seed), conflictShare: 0.1, turnsMax: 4 },
      })
      const racing = { ...context, store }
      await Promise.allSettled([
        patch(racing, planId, ['add', '/apiStages', `${stage.apiId}:prod`]),
        stages.DeleteStage({ restApiId: stage.apiId, stageName: 'prod' }, racing),
      ])
      const [plan] = await storedPlans(context)
      assert.deepEqual(plan?.apiStages, [], `seed ${seed}`)
    }
  })
})

describe('DeleteUsagePlan', () => {
  test('takes its keys out, tells the data plane and forgets what they used', async () => {
    const quotaLedger = testQuotaLedger()
    const { context, published } = testApiGateway({ quotaLedger })
    const planId = await createPlan(context, { quota: { limit: 5, period: 'DAY' } })
    const keyId = await createKey(context)
    await add(context, planId, keyId)
    const [plan] = await storedPlans(context)
    const [key] = await storedKeys(context)
    const counter = plan && key && quotaCounterOf(plan, key, testEpochSeconds * 1_000)
    assert.ok(counter)
    quotaLedger.charge(counter)
    await usagePlans.DeleteUsagePlan({ usagePlanId: planId }, context)
    assert.deepEqual(
      published.slice(-2).map((change) => change.kind),
      ['withdrawn', 'declared'],
    )
    const [left] = await storedKeys(context)
    assert.deepEqual([left?.usagePlanIds, left?.usagePlanDays], [[], {}])
    const range = { firstDay: counter.day, lastDay: counter.day }
    assert.deepEqual(await quotaLedger.usage(counter.key, range), [])
  })
})

describe('GetUsage', () => {
  const today = '2026-01-02'
  const day = { startDate: today, endDate: today }

  async function used(times: number, quota: object) {
    const quotaLedger = testQuotaLedger()
    const { context } = testApiGateway({ quotaLedger })
    const usagePlanId = await createPlan(context, { quota })
    const keyId = await createKey(context)
    await add(context, usagePlanId, keyId)
    const charge = async () => {
      const [plan] = await storedPlans(context)
      const [key] = await storedKeys(context)
      const counter = plan && key && quotaCounterOf(plan, key, testEpochSeconds * 1_000)
      return counter !== undefined && quotaLedger.charge(counter)
    }
    for (let i = 0; i < times; i += 1) await charge()
    const told = async () =>
      (await usage.GetUsage({ usagePlanId, ...day }, context)).items[keyId]?.[0]
    return { context, usagePlanId, keyId, told, charge }
  }

  test('tells of a limit that was lowered below what was used, and raised again', async () => {
    const { context, usagePlanId, told, charge } = await used(4, { limit: 5, period: 'DAY' })
    assert.deepEqual(await told(), [4, 1])
    await patch(context, usagePlanId, ['replace', '/quota/limit', '2'])
    assert.deepEqual(await told(), [4, 0])
    assert.equal(await charge(), false)
    await patch(context, usagePlanId, ['replace', '/quota/limit', '6'])
    assert.deepEqual(await told(), [4, 2])
    assert.equal(await charge(), true)
    assert.deepEqual(await told(), [5, 1])
  })

  test('tells of a period that was changed', async () => {
    const { context, usagePlanId, told, charge } = await used(4, { limit: 5, period: 'DAY' })
    await patch(context, usagePlanId, ['replace', '/quota/period', 'MONTH'])
    assert.deepEqual(await told(), [4, 5])
    await charge()
    assert.deepEqual(await told(), [5, 4])
  })

  test('tells of a key that left and came back that it used nothing', async () => {
    const { context, usagePlanId, keyId, told } = await used(4, { limit: 5, period: 'DAY' })
    await usagePlanKeys.DeleteUsagePlanKey({ usagePlanId, keyId }, context)
    await assert.rejects(usage.GetUsage({ usagePlanId, keyId, ...day }, context), { status: 404 })
    await add(context, usagePlanId, keyId)
    assert.deepEqual(await told(), [0, 5])
  })

  test('tells what UpdateUsage left, and lets so many in', async () => {
    const { context, usagePlanId, keyId, told, charge } = await used(5, { limit: 5, period: 'DAY' })
    assert.equal(await charge(), false)
    const patchOperations = [{ op: 'replace', path: '/remaining', value: '2' }] as const
    await usage.UpdateUsage({ usagePlanId, keyId, patchOperations }, context)
    assert.deepEqual(await told(), [5, 2])
    assert.deepEqual([await charge(), await charge(), await charge()], [true, true, false])
    assert.deepEqual(await told(), [7, 0])
  })

  test('pages by keys', async () => {
    const { context, usagePlanId } = await used(1, { limit: 5, period: 'DAY' })
    for (let i = 0; i < 4; i += 1) await add(context, usagePlanId, await createKey(context))
    const ids = new Set<string>()
    let position: string | undefined
    do {
      const page = await usage.GetUsage(
        { usagePlanId, ...day, limit: 2, ...(position === undefined ? {} : { position }) },
        context,
      )
      const keys = Object.keys(page.items)
      assert.ok(keys.length <= 2)
      for (const id of keys) ids.add(id)
      position = 'position' in page ? page.position : undefined
    } while (position !== undefined)
    assert.equal(ids.size, 5)
  })
})

test('a plan is of its account and region alone', async () => {
  const gateway = testApiGateway()
  const planId = await createPlan(gateway.context)
  const keyId = await createKey(gateway.context)
  for (const scope of [{ account: '111111111111' }, { region: 'eu-west-1' }]) {
    const other = gateway.seenFrom(scope)
    await assert.rejects(usagePlans.GetUsagePlan({ usagePlanId: planId }, other), { status: 404 })
    assert.deepEqual((await usagePlans.GetUsagePlans({}, other)).items, [])
    const own = await createPlan(other)
    await assert.rejects(add(other, own, keyId), { status: 404 })
  }
  assert.equal((await storedPlans(gateway.context)).length, 3)
})
