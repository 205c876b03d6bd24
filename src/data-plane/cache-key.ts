import { fieldValues, isFieldName, type HeaderFields } from '../base/header-fields.ts'
import { evaluateMappingValues, type MappingSources } from '../engines/parameter-mapping.ts'
import type { CacheKeyPart, CompiledCacheKey } from '../snapshot/compiled-deployment.ts'
import type { Call, Route } from './call.ts'
import { acceptsBinary } from './integrations/content.ts'
import { chooseTemplateKey } from './integrations/template-choice.ts'
import { mappingSourcesOf } from './mapping-sources.ts'
import { findPlainValues, findWrittenParameters } from './query-string.ts'

/** The longest that a key may be, in characters: what a request with a longer one is answered is not kept. */
const cacheKeyCharactersMax = 65_536

/**
 * What a request is known by in its stage's cache; undefined: by nothing that a cache could keep.
 *
 * What is deployed, the namespace, the verb, and of each declared parameter all values in their order: a
 * parameter that is absent is not one that is empty. Then what the client's Accept makes of the answer. Each
 * text with its length, so that no two requests that differ come to one key. What is deployed is known by its
 * content: gateways that share a store share entries where definitions are equal byte by byte, ids included. Stage
 * variables do not count.
 *
 * A canary has entries of its own unless it shares the stage's cache, and then only while both serve the same
 * deployment, by its id, as on AWS.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-caching.html,
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/canary-release.html
 * Chosen: docs/decisions/0040-stage-caches.md (names of headers have no case here, Accept, new deployments)
 */
export function cacheKeyOf(
  call: Call,
  { pathParameters }: Pick<Route, 'pathParameters'>,
  { key, requestBody }: { readonly key: CompiledCacheKey; readonly requestBody?: string },
): string | undefined {
  const { definitionHash } = call.variant.deployment
  let text = `${isOfCanaryAlone(call) ? 'c' : 's'}${definitionHash}${counted(key.namespace)}`
  text += counted(call.httpMethod)
  if (key.parameters.length > 0) {
    const sources = mappingSourcesOf(call, { requestBody })
    for (const parts of key.parameters) {
      for (const part of parts) {
        text += countedValues(valuesOf(part, { call, pathParameters, sources }))
        if (text.length > cacheKeyCharactersMax) return undefined
      }
    }
  }
  text += accepted(key, call.incoming.headers)
  // The rest would be lost on its way into bytes, and be like another.
  return text.isWellFormed() ? text : undefined
}

/** A canary shares the entries of the stage where it is told to, and serves the very same deployment. */
function isOfCanaryAlone({ variant, stage }: Call): boolean {
  if (!variant.isCanary) return false
  const { deploymentId, canary } = stage.declaration
  return canary?.useStageCache !== true || variant.deploymentId !== deploymentId
}

function valuesOf(
  part: CacheKeyPart,
  given: {
    readonly call: Call
    readonly pathParameters: ReadonlyMap<string, string>
    readonly sources: MappingSources
  },
): readonly string[] {
  switch (part.from) {
    case 'path': {
      const value = given.pathParameters.get(part.name)
      return value === undefined ? [] : [value]
    }
    case 'querystring':
      return (
        findPlainValues(given.call.incoming.rawQuery, part.name) ??
        given.sources.queryParameters.get(part.name) ??
        []
      )
    case 'written-querystring':
      return findWrittenParameters(given.call.incoming.rawQuery, part.name)
    case 'header':
      return fieldValues(given.sources.requestHeaders, part.name)
    case 'mapping':
      return evaluateMappingValues(part.source, given.sources)
  }
}

function accepted(
  { binaryMediaTypes, templateChoices }: CompiledCacheKey,
  headers: HeaderFields,
): string {
  let text = ''
  if (binaryMediaTypes !== undefined) text += acceptsBinary(headers, binaryMediaTypes) ? 'b' : 't'
  for (const templates of templateChoices) text += counted(chooseTemplateKey(templates, headers))
  return text
}

function countedValues(values: readonly string[]): string {
  let text = `${values.length};`
  for (const value of values) text += counted(value)
  return text
}

function counted(value: string): string {
  return `${value.length}:${value}`
}

/** True when the client asks past the cache: `Cache-Control: max-age=0`, whatever else it says. */
export function asksToInvalidate(headers: HeaderFields): boolean {
  for (let i = 0; i < headers.length; i += 2) {
    if (!isFieldName(headers[i] ?? '', 'cache-control')) continue
    if (/(?:^|,)\s*max-age\s*=\s*"?0+"?\s*(?:,|$)/i.test(headers[i + 1] ?? '')) return true
  }
  return false
}
