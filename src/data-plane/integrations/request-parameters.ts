import type { FieldTable } from '../../base/field-table.ts'
import { findField, isFieldName, type HeaderFields } from '../../base/header-fields.ts'
import {
  evaluateMapping,
  evaluateMappingValues,
  isMalformedJsonBody,
} from '../../engines/parameter-mapping.ts'
import type { RequestParameterMapping } from '../../snapshot/compiled-deployment.ts'
import type { Call } from '../call.ts'
import { GatewayError } from '../gateway-error.ts'
import { mappingSourcesOf } from '../mapping-sources.ts'
import { encodeQueryParameter } from '../query-string.ts'
import { mappedRequestFieldRules } from './header-rules.ts'

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
 * @throws {GatewayError} API_CONFIGURATION_ERROR for a header that no mapping may set;
 * INVALID_JSON_BODY when a mapping reads a body that begins like JSON and is not.
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-parameter-mapping.html
 * Observed: cases/rest/mapped-headers, cases/rest/parameter-mapping
 */
export function mapRequestParameters(
  call: Call,
  mappings: readonly RequestParameterMapping[],
  { requestBody, rules = mappedRequestFieldRules }: MappingSurroundings,
): MappedParameters {
  if (mappings.length === 0) return nothingMapped
  const sources = mappingSourcesOf(call, { requestBody })
  const headers: string[] = []
  const query: string[] = []
  const pathParameters = new Map<string, string>()
  for (const { target, source } of mappings) {
    if (source.kind === 'method.request.body') refuseMalformedJson(requestBody)
    if (target.location === 'querystring') {
      for (const value of evaluateMappingValues(source, sources)) {
        query.push(encodeQueryParameter({ name: target.name, value }))
      }
      continue
    }
    const value = evaluateMapping(source, sources)
    if (value === undefined) continue
    if (target.location === 'path') pathParameters.set(target.name, value)
    else addHeader(headers, { name: target.name, value }, rules)
  }
  return { headers, rawQuery: query.join('&'), pathParameters }
}

/** True when a mapping sets the field. */
export function isMappedHeader(mapped: MappedParameters, name: string): boolean {
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

function addHeader(
  headers: string[],
  field: { readonly name: string; readonly value: string },
  rules: MappedFieldRules,
): void {
  const rule = rules.find(field.name)
  if (rule === 'illegal') {
    throw new GatewayError('API_CONFIGURATION_ERROR', {
      detail: `header ${field.name} may not be set by a mapping`,
    })
  }
  if (rule === undefined) headers.push(field.name, field.value)
}

function refuseMalformedJson(body: string | undefined): void {
  if (body !== undefined && isMalformedJsonBody(body)) throw new GatewayError('INVALID_JSON_BODY')
}
