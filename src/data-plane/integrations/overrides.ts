import { isJsonObject, type JsonValue } from '../../base/json.ts'
import type { Overrides } from '../../engines/vtl/index.ts'

/** A parameter that a mapping template set, and its values as texts: one, or the members of a list. */
export interface OverriddenParameter {
  readonly name: string
  readonly values: readonly string[]
}

/**
 * The parameters of a kind that a request template set in `$context.requestOverride`.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-override-request-response-parameters.html
 */
export function overriddenRequestParameters(
  overrides: Overrides,
  kind: 'header' | 'path' | 'querystring',
): readonly OverriddenParameter[] {
  return parametersIn(overrides.requestOverride, kind)
}

/** The headers that templates set in `$context.responseOverride`. */
export function overriddenResponseHeaders(overrides: Overrides): readonly OverriddenParameter[] {
  return parametersIn(overrides.responseOverride, 'header')
}

/**
 * The status that templates set in `$context.responseOverride`. Undefined: none, or one that is no integer
 * from 200 to 599; a status below would be no answer, and what follows it on the connection another's.
 *
 * Observed: https://github.com/localstack/localstack (what is no integer from 100 to 599 is ignored)
 * Chosen: docs/decisions/0030-content-and-templates-of-a-request.md (100 to 199)
 */
export function findOverriddenStatus({ responseOverride }: Overrides): number | undefined {
  if (!isJsonObject(responseOverride)) return undefined
  const { status } = responseOverride
  if (typeof status !== 'number' || !Number.isInteger(status)) return undefined
  return status >= 200 && status <= 599 ? status : undefined
}

function parametersIn(override: JsonValue, kind: string): readonly OverriddenParameter[] {
  const parameters = isJsonObject(override) ? override[kind] : undefined
  if (!isJsonObject(parameters)) return []
  return Object.entries(parameters).flatMap(([name, value]) => {
    const values = valuesOf(value)
    return values.length === 0 ? [] : [{ name, values }]
  })
}

function valuesOf(value: JsonValue | undefined): readonly string[] {
  if (value === null || value === undefined) return []
  if (Array.isArray(value)) return value.flatMap((member: JsonValue) => valuesOf(member))
  return [typeof value === 'string' ? value : JSON.stringify(value)]
}
