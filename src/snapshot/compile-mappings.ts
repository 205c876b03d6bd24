import { compileJsonPath, type JsonPath } from '../engines/json-path/compile-json-path.ts'
import { JsonPathSyntaxError } from '../engines/json-path/json-path-error.ts'
import {
  type MappingExpression,
  type Parsed,
  parseMappingExpression,
  parseRequestTarget,
  parseResponseTarget,
} from '../engines/parameter-mapping.ts'
import type { RequestParameterMapping, ResponseParameterMapping } from './compiled-deployment.ts'
import { NotRun } from './not-run.ts'

type Mappings = Readonly<Record<string, string>>

/**
 * The parameter mappings of an integration request.
 *
 * @throws {NotRun} for what does not parse, or reads the response.
 */
export function compileRequestMappings(
  mappings: Mappings = {},
): readonly RequestParameterMapping[] {
  return Object.freeze(
    Object.entries(mappings).map(([target, text]) =>
      Object.freeze({
        target: readOrNotRun(parseRequestTarget(target)),
        source: sourceOf(text, 'integration.response.'),
      }),
    ),
  )
}

/**
 * The parameter mappings of an integration response.
 *
 * @throws {NotRun} for what does not parse, or reads the request.
 */
export function compileResponseMappings(
  mappings: Mappings = {},
): readonly ResponseParameterMapping[] {
  return Object.freeze(
    Object.entries(mappings).map(([target, text]) =>
      Object.freeze({
        header: readOrNotRun(parseResponseTarget(target)),
        source: sourceOf(text, 'method.request.'),
      }),
    ),
  )
}

/** `otherSide`: the prefix of the expressions that have no value here. */
function sourceOf(text: string, otherSide: string): MappingExpression {
  const source = readOrNotRun(parseMappingExpression(text))
  if (source.kind.startsWith(otherSide)) {
    throw new NotRun(`Invalid mapping expression specified: ${text}`)
  }
  if (!('jsonPath' in source) || source.jsonPath === undefined) return source
  return Object.freeze({ ...source, path: pathOf(source.jsonPath, text) })
}

function pathOf(jsonPath: string, text: string): JsonPath {
  try {
    return compileJsonPath(jsonPath)
  } catch (error) {
    if (!(error instanceof JsonPathSyntaxError)) throw error
    throw new NotRun(`Invalid mapping expression specified: ${text}: ${error.message}`)
  }
}

function readOrNotRun<T>(parsed: Parsed<T>): T {
  if (parsed.outcome === 'invalid') throw new NotRun(parsed.detail)
  return parsed.value
}
