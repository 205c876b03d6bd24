import type { RestApiId, StageName } from '../aws/identifiers.ts'
import type { AccountDeclaration } from './account-declarations.ts'

/** A usage plan: the stages that its keys open, and how much of them. */
export interface UsagePlanDeclaration extends AccountDeclaration {
  readonly apiStages: readonly UsagePlanStage[]
  /** Of each key, over all stages of the plan; undefined: not limited here. */
  readonly throttle: ThrottleLimits | undefined
  /** Of each key, over all stages of the plan; undefined: not limited. */
  readonly quota: UsagePlanQuota | undefined
}

/** A stage of a plan. */
export interface UsagePlanStage {
  readonly restApiId: RestApiId
  readonly stageName: StageName
  /** Limits of single methods for each key, by `/pets/{petId}/GET`. */
  readonly methodThrottles: Readonly<Record<string, ThrottleLimits>>
}

/** A token bucket's size and speed. A member that is undefined limits nothing. */
export interface ThrottleLimits {
  /** Requests per second. */
  readonly rateLimit: number | undefined
  /** Requests. */
  readonly burstLimit: number | undefined
}

export interface UsagePlanQuota {
  /** Requests in a period. */
  readonly limit: number
  /** Requests that are taken off the limit in the first period. */
  readonly offset: number
  readonly period: 'DAY' | 'WEEK' | 'MONTH'
  /** The day on which the plan got this quota, UTC: `2026-11-22`. */
  readonly sinceDay: string
}
