import { methodNames } from '../../../aws/identifiers.ts'
import { methodSettingKeyCharactersMax, type Quotas } from '../../../aws/limits.ts'
import { wildcardMethodKey, type MethodSetting } from '../../../snapshot/stage-declaration.ts'
import {
  patchRow,
  setEntry,
  type Draft,
  type PatchPlace,
  type PatchRow,
  type PatchValueType,
} from '../patches/patch-operations.ts'
import {
  booleanValue,
  doubleValue,
  integerValue,
  noValue,
  textValue,
  wordValue,
} from '../patches/patch-value-types.ts'
import type { StageRecord } from '../records.ts'
import { requireLoggingRole, type LoggingAccount } from './logging-role.ts'
import type { StagePatchEnvironment } from './stage-patch-environment.ts'
import { stageRefusals } from './stage-refusals.ts'

/**
 * The method settings of UpdateStage: `/{resourcePath}/{httpMethod}/{setting}`, where the two segments of
 * the method are kept as sent, escapes and all, as the key of the entry.
 *
 * An entry is complete from its first write on: a copy of the entry of all methods if there is one, else
 * the defaults. Later changes of the entry of all methods do not reach it.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/api/API_MethodSetting.html
 * Observed: update-stage/method-setting-inherits-by-copy.json
 */

type Place = PatchPlace<StagePatchEnvironment>
type StageRow = PatchRow<StageRecord, StagePatchEnvironment>

/** What an entry has when nothing says otherwise; the log level is absent until it is set. */
function defaultMethodSetting(quotas: Quotas): Draft<MethodSetting> {
  return {
    metricsEnabled: false,
    dataTraceEnabled: false,
    throttlingBurstLimit: quotas.accountThrottleBurst,
    throttlingRateLimit: quotas.accountThrottleRate,
    cachingEnabled: false,
    cacheTtlInSeconds: 300,
    cacheDataEncrypted: false,
    requireAuthorizationForCacheControl: true,
    unauthorizedCacheControlHeaderStrategy: 'SUCCEED_WITH_RESPONSE_HEADER',
  }
}

/**
 * The key of the entry that a path names: the verbs of HTTP for a resource, `*` for all methods of all
 * resources. A verb of its own for `*`, or `*` for a verb, is no method of AWS's, nor is ANY.
 *
 * Observed: update-stage/method-setting-of-any-is-refused.json
 */
function methodKeyOf(place: Place): string {
  const key = `${place.rawSegment('resourcePath')}/${place.rawSegment('httpMethod')}`
  if (key === wildcardMethodKey) return key
  const verb = methodNames.find((name) => name === place.rawSegment('httpMethod'))
  const resourcePath = place.rawSegment('resourcePath')
  if (verb === undefined || resourcePath === '' || resourcePath === '*') place.refuse()
  if (key.length > methodSettingKeyCharactersMax) place.refuse()
  return key
}

function entryOf(draft: Draft<StageRecord>, place: Place): Draft<MethodSetting> {
  const key = methodKeyOf(place)
  const settings = draft.methodSettings
  const found = Object.hasOwn(settings, key) ? settings[key] : undefined
  if (found !== undefined) return found
  const entry = {
    ...(settings[wildcardMethodKey] ?? defaultMethodSetting(place.environment.quotas)),
  }
  setEntry(settings, key, entry)
  return entry
}

function settingRow<Member extends keyof MethodSetting>(
  path: string,
  member: Member,
  type: PatchValueType<NonNullable<MethodSetting[Member]>>,
  check?: (value: NonNullable<MethodSetting[Member]>, account: LoggingAccount) => void,
): StageRow {
  return patchRow({
    path: `/{resourcePath+}/{httpMethod}/${path}`,
    ops: ['replace'],
    type,
    set(draft, value, place) {
      const entry = entryOf(draft, place)
      check?.(value, place.environment.account)
      Object.assign(entry, { [member]: value })
    },
  })
}

const isThrottle = (value: number): boolean => value === -1 || value >= 0

/**
 * Rows of the settings of methods. The last two take what no other row of the stage takes, so they stand
 * at the end of its table.
 */
export const methodSettingRows: readonly StageRow[] = [
  settingRow('metrics/enabled', 'metricsEnabled', booleanValue),
  settingRow(
    'logging/loglevel',
    'loggingLevel',
    wordValue(['OFF', 'ERROR', 'INFO'], stageRefusals.loggingLevel),
    (level, account) => {
      if (level !== 'OFF') requireLoggingRole(account)
    },
  ),
  settingRow('logging/dataTrace', 'dataTraceEnabled', booleanValue, (enabled, account) => {
    if (enabled) requireLoggingRole(account)
  }),
  settingRow(
    'throttling/burstLimit',
    'throttlingBurstLimit',
    integerValue({
      example: '100',
      accepts: (value) => isThrottle(value) && value <= 2_147_483_647,
      refusal: stageRefusals.burstLimit,
    }),
  ),
  settingRow(
    'throttling/rateLimit',
    'throttlingRateLimit',
    doubleValue({
      example: '-1.000000',
      accepts: isThrottle,
      refusal: stageRefusals.rateLimit,
    }),
  ),
  settingRow('caching/enabled', 'cachingEnabled', booleanValue),
  settingRow(
    'caching/ttlInSeconds',
    'cacheTtlInSeconds',
    integerValue({
      example: '3600',
      accepts: (value) => value >= 0 && value <= 3600,
      refusal: stageRefusals.cacheTtl,
    }),
  ),
  settingRow('caching/dataEncrypted', 'cacheDataEncrypted', booleanValue),
  settingRow(
    'caching/requireAuthorizationForCacheControl',
    'requireAuthorizationForCacheControl',
    booleanValue,
  ),
  settingRow(
    'caching/unauthorizedCacheControlHeaderStrategy',
    'unauthorizedCacheControlHeaderStrategy',
    wordValue(
      ['FAIL_WITH_403', 'SUCCEED_WITH_RESPONSE_HEADER', 'SUCCEED_WITHOUT_RESPONSE_HEADER'],
      stageRefusals.cacheControlStrategy,
    ),
  ),
  patchRow({
    path: '/{resourcePath+}/{httpMethod}/{group}/{setting}',
    ops: ['replace'],
    type: textValue,
    set(_draft, _value, place) {
      methodKeyOf(place)
      throw stageRefusals.methodSetting(
        `${place.rawSegment('group')}/${place.rawSegment('setting')}`,
      )
    },
  }),
  patchRow({
    path: '/{methodKey+}',
    ops: ['remove'],
    type: noValue,
    set(draft, _value, place) {
      const key = place.rawSegment('methodKey')
      if (!Object.hasOwn(draft.methodSettings, key)) throw stageRefusals.methodSettingMissing(key)
      delete draft.methodSettings[key]
    },
  }),
]
