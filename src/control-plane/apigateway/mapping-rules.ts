import {
  parseMappingExpression,
  parseRequestTarget,
  parseResponseTarget,
} from '../../engines/parameter-mapping.ts'
import type { MappingExpression } from '../../engines/parameter-mapping.ts'
import type { MethodResponseDefinition } from '../../snapshot/definition.ts'
import { refusals } from './errors.ts'

/**
 * What AWS's validator says of mappings when they are put. All problems of a call are listed in one
 * refusal, in the order in which the caller gave them.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-parameter-mapping-sources.html
 */

type Mappings = Readonly<Record<string, string>>

/** Names of what a caller may declare, by whether a request must have it. */
type Declared = Readonly<Record<string, boolean>>

const declaredParameter = /^method\.request\.(querystring|path|header)\.([a-zA-Z0-9._$-]+)$/
const declaredHeader = /^method\.response\.header\.[a-zA-Z0-9._$-]+$/

/**
 * Checks the request parameters that a method declares: their form, then that no name comes twice.
 *
 * @throws {ServiceError} BadRequestException.
 * Observed: management/put-method-parameter-*
 */
export function checkDeclaredParameters(parameters: Declared): void {
  const found = Object.keys(parameters).map((text) => ({
    text,
    name: declaredParameter.exec(text)?.[2],
  }))
  const malformed = found.filter(({ name }) => name === undefined)
  if (malformed.length > 0) throw refusals.mappingExpressions(malformed.map(({ text }) => text))
  if (new Set(found.map(({ name }) => name)).size < found.length) throw refusals.parameterNames()
}

/**
 * Checks the headers that a method response declares.
 *
 * @throws {ServiceError} BadRequestException.
 * Chosen: docs/decisions/0008-definitions-where-aws-is-silent.md
 */
export function checkDeclaredHeaders(headers: Declared): void {
  const malformed = Object.keys(headers).filter((text) => !declaredHeader.test(text))
  if (malformed.length > 0) throw refusals.mappingExpressions(malformed)
}

/**
 * Checks the mappings of an integration request: target and source follow the grammar, and what is taken
 * from the method request is declared by the method.
 *
 * @throws {ServiceError} BadRequestException.
 * Observed: management/put-integration-mapping-*
 */
export function checkRequestMappings(mappings: Mappings, declared: Declared): void {
  const problems = Object.entries(mappings).flatMap(([target, text]) => {
    if (parseRequestTarget(target).outcome === 'invalid') return [malformed(target)]
    const source = parseMappingExpression(text)
    if (source.outcome === 'invalid' || isOfResponse(source.value)) return [malformed(text)]
    const parameter = parameterOf(source.value)
    return parameter === undefined || Object.hasOwn(declared, parameter) ? [] : [undeclared(text)]
  })
  if (problems.length > 0) throw refusals.mappingProblems(problems)
}

/**
 * Checks the mappings of an integration response: the method response is there and declares the header,
 * target and source follow the grammar, and nothing is taken from the request.
 *
 * @throws {ServiceError} BadRequestException.
 * Observed: management/put-integration-response-*
 */
export function checkResponseMappings(
  mappings: Mappings,
  response: MethodResponseDefinition | undefined,
): void {
  const entries = Object.entries(mappings)
  if (entries.length === 0) return
  if (response === undefined) {
    throw refusals.mappingProblems(['No method response exists for method.'])
  }
  const declared = response.responseParameters ?? {}
  const problems = entries.flatMap(([target, text]) => {
    if (parseResponseTarget(target).outcome === 'invalid') return [malformed(target)]
    if (!Object.hasOwn(declared, target)) return [undeclared(target)]
    const source = parseMappingExpression(text)
    return source.outcome === 'invalid' || isOfRequest(source.value) ? [malformed(text)] : []
  })
  if (problems.length > 0) throw refusals.mappingProblems(problems)
}

const malformed = (text: string) => `Invalid mapping expression specified: ${text}`
const undeclared = (text: string) => `Invalid mapping expression parameter specified: ${text}`

function isOfRequest({ kind }: MappingExpression): boolean {
  return kind.startsWith('method.request.')
}

function isOfResponse({ kind }: MappingExpression): boolean {
  return kind.startsWith('integration.response.')
}

/** The declaration that an expression needs; a multi-valued one needs that of its single value. */
function parameterOf(expression: MappingExpression): string | undefined {
  if (!('name' in expression) || !isOfRequest(expression)) return undefined
  return `${expression.kind.replace('multivalue', '')}.${expression.name}`
}
