import type { RestApiId, Scope, StageName } from '../../../aws/identifiers.ts'
import type { UsagePlan } from '../../../aws/models/apigateway-types.ts'
import type { DeploymentFeed } from '../../../ports/deployment-feed.ts'
import type {
  ThrottleLimits,
  UsagePlanDeclaration,
  UsagePlanStage,
} from '../../../snapshot/usage-plan-declaration.ts'
import type { Transaction } from '../../transaction.ts'
import { findRecord } from '../lookup.ts'
import {
  keys,
  type ThrottleRecord,
  type UsagePlanRecord,
  type UsagePlanStageRecord,
} from '../records.ts'
import { usagePlanRefusals } from './usage-plan-refusals.ts'

/** @throws {ServiceError} NotFoundException `Invalid Usage Plan ID specified`. */
export async function getUsagePlan(
  tx: Transaction,
  scope: Scope,
  usagePlanId: string,
): Promise<UsagePlanRecord> {
  const plan = await findRecord(tx, keys.usagePlan(scope, usagePlanId))
  if (plan === undefined) throw usagePlanRefusals.notFound()
  return plan
}

/** A plan as its creation and lists show it. */
export function usagePlanAnswer({ quota, ...shown }: UsagePlanRecord): UsagePlan {
  if (quota === undefined) return shown
  const { limit, offset, period } = quota
  return { ...shown, quota: { limit, offset, period } }
}

/** What the data plane is told of a plan. */
export function usagePlanDeclarationOf(
  { account, region }: Scope,
  { id, apiStages, throttle, quota }: UsagePlanRecord,
  revision: number,
): UsagePlanDeclaration {
  return {
    ...{ account, region, id, revision },
    apiStages: apiStages.map(stageOf),
    throttle: throttle && limitsOf(throttle),
    quota,
  }
}

function stageOf({ apiId, stage, throttle = {} }: UsagePlanStageRecord): UsagePlanStage {
  const limits = Object.entries(throttle).map(([method, each]) => [method, limitsOf(each)] as const)
  return {
    // Both were found as the names of a stage when the plan got it.
    restApiId: apiId as RestApiId,
    stageName: stage as StageName,
    methodThrottles: Object.fromEntries(limits),
  }
}

/** -1 limits nothing. */
function limitsOf({ burstLimit, rateLimit }: ThrottleRecord): ThrottleLimits {
  return {
    burstLimit: burstLimit === -1 ? undefined : burstLimit,
    rateLimit: rateLimit === -1 ? undefined : rateLimit,
  }
}

/** Resolves when every data plane knows these plans as they are now. */
export async function publishUsagePlans(
  { scope, feed }: { readonly scope: Scope; readonly feed: DeploymentFeed },
  plans: readonly UsagePlanRecord[],
  revision: number,
): Promise<void> {
  await Promise.all(
    plans.map(async (plan) => {
      const declaration = usagePlanDeclarationOf(scope, plan, revision)
      await feed.publish({ kind: 'declared', of: 'usage-plan', declaration })
    }),
  )
}
