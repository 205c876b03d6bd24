import type { Scope } from '../../../aws/identifiers.ts'
import type {
  ApiGatewayOperations,
  CreateUsagePlanRequest,
} from '../../../aws/models/apigateway-types.ts'
import type { Random } from '../../../ports/random.ts'
import { dayOf, quotaKeyOf } from '../../../snapshot/quota-period.ts'
import type { Handlers } from '../../service.ts'
import { transact, transactWithRevision, type Transaction } from '../../transaction.ts'
import { getApiKey, noteUsageScope, publishApiKeys } from '../api-keys/api-key-records.ts'
import type { ApiGatewayContext } from '../context.ts'
import { findRecord } from '../lookup.ts'
import { pageOf } from '../paging.ts'
import { applyPatchOperations } from '../patches/patch-operations.ts'
import { keys, type ApiKeyRecord, type UsagePlanRecord } from '../records.ts'
import { checkTags, customIdOf } from '../tags/tag-rules.ts'
import { apiKeyIdsOf, holdStages, leavePlan } from './plan-members.ts'
import { usagePlanPatchTable, type UsagePlanDraft } from './usage-plan-patch-paths.ts'
import { getUsagePlan, publishUsagePlans, usagePlanAnswer } from './usage-plan-records.ts'
import { usagePlanRefusals, type ApiStageName } from './usage-plan-refusals.ts'
import { checkApiStage, checkQuota, checkThrottle, isSameStage } from './usage-plan-rules.ts'

/** The operations on usage plans. What a plan says holds when the call that says it answers. */
export const usagePlans = {
  /**
   * The tag `_custom_id_` chooses the id. Refuses in this order: name, throttle, quota, stages as they are
   * written, tags, stages that are not there, id taken, quota of plans.
   *
   * Observed: management/create-usage-plan-*
   */
  async CreateUsagePlan(input, context) {
    const { store, quotas } = context
    const settings = settingsOf(input, context)
    checkTags(input.tags ?? {}, quotas)
    const { result: plan, revision } = await transactWithRevision(store, (tx) =>
      createUsagePlan(tx, { settings, tags: input.tags ?? {} }, context),
    )
    await publishUsagePlans(context, [plan], revision)
    return usagePlanAnswer(plan)
  },

  async GetUsagePlan({ usagePlanId }, { scope, store }) {
    return transact(store, async (tx) => withTags(await getUsagePlan(tx, scope, usagePlanId)))
  },

  /** `keyId`: only the plans of this key; a key that is not there has none. */
  async GetUsagePlans(request, { scope, store }) {
    return transact(store, async (tx) => {
      const listed = await tx.list(keys.usagePlans(scope))
      const ofKey = await planIdsOf(tx, scope, request.keyId)
      const records = listed
        .map(({ value }) => value)
        .filter(({ id }) => ofKey === undefined || ofKey.has(id))
      const page = pageOf(records, { name: 'usageplans', orderOf: ({ id }) => id }, request)
      return { ...page, items: page.items.map(usagePlanAnswer) }
    })
  },

  /** Observed: management/update-usage-plan-* */
  async UpdateUsagePlan({ usagePlanId, patchOperations = [] }, context) {
    const { scope, store, stageClock } = context
    const { result: after, revision } = await transactWithRevision(store, async (tx) => {
      const before = await getUsagePlan(tx, scope, usagePlanId)
      const patched = await applyPatchOperations<
        UsagePlanDraft,
        { hasStage(name: ApiStageName): Promise<boolean> }
      >(usagePlanPatchTable, before, patchOperations, {
        hasStage: (name) => hasStage(tx, scope, name),
      })
      const plan = withQuota(patched, before, dayOf(stageClock.nowMs()))
      const added = plan.apiStages.filter(
        (stage) => !before.apiStages.some((each) => isSameStage(each, stage)),
      )
      await holdStages(tx, scope, { plan, added })
      tx.put(keys.usagePlan(scope, plan.id), plan)
      return plan
    })
    await publishUsagePlans(context, [after], revision)
    return withTags(after)
  },

  /** Refused while the plan has stages. Its keys leave it, and what they used in it is forgotten. */
  async DeleteUsagePlan({ usagePlanId }, context) {
    const { scope, store, feed, quotaLedger } = context
    const { result, revision } = await transactWithRevision(store, async (tx) => {
      const plan = await getUsagePlan(tx, scope, usagePlanId)
      const [stage] = plan.apiStages
      if (stage !== undefined) throw usagePlanRefusals.hasStages(plan.id, stage)
      const left: ApiKeyRecord[] = []
      for (const id of await apiKeyIdsOf(tx, scope, plan.id)) {
        const apiKey = await getApiKey(tx, scope, id)
        left.push(await leavePlan(tx, scope, { apiKey, usagePlanId: plan.id }))
      }
      await holdStages(tx, scope, { plan, added: [] })
      tx.remove(keys.usagePlan(scope, plan.id))
      return { id: plan.id, left }
    })
    const { id, left } = result
    await feed.publish({ kind: 'withdrawn', of: 'usage-plan', ...scope, id, revision })
    await publishApiKeys(context, left, revision)
    await quotaLedger.remove(left.map((apiKey) => quotaKeyOf({ ...scope, id }, apiKey.id)))
    return {}
  },
} satisfies Partial<Handlers<ApiGatewayContext, ApiGatewayOperations>>

