import type { HeaderFields } from '../base/header-fields.ts'

/** What a mapped parameter is taken from. `kind` is the expression's own prefix. */
export type MappingExpression =
  | {
      readonly kind:
        | 'method.request.path'
        | 'method.request.querystring'
        | 'method.request.multivaluequerystring'
        | 'method.request.header'
        | 'method.request.multivalueheader'
        | 'integration.response.header'
        | 'integration.response.multivalueheader'
        | 'stageVariables'
        | 'context'
      readonly name: string
    }
  | {
      readonly kind: 'method.request.body' | 'integration.response.body'
      /** Without `$.`; undefined: the whole body. */
      readonly jsonPath: string | undefined
    }
  | { readonly kind: 'static'; readonly value: string }

/** What a request mapping sets: `integration.request.{header|querystring|path}.NAME`. */
export interface MappingTarget {
  readonly location: 'header' | 'querystring' | 'path'
  readonly name: string
}

/**
 * Where the values come from. A getter is as good as a member: each is read only when an expression
 * asks for it. What a direction does not have (a request has no integration response) is left undefined.
 */
export interface MappingSources {
  readonly pathParameters: ReadonlyMap<string, string>
  /** Decoded; name → values in the order of the query string. */
  readonly queryParameters: ReadonlyMap<string, readonly string[]>
  readonly requestHeaders: HeaderFields
  readonly requestBody: string | undefined
  readonly responseHeaders: HeaderFields | undefined
  readonly responseBody: string | undefined
  readonly stageVariables: Readonly<Record<string, string>>
  /** Value of `$context.NAME` as text; undefined when there is none. */
  contextValue(name: string): string | undefined
}

export type Parsed<T> =
  | { readonly outcome: 'parsed'; readonly value: T }
  | { readonly outcome: 'invalid'; readonly detail: string }

export declare function parseMappingExpression(text: string): Parsed<MappingExpression>
/** `integration.request.{header|querystring|path}.NAME`. */
export declare function parseRequestTarget(text: string): Parsed<MappingTarget>
/** `method.response.header.NAME` → NAME. */
export declare function parseResponseTarget(text: string): Parsed<string>
/** Undefined: the source has no such value, and the parameter is left out. */
export declare function evaluateMapping(
  expression: MappingExpression,
  sources: MappingSources,
): string | undefined
