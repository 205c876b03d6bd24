import {
  parseGatewayResponseTarget,
  parseGatewayResponseTemplate,
} from '../engines/gateway-response-template.ts'
import { parseMappingExpression } from '../engines/parameter-mapping.ts'
import type {
  CompiledGatewayResponse,
  CompiledGatewayResponses,
  ResponseParameterMapping,
} from './compiled-deployment.ts'
import type { GatewayResponseDefinition } from './definition.ts'

/**
 * The gateway responses that an API sets, by type. Nothing is merged: a type that is not set is shaped by
 * DEFAULT_4XX or DEFAULT_5XX when it is sent, and one that is set never is.
 *
 * Observed: cases/rest/gateway-responses
 */
export function compileGatewayResponses(
  definitions: Readonly<Record<string, GatewayResponseDefinition>>,
): CompiledGatewayResponses {
  return new Map(
    Object.entries(definitions).map(([type, definition]) => [type, compileOne(definition)]),
  )
}

function compileOne(definition: GatewayResponseDefinition): CompiledGatewayResponse {
  const { statusCode, responseParameters = {}, responseTemplates = {} } = definition
  return Object.freeze({
    status: statusCode === undefined ? undefined : Number(statusCode),
    headers: Object.freeze(Object.entries(responseParameters).flatMap(compileHeader)),
    templates: new Map(
      Object.entries(responseTemplates).map(([mediaType, text]) => [
        mediaType.toLowerCase(),
        parseGatewayResponseTemplate(text),
      ]),
    ),
  })
}

/** What does not parse was refused when it was put, so none is ever left out here. */
function compileHeader([target, text]: [string, string]): readonly ResponseParameterMapping[] {
  const header = parseGatewayResponseTarget(target)
  const source = parseMappingExpression(text)
  if (header === undefined || source.outcome === 'invalid') return []
  return [Object.freeze({ header, source: source.value })]
}
