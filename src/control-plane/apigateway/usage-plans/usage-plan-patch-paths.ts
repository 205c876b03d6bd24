import type { ThrottleSettings } from '../../../aws/models/apigateway-types.ts'
import type { JsonValue } from '../../../base/json.ts'
import { parseJsonText } from '../json-text.ts'
import { optionalTextRow } from '../patches/patch-entry-rows.ts'
import {
  patchRow,
  setEntry,
  type Draft,
  type PatchPlace,
  type PatchRow,
  type PatchTable,
  type PatchValueType,
  unescapeSegment,
} from '../patches/patch-operations.ts'
import { patchRefusals } from '../patches/patch-refusals.ts'
import {
  doubleValue,
  integerValue,
  noValue,
  textValue,
  wordValue,
} from '../patches/patch-value-types.ts'
import type { QuotaRecord, ThrottleRecord, UsagePlanRecord } from '../records.ts'
import { usagePlanRefusals, type ApiStageName } from './usage-plan-refusals.ts'
import {
  checkThrottleMap,
  isBurstLimit,
  isQuotaLimit,
  isRateLimit,
  isSameStage,
  methodOfThrottle,
  parseApiStage,
} from './usage-plan-rules.ts'

/**
 * A plan while it is patched: its quota is whole when all operations are applied, as `/quota/limit` and
 * `/quota/period` come one after the other.
 */
export type UsagePlanDraft = Omit<UsagePlanRecord, 'quota'> & {
  readonly quota?: Partial<QuotaRecord>
}

/** What stages are looked up with. */
export interface UsagePlanPatchEnvironment {
  hasStage(name: ApiStageName): Promise<boolean>
}

type Row = PatchRow<UsagePlanDraft, UsagePlanPatchEnvironment>
type Place = PatchPlace<UsagePlanPatchEnvironment>
type PlanDraft = Draft<UsagePlanDraft>
type StageDraft = PlanDraft['apiStages'][number]

const throttleNumbers = {
  rateLimit: doubleValue({
    example: '12.5',
    accepts: isRateLimit,
    refusal: () => usagePlanRefusals.throttleNumber('rateLimit'),
  }),
  burstLimit: integerValue({
    example: '25',
    accepts: isBurstLimit,
    refusal: () => usagePlanRefusals.throttleNumber('burstLimit'),
  }),
} as const
const throttleMembers = ['rateLimit', 'burstLimit'] as const

const quotaRows: readonly Row[] = [
  patchRow({
    path: '/quota/limit',
    ops: ['add', 'replace'],
    type: integerValue({
      example: '1234',
      accepts: isQuotaLimit,
      refusal: usagePlanRefusals.quotaLimit,
    }),
    set(draft: PlanDraft, limit) {
      draft.quota = { ...draft.quota, limit }
    },
  }),
  patchRow({
    path: '/quota/offset',
    ops: ['add', 'replace'],
    type: integerValue({
      example: '3',
      accepts: (offset) => offset >= 0,
      refusal: () => usagePlanRefusals.quotaOffset('MONTH', 27),
    }),
    set(draft: PlanDraft, offset) {
      draft.quota = { ...draft.quota, offset }
    },
  }),
  patchRow({
    path: '/quota/period',
    ops: ['add', 'replace'],
    type: wordValue(['DAY', 'WEEK', 'MONTH'] as const, usagePlanRefusals.quotaPeriod),
    set(draft: PlanDraft, period) {
      draft.quota = { ...draft.quota, period }
    },
  }),
]

function removalRow(member: 'quota' | 'throttle' | 'productCode'): Row {
  return patchRow({
    path: `/${member}`,
    ops: ['remove'],
    type: noValue,
    set(draft) {
      delete draft[member]
    },
  })
}

const memberRows: readonly Row[] = [
  patchRow({
    path: '/name',
    ops: ['replace'],
    type: textValue,
    set(draft, value) {
      if (value === '') throw usagePlanRefusals.emptyName()
      draft.name = value
    },
  }),
  optionalTextRow('description'),
  optionalTextRow('productCode', ['add', 'replace']),
  ...(['productCode', 'quota', 'throttle'] as const).map(removalRow),
  ...throttleMembers.map((member) =>
    patchRow<UsagePlanDraft, UsagePlanPatchEnvironment, number>({
      path: `/throttle/${member}`,
      ops: ['add', 'replace'],
      type: throttleNumbers[member],
      set(draft: PlanDraft, value) {
        draft.throttle = { ...draft.throttle, [member]: value }
      },
    }),
  ),
]

const apiStageValue: PatchValueType<ApiStageName> = {
  example: 'a1b2c3d4e5:prod',
  parse: (value = '') => parseApiStage(value),
}

/** @throws {ServiceError} for a stage that the plan does not have. */
function stageOf(draft: PlanDraft, name: ApiStageName): StageDraft {
  const found = draft.apiStages.find((each) => isSameStage(each, name))
  if (found === undefined) throw usagePlanRefusals.apiStageNotFound(name, draft.id)
  return found
}

/** The stage that a path names: `/apiStages/a1b2c3:prod/throttle`. */
function stageAt(draft: PlanDraft, place: Place): StageDraft {
  return stageOf(draft, parseApiStage(place.segment('stage')))
}

