import type { Clock } from '../ports/clock.ts'
import type { Charge, QuotaCounter } from '../ports/counters.ts'
import type { ApiKeyDeclaration } from '../snapshot/api-key-declaration.ts'
import type { CompiledMethod } from '../snapshot/compiled-deployment.ts'
import { quotaCounterOf } from '../snapshot/quota-period.ts'
import type { StageSnapshot } from '../snapshot/stage-snapshot.ts'
import type { ThrottleLimits, UsagePlanDeclaration } from '../snapshot/usage-plan-declaration.ts'
import type { ApiCaller } from './call.ts'
import {
  accountLevelOf,
  planLevelsOf,
  stageLevelOf,
  type ThrottledMethod,
  type ThrottleLevel,
} from './throttle-levels.ts'

/** What a request costs, and who says so. */
export interface PreparedCharge {
  readonly charge: Charge
  /** Of each bucket of the charge, in their order. */
  readonly levels: readonly ThrottleLevel[]
  /** The first limit of 0; undefined: there is none. */
  readonly shut: ThrottleLevel | undefined
}

/** The charges of requests, prepared once for each method of a stage and each owner of a key. */
export interface ChargeBook {
  /** `caller` undefined: no usage plan is asked. */
  find(
    method: ThrottledMethod,
    caller: ApiCaller | undefined,
    stageClock: Pick<Clock, 'nowMs'>,
  ): PreparedCharge
}

interface PlanCharge {
  readonly usagePlan: UsagePlanDeclaration
  readonly levels: readonly ThrottleLevel[]
  /** Since 1970; what the quota is changes with the day. */
  readonly dayNumber: number
  readonly prepared: PreparedCharge
}

const dayMs = 86_400_000

/**
 * A book of charges. `account`: the limits of each account in each region. What it remembers is forgotten
 * with the snapshots and the keys that it was made of.
 *
 * The order is AWS's: the plan's limit of the method, the plan's, the stage's of the method, the account's.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
 * Cost: two look-ups; four for the owner of a key.
 */
export function createChargeBook(account: ThrottleLimits): ChargeBook {
  const ofStages = new WeakMap<StageSnapshot, Map<CompiledMethod, Map<string, PreparedCharge>>>()
  const ofKeys = new WeakMap<ApiKeyDeclaration, WeakMap<PreparedCharge, PlanCharge>>()

  function withoutPlan(asked: ThrottledMethod): PreparedCharge {
    const { stage, method, httpMethod } = asked
    let ofMethods = ofStages.get(stage)
    if (ofMethods === undefined) ofStages.set(stage, (ofMethods = new Map()))
    let ofVerbs = ofMethods.get(method)
    if (ofVerbs === undefined) ofMethods.set(method, (ofVerbs = new Map()))
    let prepared = ofVerbs.get(httpMethod)
    if (prepared === undefined) {
      prepared = prepare([...stageLevelOf(asked), ...accountLevelOf(asked, account)], undefined)
      ofVerbs.set(httpMethod, prepared)
    }
    return prepared
  }

  function withPlan(base: PreparedCharge, asked: ThrottledMethod, given: Keyed): PreparedCharge {
    const { caller, nowMs } = given
    const { apiKey, usagePlan } = caller
    let ofKey = ofKeys.get(apiKey)
    if (ofKey === undefined) ofKeys.set(apiKey, (ofKey = new WeakMap()))
    const known = ofKey.get(base)
    const dayNumber = usagePlan.quota === undefined ? 0 : Math.floor(nowMs / dayMs)
    if (known?.usagePlan === usagePlan && known.dayNumber === dayNumber) return known.prepared
    const levels =
      known?.usagePlan === usagePlan
        ? known.levels
        : [...planLevelsOf(caller, asked), ...base.levels]
    const prepared = prepare(levels, quotaCounterOf(usagePlan, apiKey, nowMs))
    ofKey.set(base, { usagePlan, levels, dayNumber, prepared })
    return prepared
  }

  return {
    find(asked, caller, stageClock) {
      const base = withoutPlan(asked)
      return caller === undefined
        ? base
        : withPlan(base, asked, { caller, nowMs: stageClock.nowMs() })
    },
  }
}

interface Keyed {
  readonly caller: ApiCaller
  readonly nowMs: number
}

function prepare(
  levels: readonly ThrottleLevel[],
  quota: QuotaCounter | undefined,
): PreparedCharge {
  const buckets = Object.freeze(levels.map(({ bucket }) => bucket))
  return Object.freeze({
    charge: Object.freeze({ buckets, quota: quota && Object.freeze(quota) }),
    levels,
    shut: levels.find(({ isShut }) => isShut),
  })
}
