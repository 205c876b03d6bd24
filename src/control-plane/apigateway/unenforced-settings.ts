import { omitUndefined } from '../../base/omit-undefined.ts'
import type { OperatorFields, OperatorLog } from '../../ports/operator-log.ts'
import type {
  ApiDefinition,
  IntegrationDefinition,
  MethodDefinition,
} from '../../snapshot/definition.ts'
import type { RestApiRecord, StageRecord } from './records.ts'
import {
  apiSettings,
  integrationSettings,
  methodDefinitionSettings,
  methodSettings,
  stageSettings,
  type SettingPlace,
  type SettingRow,
  type SettingStatus,
} from './settings.ts'

/** A setting in use that requests are not served by. */
export interface UnenforcedSetting {
  readonly where: SettingPlace
  readonly setting: string
  readonly status: Exclude<SettingStatus, 'enforced'>
  readonly note: string
}

/** The settings that a stage uses and that are not enforced yet, each once. */
export function unenforcedOfStage(stage: StageRecord): readonly UnenforcedSetting[] {
  return [
    ...unenforced(stageSettings, [stage]),
    ...unenforced(methodSettings, Object.values(stage.methodSettings)),
  ]
}

/** The settings that a definition uses and that are not enforced yet, each once. */
export function unenforcedOfDefinition(definition: ApiDefinition): readonly UnenforcedSetting[] {
  const methods = definition.resources.flatMap((resource) => Object.values(resource.methods))
  return [
    ...unenforced(apiSettings, [definition]),
    ...unenforced(methodDefinitionSettings, methods),
    ...unenforced(
      integrationSettings,
      methods.map(({ integration }) => integration),
    ),
  ]
}

/** The settings of an API itself that it uses and that will not be enforced once it is deployed. */
export function unenforcedOfRestApi(api: RestApiRecord): readonly UnenforcedSetting[] {
  const { policy, disableExecuteApiEndpoint, binaryMediaTypes = [], apiKeySource } = api
  const { securityPolicy, endpointAccessMode } = api
  const endpointTypes = api.endpointConfiguration.types
  const inUse = { disableExecuteApiEndpoint, binaryMediaTypes, endpointTypes, apiKeySource }
  return unenforced(apiSettings, [
    {
      ...inUse,
      ...omitUndefined({ policy, securityPolicy, endpointAccessMode }),
    },
  ])
}

/** The settings of a method that it uses and that will not be enforced once it is deployed. */
export function unenforcedOfMethod(
  method: Omit<MethodDefinition, 'integration'>,
): readonly UnenforcedSetting[] {
  return unenforced(methodDefinitionSettings, [method])
}

/** The settings of an integration that it uses and that will not be enforced once it is deployed. */
export function unenforcedOfIntegration(
  integration: IntegrationDefinition,
): readonly UnenforcedSetting[] {
  return unenforced(integrationSettings, [integration])
}

function unenforced<Subject>(
  rows: readonly SettingRow<Subject>[],
  subjects: readonly Subject[],
): readonly UnenforcedSetting[] {
  return rows.flatMap((row) => {
    const { where, setting, status, note } = row
    if (status === 'enforced' || !subjects.some((subject) => row.isUsed(subject))) return []
    return [{ where, setting, status, note }]
  })
}

/**
 * Warns the operator, once for each setting that is in use now and was not before.
 *
 * `fields` names what uses it: the API and the stage or the deployment.
 */
export function warnUnenforced(
  log: OperatorLog,
  fields: OperatorFields,
  now: readonly UnenforcedSetting[],
  before: readonly UnenforcedSetting[] = [],
): void {
  const known = new Set(before.map(({ where, setting }) => `${where} ${setting}`))
  for (const { where, setting, status, note } of now) {
    if (known.has(`${where} ${setting}`)) continue
    log.warn('setting-not-enforced', { ...fields, where, setting, status, note })
  }
}
