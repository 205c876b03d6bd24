import type { MethodKey, MethodName } from '../../../aws/identifiers.ts'
import type { Quotas } from '../../../aws/limits.ts'
import { bucketSizeOf, type BucketSize } from '../../../snapshot/bucket-size.ts'
import {
  compileMethodSettings,
  findMethodSettingIn,
  type FoundMethodSetting,
  type MethodSettingTable,
} from '../../../snapshot/method-setting-table.ts'
import type { MethodSetting } from '../../../snapshot/stage-declaration.ts'
import type { StageRecord } from '../records.ts'

/** A method of a deployed definition. */
export interface DeployedMethod {
  readonly resourcePath: string
  /** As declared: ANY stays ANY. */
  readonly methodKey: MethodKey
}

/** What acts on a method, and where it was said. */
export interface EffectiveSetting {
  readonly value: boolean | number | string
  /**
   * The key of the method's own entry, or the wildcard's; `account`: the limit of the account; `stage`: there
   * is no cache cluster; `default`: nobody said anything.
   */
  readonly from: string
}

/** The settings of one verb of a method. */
export interface EffectiveMethodSettings {
  readonly resourcePath: string
  /** ANY: the verbs of an ANY method that no other row of it names. */
  readonly httpMethod: string
  readonly settings: Readonly<Record<keyof MethodSetting, EffectiveSetting>>
}

/**
 * What a stage's method settings come to for each method of a deployment, in the order of the methods.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-caching.html (caching
 * for all methods is for GET alone), https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
 */
export function effectiveSettings(
  stage: Pick<StageRecord, 'methodSettings' | 'cacheClusterEnabled'>,
  methods: Iterable<DeployedMethod>,
  quotas: Quotas,
): readonly EffectiveMethodSettings[] {
  const table = compileMethodSettings(stage.methodSettings)
  return [...methods].flatMap((method) => {
    const { resourcePath } = method
    return rowsOf(method, table).map((httpMethod) => ({
      resourcePath,
      httpMethod,
      settings: settingsOf(findMethodSettingIn(table, resourcePath, httpMethod), {
        httpMethod,
        hasCache: stage.cacheClusterEnabled,
        quotas,
      }),
    }))
  })
}

/** The keys of method settings that act on no method at all, in their order. */
export function unmatchedKeys(
  methodSettings: StageRecord['methodSettings'],
  methods: Iterable<DeployedMethod>,
): readonly string[] {
  const table = compileMethodSettings(methodSettings)
  const unmatched = new Set(Object.keys(methodSettings))
  if (table.ofAll !== undefined) unmatched.delete(table.ofAll.key)
  for (const { resourcePath, methodKey } of methods) {
    for (const [verb, { key }] of table.own.get(resourcePath) ?? []) {
      if (methodKey === 'ANY' || methodKey === verb) unmatched.delete(key)
    }
  }
  return [...unmatched]
}

function rowsOf(
  { resourcePath, methodKey }: DeployedMethod,
  { own, ofAll }: MethodSettingTable,
): readonly string[] {
  if (methodKey !== 'ANY') return [methodKey]
  const verbs = new Set(own.get(resourcePath)?.keys())
  if (ofAll?.setting.cachingEnabled === true) verbs.add('GET' satisfies MethodName)
  return [...verbs, methodKey]
}

interface Surroundings {
  readonly httpMethod: string
  readonly hasCache: boolean
  readonly quotas: Quotas
}

function settingsOf(
  found: FoundMethodSetting | undefined,
  surroundings: Surroundings,
): EffectiveMethodSettings['settings'] {
  const { quotas } = surroundings
  const said = <Value>(value: Value | undefined, otherwise: Value) =>
    found === undefined || value === undefined
      ? { value: otherwise, from: 'default' }
      : { value, from: found.key }
  const throttle = throttleOf(found, quotas)
  const setting = found?.setting
  return {
    metricsEnabled: said(setting?.metricsEnabled, false),
    loggingLevel: said<string>(setting?.loggingLevel, 'OFF'),
    dataTraceEnabled: said(setting?.dataTraceEnabled, false),
    throttlingBurstLimit: { value: throttle.burst, from: throttle.from },
    throttlingRateLimit: { value: throttle.ratePerSecond, from: throttle.from },
    cachingEnabled: caching(found, surroundings),
    cacheTtlInSeconds: said(setting?.cacheTtlInSeconds, 300),
    cacheDataEncrypted: said(setting?.cacheDataEncrypted, false),
    requireAuthorizationForCacheControl: said(setting?.requireAuthorizationForCacheControl, true),
    unauthorizedCacheControlHeaderStrategy: said<string>(
      setting?.unauthorizedCacheControlHeaderStrategy,
      'SUCCEED_WITH_RESPONSE_HEADER',
    ),
  }
}

/** Rate and burst are one bucket, whose size follows from both. */
function throttleOf(
  found: FoundMethodSetting | undefined,
  { accountThrottleRate, accountThrottleBurst }: Quotas,
): BucketSize & { readonly from: string } {
  const { throttlingRateLimit: rateLimit, throttlingBurstLimit: burstLimit } = found?.setting ?? {}
  const size = bucketSizeOf({ rateLimit, burstLimit })
  if (found !== undefined && size !== undefined) return { ...size, from: found.key }
  return { ratePerSecond: accountThrottleRate, burst: accountThrottleBurst, from: 'account' }
}

function caching(
  found: FoundMethodSetting | undefined,
  { httpMethod, hasCache }: Surroundings,
): EffectiveSetting {
  if (found === undefined) return { value: false, from: 'default' }
  if (!found.setting.cachingEnabled) return { value: false, from: found.key }
  if (!found.isOwn && httpMethod !== 'GET') return { value: false, from: 'default' }
  return hasCache ? { value: true, from: found.key } : { value: false, from: 'stage' }
}