/** The method that a path names: its resource's path escaped, as `~1pets`, or as it is, as `/pets`. */
function methodAt(place: Place): string {
  const path = unescapeSegment(place.rawSegment('path'))
  return methodOfThrottle({ path, method: place.segment('method') })
}

const throttleMapValue: PatchValueType<Record<string, ThrottleRecord>> = {
  example: '{"/pets/GET":{"burstLimit":1,"rateLimit":1.5}}',
  parse: (value = '') => checkThrottleMap(readThrottleMap(value)),
}

function readThrottleMap(text: string): Record<string, ThrottleSettings> {
  let value: JsonValue
  try {
    // What JSON.parse gives is what JSON can say.
    value = parseJsonText(text) as JsonValue
  } catch {
    throw usagePlanRefusals.throttleMap()
  }
  if (!isObject(value)) throw usagePlanRefusals.throttleMap()
  return Object.fromEntries(
    Object.entries(value).map(([key, limits]) => {
      if (!isObject(limits)) throw usagePlanRefusals.throttleMap()
      return [
        key,
        { burstLimit: numberOf(limits, 'burstLimit'), rateLimit: numberOf(limits, 'rateLimit') },
      ]
    }),
  )
}

function isObject(value: JsonValue | undefined): value is { readonly [name: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function numberOf(
  limits: { readonly [name: string]: JsonValue },
  member: 'burstLimit' | 'rateLimit',
): number | undefined {
  const value = limits[member]
  if (value === undefined || typeof value === 'number') return value
  throw usagePlanRefusals.throttleNumber(member)
}

const throttlePath = '/apiStages/{stage}/throttle'
const methodPath = `${throttlePath}/{path+}/{method}`

const stageRows: readonly Row[] = [
  patchRow({
    path: '/apiStages',
    ops: ['add'],
    type: apiStageValue,
    async set(draft, name, { environment }) {
      if (draft.apiStages.some((each) => isSameStage(each, name))) return
      if (!(await environment.hasStage(name))) {
        throw usagePlanRefusals.apiStageNotFound(name, draft.id)
      }
      draft.apiStages.push(name)
    },
  }),
  patchRow({
    path: '/apiStages',
    ops: ['remove'],
    type: { ...apiStageValue, example: 'a1b2c3d4e5:old' },
    set(draft, name) {
      stageOf(draft, name)
      draft.apiStages = draft.apiStages.filter((each) => !isSameStage(each, name))
    },
  }),
  patchRow({
    path: throttlePath,
    ops: ['add', 'replace'],
    type: throttleMapValue,
    set(draft, throttle, place) {
      stageAt(draft, place).throttle = throttle
    },
  }),
  patchRow({
    path: throttlePath,
    ops: ['remove'],
    type: noValue,
    set(draft, _value, place) {
      delete stageAt(draft, place).throttle
    },
  }),
  ...throttleMembers.map((member) =>
    patchRow<UsagePlanDraft, UsagePlanPatchEnvironment, number>({
      path: `${methodPath}/${member}`,
      ops: ['add', 'replace'],
      type: throttleNumbers[member],
      set(draft, value, place) {
        const stage = stageAt(draft, place)
        const method = methodAt(place)
        stage.throttle ??= {}
        setEntry(stage.throttle, method, { ...stage.throttle[method], [member]: value })
      },
    }),
  ),
  patchRow({
    path: methodPath,
    ops: ['remove'],
    type: noValue,
    set(draft, _value, place) {
      const stage = stageAt(draft, place)
      const method = methodAt(place)
      if (stage.throttle?.[method] === undefined) throw usagePlanRefusals.throttleMethod(method)
      delete stage.throttle[method]
      if (Object.keys(stage.throttle).length === 0) delete stage.throttle
    },
  }),
]

/** What AWS lists for each operation. Observed for remove; the others follow it. */
const stageThrottle = '/apiStages/<apidId:stageName>/throttle'
const methodThrottle = `${stageThrottle}/<resourcePath>/<httpMethod>`
const settable = [
  ...['/productCode', '/quota/limit', '/quota/offset', '/quota/period'],
  ...['/throttle/rateLimit', '/throttle/burstLimit'],
  ...[stageThrottle, `${methodThrottle}/rateLimit`, `${methodThrottle}/burstLimit`],
]
const listed: Readonly<Record<string, readonly string[]>> = {
  add: ['/apiStages', ...settable],
  replace: ['/name', '/description', ...settable],
  remove: [...['/apiStages', '/quota', '/throttle', '/productCode'], methodThrottle, stageThrottle],
}

/**
 * What UpdateUsagePlan accepts. That a quota is whole, and that no key opens a stage twice, is checked when all
 * operations are applied.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html
 * Observed: management/update-usage-plan-*
 */
export const usagePlanPatchTable: PatchTable<UsagePlanDraft, UsagePlanPatchEnvironment> = {
  rows: [...memberRows, ...quotaRows, ...stageRows],
  refuse(operation) {
    const paths = Object.hasOwn(listed, operation.op) ? listed[operation.op] : undefined
    if (paths === undefined) throw patchRefusals.quotedOperation(operation)
    throw usagePlanRefusals.patchPath(operation, paths)
  },
}
