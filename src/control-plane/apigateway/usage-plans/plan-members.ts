import type { Scope } from '../../../aws/identifiers.ts'
import type { Quotas } from '../../../aws/limits.ts'
import type { Transaction } from '../../transaction.ts'
import { keys, type ApiKeyRecord, type UsagePlanRecord } from '../records.ts'
import { usagePlanRefusals, type ApiStageName } from './usage-plan-refusals.ts'
import { isSameStage } from './usage-plan-rules.ts'

/**
 * Which keys and which stages are in which plans. No key opens one stage by two plans: a change of one side
 * looks at all of the other, so every change writes the one record `usagePlanMembers`, and of two that race
 * one sees the other.
 */

async function holdMembers(tx: Transaction, scope: Scope): Promise<void> {
  const held = await tx.get(keys.usagePlanMembers(scope))
  tx.put(keys.usagePlanMembers(scope), held ?? {})
}

/** What a key is added to a plan with. */
export interface Joining {
  readonly scope: Scope
  readonly quotas: Quotas
  /** UTC. */
  readonly today: string
}

/**
 * Adds a key to a plan; the key as it is then.
 *
 * @throws {ServiceError} when it is in the plan, then when it is in as many as it may be, then when
 * another of its plans has one of the stages.
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html
 */
export async function joinPlan(
  tx: Transaction,
  { scope, quotas, today }: Joining,
  { apiKey, plan }: { readonly apiKey: ApiKeyRecord; readonly plan: UsagePlanRecord },
): Promise<ApiKeyRecord> {
  const planIds = Object.keys(apiKey.usagePlans)
  if (planIds.includes(plan.id)) throw usagePlanRefusals.keyIsMember(apiKey.id, plan.id)
  if (planIds.length >= quotas.usagePlansPerApiKey) throw usagePlanRefusals.tooManyPlansOfKey()
  for (const planId of planIds) {
    const other = await tx.get(keys.usagePlan(scope, planId))
    const shared = other && sharedStage(plan.apiStages, other)
    if (shared !== undefined) throw usagePlanRefusals.stageIsOpen(apiKey.id, shared, planId)
  }
  const joined = { ...apiKey, usagePlans: { ...apiKey.usagePlans, [plan.id]: today } }
  tx.put(keys.apiKey(scope, apiKey.id), joined)
  tx.put(keys.usagePlanKey(scope, plan.id, apiKey.id), { id: apiKey.id })
  await holdMembers(tx, scope)
  return joined
}

function sharedStage(
  stages: readonly ApiStageName[],
  plan: UsagePlanRecord,
): ApiStageName | undefined {
  return stages.find((stage) => plan.apiStages.some((each) => isSameStage(each, stage)))
}

/** Takes a key out of a plan; the key as it is then. */
export async function leavePlan(
  tx: Transaction,
  scope: Scope,
  { apiKey, usagePlanId }: { readonly apiKey: ApiKeyRecord; readonly usagePlanId: string },
): Promise<ApiKeyRecord> {
  const { [usagePlanId]: _, ...usagePlans } = apiKey.usagePlans
  const left = { ...apiKey, usagePlans }
  tx.put(keys.apiKey(scope, apiKey.id), left)
  tx.remove(keys.usagePlanKey(scope, usagePlanId, apiKey.id))
  await holdMembers(tx, scope)
  return left
}

/** Takes a key that goes out of the lists of its plans. */
export async function leavePlans(
  tx: Transaction,
  scope: Scope,
  { id, usagePlans }: ApiKeyRecord,
): Promise<void> {
  for (const usagePlanId of Object.keys(usagePlans)) {
    tx.remove(keys.usagePlanKey(scope, usagePlanId, id))
  }
  await holdMembers(tx, scope)
}

/** The ids of a plan's keys. */
export async function apiKeyIdsOf(
  tx: Transaction,
  scope: Scope,
  usagePlanId: string,
): Promise<readonly string[]> {
  const listed = await tx.list(keys.usagePlanKeys(scope, usagePlanId))
  return listed.map(({ value }) => value.id)
}

/**
 * Checks stages that come to a plan: no key of the plan may open one of them by another plan already.
 *
 * Cost: lists the plans, and the keys of those that have one of the stages.
 *
 * @throws {ServiceError} ConflictException.
 */
export async function holdStages(
  tx: Transaction,
  scope: Scope,
  { plan, added }: { readonly plan: UsagePlanRecord; readonly added: readonly ApiStageName[] },
): Promise<void> {
  await holdMembers(tx, scope)
  if (added.length === 0) return
  const own = new Set(await apiKeyIdsOf(tx, scope, plan.id))
  if (own.size === 0) return
  for (const { value: other } of await tx.list(keys.usagePlans(scope))) {
    const shared = other.id === plan.id ? undefined : sharedStage(added, other)
    if (shared === undefined) continue
    const both = (await apiKeyIdsOf(tx, scope, other.id)).find((id) => own.has(id))
    if (both !== undefined) throw usagePlanRefusals.stageIsOpen(both, shared, other.id)
  }
}

/**
 * Takes a stage that goes, or all stages of an API that goes, out of the plans; those that changed, to be
 * published.
 *
 * Chosen: docs/decisions/0039-api-keys-and-usage-plans.md
 */
export async function detachStages(
  tx: Transaction,
  scope: Scope,
  gone: { readonly restApiId: string; readonly stageName?: string },
): Promise<readonly UsagePlanRecord[]> {
  // Whoever adds a stage to a plan writes this.
  if ((await tx.get(keys.usagePlanMembers(scope))) === undefined) return []
  const isGone = ({ apiId, stage }: ApiStageName) =>
    apiId === gone.restApiId && (gone.stageName === undefined || gone.stageName === stage)
  const changed: UsagePlanRecord[] = []
  for (const { value: plan } of await tx.list(keys.usagePlans(scope))) {
    const apiStages = plan.apiStages.filter((each) => !isGone(each))
    if (apiStages.length === plan.apiStages.length) continue
    changed.push({ ...plan, apiStages })
    tx.put(keys.usagePlan(scope, plan.id), { ...plan, apiStages })
  }
  if (changed.length > 0) await holdMembers(tx, scope)
  return changed
}
