import { parseMappingExpression, type MappingExpression } from './parameter-mapping.ts'

/** A template of a gateway response: its text, with a reference where a value goes. */
export type GatewayResponseTemplate = readonly (string | MappingExpression)[]

/**
 * What may stand for a value. Of a context variable, the longest name of dots and words; of a stage
 * variable, whose names have no dots, one word; of the request, a parameter's whole name.
 */
const reference =
  /context(?:\.\w+)+|stageVariables\.\w+|method\.request\.(?:header|querystring|path)\.[\w-]+(?:\.[\w-]+)*/
    .source

const references = () => new RegExp(`\\$(?:\\{(${reference})\\}|(${reference}))`, 'g')

/**
 * Reads a template of a gateway response. It is no VTL: `$context.…`, `$stageVariables.…` and
 * `$method.request.{header|querystring|path}.…`, in braces or without, stand for their values, and all
 * else for itself.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gatewayResponse-definition.html
 */
export function parseGatewayResponseTemplate(text: string): GatewayResponseTemplate {
  const parts: (string | MappingExpression)[] = []
  let at = 0
  for (const match of text.matchAll(references())) {
    const parsed = parseMappingExpression(match[1] ?? match[2] ?? '')
    if (parsed.outcome === 'invalid') continue
    if (match.index > at) parts.push(text.slice(at, match.index))
    parts.push(parsed.value)
    at = match.index + match[0].length
  }
  if (at < text.length) parts.push(text.slice(at))
  return Object.freeze(parts)
}

/**
 * Reads the left side of a parameter of a gateway response, `gatewayresponse.header.NAME`, and gives the
 * name. Undefined: it is none.
 */
export function parseGatewayResponseTarget(text: string): string | undefined {
  return /^gatewayresponse\.header\.([a-zA-Z0-9._$-]+)$/.exec(text)?.[1]
}
