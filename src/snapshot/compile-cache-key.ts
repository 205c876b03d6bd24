import type { MappingExpression } from '../engines/parameter-mapping.ts'
import type {
  CacheKeyPart,
  CompiledCacheKey,
  CompiledIntegration,
  CompiledTemplates,
} from './compiled-deployment.ts'
import { compileRequestMappings } from './compile-mappings.ts'
import type { IntegrationDefinition } from './definition.ts'
import { NotRun } from './not-run.ts'

/** An integration whose answers may be cached, as it is declared and as it runs. */
export interface CacheableIntegration {
  readonly resourceId: string
  readonly definition: IntegrationDefinition
  readonly compiled: CompiledIntegration
}

/**
 * What tells the entries of a method apart in its stage's cache; undefined: its answers are never kept, because
 * they are streamed, the method cannot be run, or a parameter of the key cannot be read.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-caching.html,
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode.html (STREAM)
 */
export function compileCacheKey(given: CacheableIntegration): CompiledCacheKey | undefined {
  const { resourceId, definition, compiled } = given
  if (compiled.type === 'not-run' || definition.responseTransferMode === 'STREAM') return undefined
  const { cacheNamespace, cacheKeyParameters = [] } = definition
  const parameters: (readonly CacheKeyPart[])[] = []
  for (const name of cacheKeyParameters) {
    const parts = partsOf(name, definition)
    if (parts === undefined) return undefined
    parameters.push(parts)
  }
  return Object.freeze({
    namespace: cacheNamespace || resourceId,
    parameters: Object.freeze(parameters),
    readsBody: parameters.flat().some((part) => part.from === 'mapping' && isBody(part.source)),
    binaryMediaTypes: compiled.binaryMediaTypes,
    templateChoices: Object.freeze(templateChoicesOf(compiled)),
  })
}

function isBody({ kind }: MappingExpression): boolean {
  return kind === 'method.request.body'
}

const form =
  /^(method|integration)\.request\.(header|multivalueheader|querystring|multivaluequerystring|path)\.(.+)$/

/** Undefined: there is no such parameter. */
function partsOf(
  parameter: string,
  { type, requestParameters = {} }: IntegrationDefinition,
): readonly CacheKeyPart[] | undefined {
  const [, side, location = '', name = ''] = form.exec(parameter) ?? []
  if (side === undefined) return undefined
  const ofClient = clientPart(type, location, name)
  if (side === 'method') return Object.freeze([ofClient])
  const text = requestParameters[parameter]
  const source = text === undefined ? undefined : sourceOf(parameter, text)
  if (text !== undefined && source === undefined) return undefined
  const mapped: readonly CacheKeyPart[] =
    source === undefined ? [] : [Object.freeze({ from: 'mapping', source })]
  // A proxy integration sees what the client sent, too.
  const isSeen = type === 'HTTP_PROXY' || type === 'AWS_PROXY'
  return Object.freeze(isSeen ? [...mapped, ofClient] : mapped)
}

function clientPart(
  type: IntegrationDefinition['type'],
  location: string,
  name: string,
): CacheKeyPart {
  if (location === 'path') return Object.freeze({ from: 'path', name })
  if (location.endsWith('header'))
    return Object.freeze({ from: 'header', name: name.toLowerCase() })
  return Object.freeze({
    from: type === 'HTTP_PROXY' ? 'written-querystring' : 'querystring',
    name,
  })
}

/** Undefined: it cannot be read. */
function sourceOf(target: string, text: string): MappingExpression | undefined {
  try {
    return compileRequestMappings({ [target]: text })[0]?.source
  } catch (error) {
    if (error instanceof NotRun) return undefined
    throw error
  }
}

/** Sets of templates of which the client's Accept chooses one. */
function templateChoicesOf(compiled: CompiledIntegration): readonly CompiledTemplates[] {
  if (!('responses' in compiled)) return []
  const { patterned, fallback } = compiled.responses
  const all = fallback === undefined ? patterned : [...patterned, fallback]
  const several = all.map(({ templates }) => templates).filter(({ size }) => size > 1)
  return [...new Set(several)]
}
