import type { StageName } from '../../../aws/identifiers.ts'
import {
  methodSettingsPerStageMax,
  stageNameCharactersMax,
  stageVariableNameCharactersMax,
  stageVariableValueCharactersMax,
  type Quotas,
} from '../../../aws/limits.ts'
import type { StageRecord } from '../records.ts'
import { stageRefusals } from './stage-refusals.ts'

/**
 * A caller's text as the name of a stage.
 *
 * @throws {ServiceError} BadRequestException. AWS's text never gained the hyphen, which is accepted.
 * Observed: deployments-and-stages/create-stage-bad-name.json
 */
export function parseStageName(text: string): StageName {
  if (!/^[A-Za-z0-9_-]+$/.test(text) || text.length > stageNameCharactersMax) {
    throw stageRefusals.stageName()
  }
  // Checked in the line above, which is all that the brand says.
  return text as StageName
}

/**
 * Checks one stage variable, or one of a canary's overrides.
 *
 * The characters of a value are those of the reference and those of the message itself, which has the
 * blank in addition.
 *
 * @throws {ServiceError} BadRequestException, with the two blanks and the unbalanced quote of AWS's text.
 * Documented: https://docs.aws.amazon.com/apigateway/latest/api/API_CreateStage.html
 * Observed: update-stage/variable-value-with-a-dollar.json
 */
export function checkStageVariable({
  name,
  value,
}: {
  name: string
  value: string | undefined
}): void {
  if (!/^\w+$/.test(name) || name.length > stageVariableNameCharactersMax) {
    throw stageRefusals.variableName(name)
  }
  if (
    value === undefined ||
    !/^[A-Za-z0-9 \-._~:/?#&=,]+$/.test(value) ||
    value.length > stageVariableValueCharactersMax
  ) {
    throw stageRefusals.variableValue(value ?? 'null')
  }
}

/**
 * Checks all variables of a stage, and their number.
 *
 * @throws {ServiceError} BadRequestException, or LimitExceededException for too many.
 */
export function checkStageVariables(
  variables: Readonly<Record<string, string>> | undefined,
  quotas: Quotas,
): void {
  const entries = Object.entries(variables ?? {})
  for (const [name, value] of entries) checkStageVariable({ name, value })
  checkStageVariableCount(entries.length, quotas)
}

/** @throws {ServiceError} LimitExceededException for more variables than a stage may have. */
function checkStageVariableCount(count: number, quotas: Quotas): void {
  if (count > quotas.stageVariablesPerStage) throw stageRefusals.tooManyVariables()
}

/**
 * Checks how much a stage holds, after patches that each looked at one entry.
 *
 * @throws {ServiceError} LimitExceededException for too many variables, overrides or method settings.
 */
export function checkStageCounts(stage: StageRecord, quotas: Quotas): void {
  checkStageVariableCount(Object.keys(stage.variables ?? {}).length, quotas)
  const overrides = stage.canarySettings?.stageVariableOverrides ?? {}
  checkStageVariableCount(Object.keys(overrides).length, quotas)
  if (Object.keys(stage.methodSettings).length > methodSettingsPerStageMax) {
    throw stageRefusals.tooManyMethodSettings()
  }
}

/**
 * Checks `percentTraffic` of a canary: 0 to 100.
 *
 * @throws {ServiceError} BadRequestException.
 */
export function checkPercentTraffic(percent: number): void {
  if (!(percent >= 0 && percent <= 100)) throw stageRefusals.percentTraffic(String(percent))
}
