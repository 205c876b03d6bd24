import type { CacheClusterSize } from '../../../aws/models/apigateway-types.ts'
import { isJsonObject } from '../../../base/json.ts'
import { parseJsonText } from '../json-text.ts'
import { optionalTextRow } from '../patches/patch-entry-rows.ts'
import {
  patchRow,
  setEntry,
  type Draft,
  type PatchRow,
  type PatchTable,
} from '../patches/patch-operations.ts'
import { booleanValue, noValue, textValue, wordValue } from '../patches/patch-value-types.ts'
import type { StageRecord } from '../records.ts'
import { parseAccessLogDestination, parseAccessLogFormat } from './access-log-settings.ts'
import { canaryRows } from './canary-patch-paths.ts'
import { methodSettingRows } from './method-setting-patch-paths.ts'
import {
  checkDocumentationVersion,
  getDeploymentNamed,
  type StagePatchEnvironment,
} from './stage-patch-environment.ts'
import { stageRefusals } from './stage-refusals.ts'
import { checkStageVariable, checkStageVariables } from './stage-validation.ts'

/** The sizes of a cache cluster, in GB, smallest first. */
const cacheClusterSizes: readonly CacheClusterSize[] = [
  '0.5',
  '1.6',
  '6.1',
  '13.5',
  '28.4',
  '58.2',
  '118',
  '237',
]

type StageRow = PatchRow<StageRecord, StagePatchEnvironment>

function parseVariables(value: string): Readonly<Record<string, string>> {
  let parsed: unknown
  try {
    parsed = parseJsonText(value)
  } catch {
    parsed = undefined
  }
  const isMap =
    isJsonObject(parsed) && Object.values(parsed).every((each) => typeof each === 'string')
  if (!isMap) throw stageRefusals.variables()
  // The line above found an object whose values are all strings.
  return parsed as Readonly<Record<string, string>>
}

function replaceVariables(
  draft: Draft<StageRecord>,
  variables: Readonly<Record<string, string>>,
): void {
  delete draft.variables
  for (const [name, value] of Object.entries(variables)) {
    setEntry((draft.variables ??= {}), name, value)
  }
}

const memberRows: readonly StageRow[] = [
  patchRow({
    path: '/deploymentId',
    ops: ['replace'],
    type: { ...textValue, example: 'dep002' },
    async set(draft, value, { environment }) {
      draft.deploymentId = (await getDeploymentNamed(value, environment)).id
    },
  }),
  optionalTextRow('description'),
  patchRow({
    path: '/clientCertificateId',
    ops: ['replace'],
    type: { ...textValue, example: 'abc123' },
    async set(draft, value, { environment }) {
      if (value === '') delete draft.clientCertificateId
      else {
        await environment.holdClientCertificate(value)
        draft.clientCertificateId = value
      }
    },
  }),
  patchRow({
    path: '/documentationVersion',
    ops: ['replace'],
    type: { ...textValue, example: '1.1' },
    async set(draft, value, { environment }) {
      if (value === '') delete draft.documentationVersion
      else {
        await checkDocumentationVersion(value, environment)
        draft.documentationVersion = value
      }
    },
  }),
  patchRow({
    path: '/cacheClusterEnabled',
    ops: ['replace'],
    type: booleanValue,
    set(draft, value) {
      draft.cacheClusterEnabled = value
      if (value) draft.cacheClusterSize ??= '0.5'
    },
  }),
  patchRow({
    path: '/cacheClusterSize',
    ops: ['replace'],
    type: wordValue(cacheClusterSizes, stageRefusals.cacheClusterSize),
    set(draft, value) {
      draft.cacheClusterSize = value
    },
  }),
  patchRow({
    path: '/tracingEnabled',
    ops: ['replace'],
    type: booleanValue,
    set(draft, value) {
      draft.tracingEnabled = value
    },
  }),
]

const variableRows: readonly StageRow[] = [
  patchRow({
    path: '/variables/{name}',
    ops: ['add', 'replace'],
    type: textValue,
    set(draft, value, place) {
      const name = place.segment('name')
      checkStageVariable({ name, value })
      setEntry((draft.variables ??= {}), name, value)
    },
  }),
  patchRow({
    path: '/variables/{name}',
    ops: ['remove'],
    type: noValue,
    set(draft, _value, place) {
      if (draft.variables === undefined) return
      delete draft.variables[place.segment('name')]
      if (Object.keys(draft.variables).length === 0) delete draft.variables
    },
  }),
  patchRow({
    path: '/variables',
    ops: ['replace'],
    type: { example: '{"color":"blue"}', parse: (value) => parseVariables(value ?? '') },
    set(draft, value, { environment }) {
      checkStageVariables(value, environment.quotas)
      replaceVariables(draft, value)
    },
  }),
  patchRow({
    path: '/variables',
    ops: ['remove'],
    type: noValue,
    set(draft) {
      delete draft.variables
    },
  }),
]

const accessLogRows: readonly StageRow[] = [
  patchRow({
    path: '/accessLogSettings/destinationArn',
    ops: ['add', 'replace'],
    type: {
      example: 'arn:aws:firehose:us-east-1:000000000000:deliverystream/amazon-apigateway-x',
      parse: (value) => value,
    },
    set(draft, value, { environment }) {
      const destinationArn = parseAccessLogDestination(value, environment.account)
      draft.accessLogSettings = { ...draft.accessLogSettings, destinationArn }
    },
  }),
  patchRow({
    path: '/accessLogSettings/format',
    ops: ['add', 'replace'],
    type: { example: '$context.requestId', parse: (value) => value },
    set(draft, value) {
      draft.accessLogSettings = { ...draft.accessLogSettings, format: parseAccessLogFormat(value) }
    },
  }),
  patchRow({
    path: '/accessLogSettings/format',
    ops: ['remove'],
    type: noValue,
    set(draft) {
      const { format: _removed, ...rest } = draft.accessLogSettings ?? {}
      if (Object.keys(rest).length === 0) delete draft.accessLogSettings
      else draft.accessLogSettings = rest
    },
  }),
  patchRow({
    path: '/accessLogSettings',
    ops: ['remove'],
    type: noValue,
    set(draft) {
      delete draft.accessLogSettings
    },
  }),
]

/**
 * One text for copies, one for what is not there to be removed, one for the access log, one for what
 * cannot be added, and for the rest the list of paths.
 *
 * Observed: update-stage/replace-unknown-path.json and its neighbours
 */
function refuseStagePatch(operation: { op: string; path: string; from: string }): never {
  const { op, path } = operation
  if (op === 'copy') throw stageRefusals.copy(operation)
  if (op === 'remove') throw stageRefusals.methodSettingMissing(path)
  if (path === '/accessLogSettings' || path.startsWith('/accessLogSettings/')) {
    throw stageRefusals.accessLogPath()
  }
  if (op === 'replace') throw stageRefusals.stagePath(path)
  throw stageRefusals.operation(operation)
}

/**
 * What UpdateStage accepts. The rows of method settings come last: they take any path that is long enough.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html
 * Observed: the cases of update-stage
 */
export const stagePatchTable: PatchTable<StageRecord, StagePatchEnvironment> = {
  rows: [...memberRows, ...variableRows, ...accessLogRows, ...canaryRows, ...methodSettingRows],
  refuse: refuseStagePatch,
}
