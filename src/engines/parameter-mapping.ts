import type { HeaderFields } from '../base/header-fields.ts'
import { JsonDocumentError } from './json-document/json-document-error.ts'
import { readJsonDocument } from './json-document/read-json.ts'
import { writeJsonDocument } from './json-document/write-json.ts'
import type { JsonPath } from './json-path/compile-json-path.ts'
import type { DocumentNode } from './json-path/document.ts'

const namedKinds = [
  'method.request.path',
  'method.request.querystring',
  'method.request.multivaluequerystring',
  'method.request.header',
  'method.request.multivalueheader',
  'integration.response.header',
  'integration.response.multivalueheader',
  'stageVariables',
  'context',
] as const

const bodyKinds = ['method.request.body', 'integration.response.body'] as const

/** What a mapped parameter is taken from. `kind` is the expression's own prefix. */
export type MappingExpression =
  | { readonly kind: (typeof namedKinds)[number]; readonly name: string }
  | {
      readonly kind: (typeof bodyKinds)[number]
      /** Whole, from `$` on; undefined: the whole body. */
      readonly jsonPath: string | undefined
      /** The same, ready to be read; absent: not compiled, so that it has no value. */
      readonly path?: JsonPath
    }
  | { readonly kind: 'static'; readonly value: string }

/** What a request mapping sets: `integration.request.{header|querystring|path}.NAME`. */
export interface MappingTarget {
  readonly location: 'header' | 'querystring' | 'path'
  readonly name: string
}

/**
 * Where the values come from. A getter is as good as a member: each is read only when an expression
 * asks for it. What a direction does not have (a request has no integration response) is undefined.
 */
export interface MappingSources {
  readonly pathParameters: ReadonlyMap<string, string>
  /** Decoded; name → values in the order of the query string. */
  readonly queryParameters: ReadonlyMap<string, readonly string[]>
  readonly requestHeaders: HeaderFields
  readonly requestBody: string | undefined
  readonly responseHeaders: HeaderFields | undefined
  readonly responseBody: string | undefined
  /** What the bodies say as JSON; undefined when there is no body, or none that begins like JSON. */
  readonly requestDocument: DocumentNode | undefined
  readonly responseDocument: DocumentNode | undefined
  /** What JSONPaths find, by their texts, when it was found out beforehand; the documents are not asked for these. */
  readonly requestPicks?: Picks | undefined
  readonly responsePicks?: Picks | undefined
  readonly stageVariables: Readonly<Record<string, string>>
  /** Value of `$context.NAME` as text; undefined when there is none. */
  contextValue(name: string): string | undefined
}

/** JSONPath → the values of a mapping. */
export type Picks = ReadonlyMap<string, readonly string[]>

/** What JSONPaths came to in a body; `malformed` and `none` as of `BodyDocument`. */
export type BodyPicks =
  | { readonly outcome: 'picked'; readonly picks: Picks }
  | { readonly outcome: 'malformed' }
  | { readonly outcome: 'none' }

/** What reading a text came to. `detail` says what is wrong with it. */
export type Parsed<T> =
  | { readonly outcome: 'parsed'; readonly value: T }
  | { readonly outcome: 'invalid'; readonly detail: string }

/**
 * Reads the right side of a mapping.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-parameter-mapping-sources.html
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/request-response-data-mappings.html
 * (`method.request.body[0].price`)
 */
export function parseMappingExpression(text: string): Parsed<MappingExpression> {
  if (text.length >= 2 && text.startsWith("'") && text.endsWith("'")) {
    return parsed({ kind: 'static', value: text.slice(1, -1) })
  }
  for (const kind of bodyKinds) {
    if (text === kind) return parsed({ kind, jsonPath: undefined })
    const member = after(text, kind)
    if (member !== '') return parsed({ kind, jsonPath: `$.${member}` })
    if (text.startsWith(`${kind}[`))
      return parsed({ kind, jsonPath: `$${text.slice(kind.length)}` })
  }
  for (const kind of namedKinds) {
    const name = after(text, kind)
    if (isName(name)) return parsed({ kind, name })
  }
  return invalid(`Invalid mapping expression specified: ${text}`)
}

/** Reads the left side of a request mapping. */
export function parseRequestTarget(text: string): Parsed<MappingTarget> {
  for (const location of ['header', 'querystring', 'path'] as const) {
    const name = after(text, `integration.request.${location}`)
    if (isName(name)) return parsed({ location, name })
  }
  return invalid(`Invalid mapping target specified: ${text}`)
}

/** Reads the left side of a response mapping, `method.response.header.NAME`, and gives the name. */
export function parseResponseTarget(text: string): Parsed<string> {
  const name = after(text, 'method.response.header')
  return isName(name) ? parsed(name) : invalid(`Invalid mapping target specified: ${text}`)
}

