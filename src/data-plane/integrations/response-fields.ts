import { isFieldName } from '../../base/header-fields.ts'
import { evaluateMapping } from '../../engines/parameter-mapping.ts'
import type { CompiledIntegrationResponse } from '../../snapshot/compiled-deployment.ts'
import type { Call } from '../call.ts'
import { GatewayError } from '../gateway-error.ts'
import { mappingSourcesOf } from '../mapping-sources.ts'
import type { EndpointResponse } from '../messages.ts'
import { refuseLongHead } from './head-bound.ts'
import {
  isHeaderName,
  isHeaderValue,
  mappedResponseFieldRules,
  remappedName,
} from './header-rules.ts'
import type { OverriddenParameter } from './overrides.ts'

/**
 * The headers that the mappings of an integration response come to, as they are mapped. `bytes`: the
 * endpoint's body, when a mapping reads it.
 */
export function mappedHeaders(
  call: Call,
  { responseParameters }: CompiledIntegrationResponse,
  answer: { readonly response: EndpointResponse; readonly bytes: Uint8Array | undefined },
): readonly OverriddenParameter[] {
  if (responseParameters.length === 0) return []
  const responseHeaders = answer.response.headers
  const responseBody = answer.bytes && new TextDecoder().decode(answer.bytes)
  const sources = mappingSourcesOf(call, { responseHeaders, responseBody })
  return responseParameters.flatMap(({ header, source }) => {
    const value = evaluateMapping(source, sources)
    return value === undefined ? [] : [{ name: header, values: [value] }]
  })
}

/** Headers with those that templates set in place of the mapped ones, in whatever case these are written. */
export function withOverridden(
  mapped: readonly OverriddenParameter[],
  overridden: readonly OverriddenParameter[],
): readonly OverriddenParameter[] {
  if (overridden.length === 0) return mapped
  const names = new Set(overridden.map(({ name }) => name.toLowerCase()))
  return [...mapped.filter(({ name }) => !names.has(name.toLowerCase())), ...overridden]
}

/**
 * The header fields of a method response: those that were mapped or overridden, renamed or dropped where they
 * are the gateway's to say, and a Content-Type in any case.
 *
 * @throws {GatewayError} API_CONFIGURATION_ERROR for what cannot be a header's name or value, and for more of
 * them than there may be.
 * Observed: cases/rest/mapped-headers/response-mappings-are-remapped
 */
export function responseFields(headers: readonly OverriddenParameter[]): string[] {
  const fields: string[] = []
  let contentType = 'application/json'
  let bytes = 0
  for (const { name, values } of headers) {
    const value = values.join(',')
    // A character of a field is a byte, or the field is refused.
    bytes += name.length + value.length
    refuseLongHead(bytes)
    refuseIllegal(name, value)
    if (isFieldName(name, 'content-type')) contentType = value
    else addField(fields, { name, value })
  }
  fields.push('Content-Type', contentType)
  return fields
}

function addField(fields: string[], field: { readonly name: string; readonly value: string }) {
  const rule = mappedResponseFieldRules.find(field.name)
  if (rule === 'drop') return
  fields.push(rule === 'remap' ? remappedName(field.name) : field.name, field.value)
}

function refuseIllegal(name: string, value: string): void {
  if (!isHeaderName(name)) {
    throw new GatewayError('API_CONFIGURATION_ERROR', {
      detail: `${JSON.stringify(name)} cannot be the name of a header`,
    })
  }
  if (isHeaderValue(value)) return
  throw new GatewayError('API_CONFIGURATION_ERROR', {
    detail: `the value mapped to header ${name} cannot be a header's`,
  })
}
