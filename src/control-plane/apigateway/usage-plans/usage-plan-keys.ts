import type { ApiGatewayOperations, UsagePlanKey } from '../../../aws/models/apigateway-types.ts'
import { dayOf, quotaKeyOf } from '../../../snapshot/quota-period.ts'
import type { Handlers } from '../../service.ts'
import { transact, transactWithRevision } from '../../transaction.ts'
import { getApiKey, publishApiKeys } from '../api-keys/api-key-records.ts'
import { apiKeyRefusals } from '../api-keys/api-key-refusals.ts'
import type { ApiGatewayContext } from '../context.ts'
import { pageOf } from '../paging.ts'
import { keys, type ApiKeyRecord } from '../records.ts'
import { apiKeyIdsOf, joinPlan, leavePlan } from './plan-members.ts'
import { getUsagePlan } from './usage-plan-records.ts'
import { usagePlanRefusals } from './usage-plan-refusals.ts'

/** The operations on the keys of usage plans. AWS shows their values without being asked. */
export const usagePlanKeys = {
  /**
   * Refuses in this order: type, plan, key, key in the plan, number of plans, a stage that another plan of
   * the key has.
   *
   * Observed: management/create-usage-plan-key-*
   */
  async CreateUsagePlanKey({ usagePlanId, keyId, keyType }, context) {
    const { scope, store, quotas, stageClock } = context
    if (keyType !== 'API_KEY') throw usagePlanRefusals.keyType()
    const today = dayOf(stageClock.nowMs())
    const { result: apiKey, revision } = await transactWithRevision(store, async (tx) => {
      const plan = await getUsagePlan(tx, scope, usagePlanId)
      const found = await getApiKey(tx, scope, keyId)
      return joinPlan(tx, { scope, quotas, today }, { apiKey: found, plan })
    })
    await publishApiKeys(context, [apiKey], revision)
    return usagePlanKeyAnswer(apiKey)
  },

  async GetUsagePlanKey({ usagePlanId, keyId }, { scope, store }) {
    return transact(store, async (tx) => {
      const plan = await getUsagePlan(tx, scope, usagePlanId)
      const apiKey = await getApiKey(tx, scope, keyId)
      return usagePlanKeyAnswer(memberOf(apiKey, plan.id))
    })
  },

  /**
   * A plan that is not there has no keys. Names are compared from their beginning, in the case they have.
   *
   * Observed: management/get-usage-plan-keys-unknown-plan
   */
  async GetUsagePlanKeys(request, { scope, store }) {
    const { usagePlanId, nameQuery = '' } = request
    return transact(store, async (tx) => {
      if (usagePlanId === '' || usagePlanId.includes('\u0000')) return { items: [] }
      const records: ApiKeyRecord[] = []
      for (const id of await apiKeyIdsOf(tx, scope, usagePlanId)) {
        const apiKey = await tx.get(keys.apiKey(scope, id))
        if (apiKey?.name?.startsWith(nameQuery) ?? nameQuery === '') {
          if (apiKey !== undefined) records.push(apiKey)
        }
      }
      const page = pageOf(records, { name: 'usageplankeys', orderOf: ({ id }) => id }, request)
      return { ...page, items: page.items.map(usagePlanKeyAnswer) }
    })
  },

  /** What the key has used in the plan is forgotten. */
  async DeleteUsagePlanKey({ usagePlanId, keyId }, context) {
    const { scope, store, quotaLedger } = context
    const { result, revision } = await transactWithRevision(store, async (tx) => {
      const plan = await getUsagePlan(tx, scope, usagePlanId)
      const apiKey = memberOf(await getApiKey(tx, scope, keyId), plan.id)
      return { plan, left: await leavePlan(tx, scope, { apiKey, usagePlanId: plan.id }) }
    })
    await publishApiKeys(context, [result.left], revision)
    await quotaLedger.remove([quotaKeyOf({ ...scope, id: result.plan.id }, result.left.id)])
    return {}
  },
} satisfies Partial<Handlers<ApiGatewayContext, ApiGatewayOperations>>

/** @throws {ServiceError} NotFoundException for a key that is not in the plan. */
function memberOf(apiKey: ApiKeyRecord, usagePlanId: string): ApiKeyRecord {
  if (!Object.hasOwn(apiKey.usagePlans, usagePlanId)) throw apiKeyRefusals.notFound()
  return apiKey
}

function usagePlanKeyAnswer({ id, value, name }: ApiKeyRecord): UsagePlanKey {
  return { id, type: 'API_KEY', value, ...(name === undefined ? {} : { name }) }
}