/** AWS shows the tags of a single plan even when there are none. */
function withTags(plan: UsagePlanRecord): ReturnType<typeof usagePlanAnswer> {
  return { tags: {}, ...usagePlanAnswer(plan) }
}

type Settings = Omit<UsagePlanRecord, 'id' | 'tags'>

function settingsOf(
  { name, description, apiStages = [], throttle, quota }: CreateUsagePlanRequest,
  { stageClock }: Pick<ApiGatewayContext, 'stageClock'>,
): Settings {
  if (name === '') throw usagePlanRefusals.emptyName()
  const sinceDay = dayOf(stageClock.nowMs())
  return {
    name,
    ...(description ? { description } : {}),
    ...(throttle === undefined ? {} : { throttle: checkThrottle(throttle) }),
    ...(quota === undefined ? {} : { quota: { ...checkQuota(quota), sinceDay } }),
    apiStages: apiStages.map(checkApiStage),
  }
}

/** Of entries that name one stage the first. */
function withoutRepeated(stages: Settings['apiStages']): Settings['apiStages'] {
  const seen = new Set<string>()
  return stages.filter(({ apiId, stage }) => {
    const name = JSON.stringify([apiId, stage])
    return !seen.has(name) && seen.add(name)
  })
}

async function createUsagePlan(
  tx: Transaction,
  { settings, tags }: { readonly settings: Settings; readonly tags: Record<string, string> },
  { scope, random, quotas }: ApiGatewayContext,
): Promise<UsagePlanRecord> {
  const apiStages = withoutRepeated(settings.apiStages)
  for (const stage of apiStages) {
    if (!(await hasStage(tx, scope, stage))) throw usagePlanRefusals.apiStageOfNewPlan()
  }
  const id = await freeUsagePlanId(tx, { scope, random, customId: customIdOf(tags) })
  const plan: UsagePlanRecord = {
    id,
    ...settings,
    apiStages,
    ...(Object.keys(tags).length === 0 ? {} : { tags: { ...tags } }),
  }
  // Every plan that is made holds this, so that of two racing for the last place one sees the other.
  await holdStages(tx, scope, { plan, added: [] })
  const existing = await tx.list(keys.usagePlans(scope))
  if (existing.length >= quotas.usagePlans) throw usagePlanRefusals.tooMany()
  tx.put(keys.usagePlan(scope, id), plan)
  await noteUsageScope(tx, scope)
  return plan
}

async function hasStage(
  tx: Transaction,
  scope: Scope,
  { apiId, stage }: ApiStageName,
): Promise<boolean> {
  return (await findRecord(tx, keys.stage(scope, apiId, stage))) !== undefined
}

const usagePlanIdCharacters = 6

async function freeUsagePlanId(
  tx: Transaction,
  {
    scope,
    random,
    customId,
  }: { readonly scope: Scope; readonly random: Random; readonly customId: string | undefined },
): Promise<string> {
  const isTaken = async (id: string) => (await tx.get(keys.usagePlan(scope, id))) !== undefined
  if (customId !== undefined) {
    if (await isTaken(customId)) throw usagePlanRefusals.customIdTaken(customId)
    return customId
  }
  for (;;) {
    const id = random.identifier(usagePlanIdCharacters)
    if (!(await isTaken(id))) return id
  }
}

/** Undefined: all. */
async function planIdsOf(
  tx: Transaction,
  scope: Scope,
  apiKeyId: string | undefined,
): Promise<ReadonlySet<string> | undefined> {
  if (!apiKeyId) return undefined
  const apiKey = await findRecord(tx, keys.apiKey(scope, apiKeyId))
  return new Set(Object.keys(apiKey?.usagePlans ?? {}))
}

/** A patched plan with its quota checked; a new period or offset begins today. */
function withQuota(
  { quota, ...patched }: UsagePlanDraft,
  before: UsagePlanRecord,
  today: string,
): UsagePlanRecord {
  if (quota === undefined) return patched
  const checked = checkQuota(quota)
  const known = before.quota
  const isSame = known?.period === checked.period && known.offset === checked.offset
  return { ...patched, quota: { ...checked, sinceDay: isSame ? known.sinceDay : today } }
}