/**
 * The text that an expression stands for; undefined when its source has no such value, and then the
 * parameter is left out.
 *
 * Of a repeated header or query parameter the single-valued expressions take the last value, the
 * multi-valued ones all of them with commas between. Names of headers and query parameters count by case.
 * An empty body reads as `{}`, and blanks around a body are dropped. What a JSONPath finds is a text as it
 * is, else the JSON of it; null and what is not there are no value.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
 */
export function evaluateMapping(
  expression: MappingExpression,
  sources: MappingSources,
): string | undefined {
  const values = evaluateMappingValues(expression, sources)
  return values.length > 1 ? values.join(',') : values[0]
}

/** The same with the values of a multi-valued expression kept apart; empty when there is none. */
export function evaluateMappingValues(
  expression: MappingExpression,
  sources: MappingSources,
): readonly string[] {
  switch (expression.kind) {
    case 'static':
      return [expression.value]
    case 'method.request.path':
      return present(sources.pathParameters.get(expression.name))
    case 'method.request.querystring':
      return present(sources.queryParameters.get(expression.name)?.at(-1))
    case 'method.request.multivaluequerystring':
      return sources.queryParameters.get(expression.name) ?? []
    case 'method.request.header':
      return present(fieldValues(sources.requestHeaders, expression.name).at(-1))
    case 'method.request.multivalueheader':
      return fieldValues(sources.requestHeaders, expression.name)
    case 'integration.response.header':
      return present(fieldValues(sources.responseHeaders, expression.name).at(-1))
    case 'integration.response.multivalueheader':
      return fieldValues(sources.responseHeaders, expression.name)
    case 'method.request.body':
      return expression.jsonPath === undefined
        ? wholeBody(sources.requestBody)
        : (sources.requestPicks?.get(expression.jsonPath) ??
            pickedFrom(sources.requestDocument, expression.path))
    case 'integration.response.body':
      return expression.jsonPath === undefined
        ? wholeBody(sources.responseBody)
        : (sources.responsePicks?.get(expression.jsonPath) ??
            pickedFrom(sources.responseDocument, expression.path))
    case 'stageVariables':
      return present(ownMember(sources.stageVariables, expression.name))
    case 'context':
      return present(sources.contextValue(expression.name))
  }
}

/** What reading a body as JSON came to; `none`: it does not begin like JSON, and is never parsed. */
export type BodyDocument =
  | { readonly outcome: 'document'; readonly document: DocumentNode }
  | { readonly outcome: 'malformed' }
  | { readonly outcome: 'none' }

/**
 * A body as the document that mappings pick from; an empty one is `{}`. One that looks like JSON and is none is
 * malformed: API Gateway then answers 400 `Invalid JSON in request body`.
 */
export function readBodyDocument(body: string): BodyDocument {
  const text = body.trim()
  if (text === '') return { outcome: 'document', document: readJsonDocument('{}') }
  if (!/^[{['"]/.test(text)) return { outcome: 'none' }
  try {
    return { outcome: 'document', document: readJsonDocument(text) }
  } catch (error) {
    if (error instanceof JsonDocumentError) return { outcome: 'malformed' }
    throw error
  }
}

/** The values that mappings with these JSONPaths have in a body. */
export function pickFromBody(body: string, paths: readonly JsonPath[]): BodyPicks {
  const read = readBodyDocument(body)
  if (read.outcome !== 'document') return read
  const picks = new Map(paths.map((path) => [path.text, pickedFrom(read.document, path)]))
  return { outcome: 'picked', picks }
}

function after(text: string, prefix: string): string {
  return text.startsWith(`${prefix}.`) ? text.slice(prefix.length + 1) : ''
}

function isName(text: string): boolean {
  return /^[a-zA-Z0-9._$-]+$/.test(text)
}

function parsed<T>(value: T): Parsed<T> {
  return Object.freeze({ outcome: 'parsed', value: Object.freeze(value) })
}

function invalid(detail: string): { readonly outcome: 'invalid'; readonly detail: string } {
  return Object.freeze({ outcome: 'invalid', detail })
}

function present(value: string | undefined): readonly string[] {
  return value === undefined ? [] : [value]
}

function fieldValues(fields: HeaderFields | undefined, name: string): readonly string[] {
  const values: string[] = []
  if (fields === undefined) return values
  for (let i = 0; i < fields.length; i += 2) {
    if (fields[i] === name) values.push(fields[i + 1] ?? '')
  }
  return values
}

function wholeBody(body: string | undefined): readonly string[] {
  if (body === undefined) return []
  return [body.trim() === '' ? '{}' : body.trim()]
}

function pickedFrom(
  document: DocumentNode | undefined,
  path: JsonPath | undefined,
): readonly string[] {
  if (document === undefined || path === undefined) return []
  const picked = path.read(document)
  if (picked.outcome !== 'found' || picked.value === null) return []
  return [typeof picked.value === 'string' ? picked.value : writeJsonDocument(picked.value)]
}

function ownMember(members: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(members, name) ? members[name] : undefined
}
