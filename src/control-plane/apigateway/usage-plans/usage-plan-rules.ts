import type {
  ApiStage,
  QuotaSettings,
  ThrottleSettings,
} from '../../../aws/models/apigateway-types.ts'
import { isMethodKey } from '../methods/method-key.ts'
import type { QuotaRecord, ThrottleRecord, UsagePlanStageRecord } from '../records.ts'
import { usagePlanRefusals, type ApiStageName } from './usage-plan-refusals.ts'

/** What may be taken off the limit in the first period. Documented by CloudFormation's and Terraform's checks. */
const offsetsMax = { DAY: 0, WEEK: 6, MONTH: 27 } as const

/**
 * A quota with its members checked and its offset filled in.
 *
 * @throws {ServiceError} BadRequestException, of the limit, then the period, then the offset.
 */
export function checkQuota({
  limit,
  offset = 0,
  period,
}: QuotaSettings): Omit<QuotaRecord, 'sinceDay'> {
  if (limit === undefined || !isQuotaLimit(limit)) throw usagePlanRefusals.quotaLimit()
  if (period === undefined || !Object.hasOwn(offsetsMax, period)) {
    throw usagePlanRefusals.quotaPeriod()
  }
  const offsetMax = offsetsMax[period]
  if (!Number.isInteger(offset) || offset < 0 || offset > offsetMax) {
    throw usagePlanRefusals.quotaOffset(period, offsetMax)
  }
  return { limit, offset, period }
}

/** The largest number that AWS's API has for a burst and for a quota: both are 32-bit integers. */
const integerMax = 2_147_483_647

/** Whether a quota may be so many requests. */
export function isQuotaLimit(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= integerMax
}

/** A rate that may be: none below 0 but -1, which is none; nor one that JSON cannot keep. */
export function isRateLimit(value: number): boolean {
  return Number.isFinite(value) && (value >= 0 || value === -1)
}

/** A burst that may be: a rate that may be, in whole requests. */
export function isBurstLimit(value: number): boolean {
  return Number.isInteger(value) && isRateLimit(value) && value <= integerMax
}

/**
 * Limits with their numbers checked. A burst above the rate is taken.
 *
 * @throws {ServiceError} BadRequestException.
 * Observed: management/create-usage-plan-burst-above-rate
 */
export function checkThrottle({ burstLimit, rateLimit }: ThrottleSettings): ThrottleRecord {
  if (burstLimit !== undefined && !isBurstLimit(burstLimit)) {
    throw usagePlanRefusals.throttleNumber('burstLimit')
  }
  if (rateLimit !== undefined && !isRateLimit(rateLimit)) {
    throw usagePlanRefusals.throttleNumber('rateLimit')
  }
  return {
    ...(burstLimit === undefined ? {} : { burstLimit }),
    ...(rateLimit === undefined ? {} : { rateLimit }),
  }
}

/**
 * The method that limits are kept under, as lists show it: `/pets/{petId}/GET`, `//GET` at the root.
 *
 * @throws {ServiceError} BadRequestException for what ends in no verb, and for wildcards.
 */
export function methodOfThrottle({ path, method }: { path: string; method: string }): string {
  const key = `${path.startsWith('/') ? path : `/${path}`}/${method}`
  if (!isMethodKey(method) || path.includes('*')) throw usagePlanRefusals.throttleMethod(key)
  return key
}

/** The same of a key of a map: `/pets/GET`. A path that is left out is the root. */
function methodOfMapKey(key: string): string {
  const end = key.lastIndexOf('/')
  return methodOfThrottle({ path: key.slice(0, Math.max(0, end)), method: key.slice(end + 1) })
}

/**
 * A stage that a plan is made with; that it is there is not checked.
 *
 * @throws {ServiceError} BadRequestException.
 */
export function checkApiStage({ apiId, stage, throttle }: ApiStage): UsagePlanStageRecord {
  if (!apiId || !stage) throw usagePlanRefusals.apiStage()
  if (throttle === undefined) return { apiId, stage }
  return { apiId, stage, throttle: checkThrottleMap(throttle) }
}

/** @throws {ServiceError} BadRequestException. */
export function checkThrottleMap(
  map: Readonly<Record<string, ThrottleSettings>>,
): Record<string, ThrottleRecord> {
  return Object.fromEntries(
    Object.entries(map).map(([key, limits]) => [methodOfMapKey(key), checkThrottle(limits)]),
  )
}

/** @throws {ServiceError} BadRequestException for what is not `apiId:stage`. */
export function parseApiStage(text: string): ApiStageName {
  const [apiId = '', stage = '', ...rest] = text.split(':')
  if (apiId === '' || stage === '' || rest.length > 0) throw usagePlanRefusals.apiStage()
  return { apiId, stage }
}

/** Whether two entries name one stage. */
export function isSameStage(a: ApiStageName, b: ApiStageName): boolean {
  return a.apiId === b.apiId && a.stage === b.stage
}
