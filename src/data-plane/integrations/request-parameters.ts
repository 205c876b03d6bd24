import type { FieldTable } from '../../base/field-table.ts'
import {
  findField,
  type HeaderFields,
  isFieldName,
  withoutFields,
} from '../../base/header-fields.ts'
import {
  evaluateMapping,
  evaluateMappingValues,
  type MappingSources,
} from '../../engines/parameter-mapping.ts'
import type { Overrides } from '../../engines/vtl/index.ts'
import type { RequestParameterMapping } from '../../snapshot/compiled-deployment.ts'
import type { Call } from '../call.ts'
import { GatewayError } from '../gateway-error.ts'
import { mappingSourcesOf } from '../mapping-sources.ts'
import { encodeQueryParameter } from '../query-string.ts'
import { isHeaderName, isHeaderValue, mappedRequestFieldRules } from './header-rules.ts'
import { overriddenRequestParameters } from './overrides.ts'

/** What the `requestParameters` of an integration came to for one request. */
export interface MappedParameters {
  /** Name, value, name, value, …; each name once. */
  readonly headers: HeaderFields
  /** Encoded, without `?`; empty when none was mapped. */
  readonly rawQuery: string
  /** Placeholder of the URI → its text. */
  readonly pathParameters: ReadonlyMap<string, string>
}

/** What becomes of a field that a mapping sets. */
type MappedFieldRules = FieldTable<'illegal' | 'drop'>

/** What an integration's mappings are evaluated with. */
export interface MappingSurroundings {
  /** There when `readsRequestBody` says that it is needed. */
  readonly requestBody: string | undefined
  /** What the request template set; it comes after the mappings and takes their place. */
  readonly overrides: Overrides | undefined
  /** Those of HTTP endpoints unless said. */
  readonly rules?: MappedFieldRules
}

const nothingMapped: MappedParameters = Object.freeze({
  headers: Object.freeze([]),
  rawQuery: '',
  pathParameters: new Map<string, string>([]),
})

/** True when a mapping needs the request's body. */
export function readsRequestBody(mappings: readonly RequestParameterMapping[]): boolean {
  for (const { source } of mappings) if (source.kind === 'method.request.body') return true
  return false
}

/**
 * Evaluates the mappings of an integration request. A mapping whose source has no value is left out.
 *
 * @throws {GatewayError} API_CONFIGURATION_ERROR for a header that nothing may set, or a value that no header
 * can have; INVALID_JSON_BODY when a mapping reads a body that begins like JSON and is not.
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-parameter-mapping.html
 * Observed: cases/rest/mapped-headers, cases/rest/parameter-mapping, cases/rest/overrides
 */
export function mapRequestParameters(
  call: Call,
  mappings: readonly RequestParameterMapping[],
  { requestBody, overrides, rules = mappedRequestFieldRules }: MappingSurroundings,
): MappedParameters {
  if (mappings.length === 0 && overrides === undefined) return nothingMapped
  const parameters = new RequestParameters(rules)
  if (mappings.length > 0) addMapped(parameters, mappings, mappingSourcesOf(call, { requestBody }))
  if (overrides !== undefined) addOverridden(parameters, overrides)
  return parameters
}

function addMapped(
  parameters: RequestParameters,
  mappings: readonly RequestParameterMapping[],
  sources: MappingSources,
): void {
  for (const { target, source } of mappings) {
    // Of a body that a mapping reads whole, too, the JSON must be one.
    if (source.kind === 'method.request.body') void sources.requestDocument
    if (target.location === 'querystring') {
      parameters.addQuery(target.name, evaluateMappingValues(source, sources))
      continue
    }
    const value = evaluateMapping(source, sources)
    if (value === undefined) continue
    if (target.location === 'path') parameters.pathParameters.set(target.name, value)
    else parameters.setHeader(target.name, value)
  }
}

function addOverridden(parameters: RequestParameters, overrides: Overrides): void {
  for (const { name, values } of overriddenRequestParameters(overrides, 'header')) {
    parameters.setHeader(name, values.join(','))
  }
  for (const { name, values } of overriddenRequestParameters(overrides, 'querystring')) {
    parameters.removeQuery(name)
    parameters.addQuery(name, values)
  }
  for (const { name, values } of overriddenRequestParameters(overrides, 'path')) {
    parameters.pathParameters.set(name, values.join(','))
  }
}

class RequestParameters implements MappedParameters {
  headers: string[] = []
  readonly pathParameters = new Map<string, string>()
  readonly #rules: MappedFieldRules
  #query: { readonly name: string; readonly value: string }[] = []

  constructor(rules: MappedFieldRules) {
    this.#rules = rules
  }

  get rawQuery(): string {
    return this.#query.map(encodeQueryParameter).join('&')
  }

  addQuery(name: string, values: readonly string[]): void {
    for (const value of values) this.#query.push({ name, value })
  }

  removeQuery(name: string): void {
    this.#query = this.#query.filter((parameter) => parameter.name !== name)
  }

  /** A name that is set already, in whatever case, is set anew. */
  setHeader(name: string, value: string): void {
    const rule = this.#rules.find(name)
    if (rule === 'illegal') refuseHeader(`header ${name} may not be set by a mapping`)
    if (!isHeaderName(name)) refuseHeader(`${JSON.stringify(name)} cannot be the name of a header`)
    if (!isHeaderValue(value))
      refuseHeader(`the value mapped to header ${name} cannot be a header's`)
    if (rule === 'drop') return
    if (isMappedHeader(this, name)) {
      this.headers = withoutFields(this.headers, new Set([name.toLowerCase()]))
    }
    this.headers.push(name, value)
  }
}

function refuseHeader(detail: string): never {
  throw new GatewayError('API_CONFIGURATION_ERROR', { detail })
}

/** True when a mapping sets the field. */
export function isMappedHeader(mapped: Pick<MappedParameters, 'headers'>, name: string): boolean {
  const { headers } = mapped
  for (let i = 0; i < headers.length; i += 2) {
    const mappedName = headers[i] ?? ''
    if (mappedName.length === name.length && isFieldName(name, mappedName.toLowerCase()))
      return true
  }
  return false
}

/** The Host that a mapping sets; undefined: the endpoint's own. */
export function mappedHost(mapped: MappedParameters): string | undefined {
  return mapped.headers.length === 0 ? undefined : findField(mapped.headers, 'host')
}
