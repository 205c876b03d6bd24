/** Where an HTTP integration connects to. */
export interface HttpOrigin {
  readonly protocol: 'http:' | 'https:'
  /** Lower case; an IPv6 address without brackets. */
  readonly hostname: string
  /** 1 to 65535; the scheme's own when none is written. */
  readonly port: number
}

export type HttpTarget =
  | {
      readonly outcome: 'target'
      readonly origin: HttpOrigin
      /** Path and query, beginning with `/`: what the request line carries. */
      readonly target: string
      /** Value of Host: the authority as written, without a default port. */
      readonly hostHeader: string
    }
  /** The text is not an http(s) URL: the method ends as 500 Internal server error. */
  | { readonly outcome: 'invalid-endpoint'; readonly detail: string }

/** The URI of an integration with its placeholders found. */
export interface UriTemplate {
  /** As written. */
  readonly text: string
  /** Names in `{name}`, each once, in order. */
  readonly pathParameterNames: readonly string[]
  /** Names in `${stageVariables.name}`, each once, in order. */
  readonly stageVariableNames: readonly string[]
  /** The text with every placeholder replaced. */
  expand(
    variables: Readonly<Record<string, string>>,
    pathParameters: ReadonlyMap<string, string>,
  ): string
  /** The expanded text as an address. Costs one scan of it: what repeats is remembered. */
  target(
    variables: Readonly<Record<string, string>>,
    pathParameters: ReadonlyMap<string, string>,
  ): HttpTarget
}

export declare function parseUriTemplate(text: string): UriTemplate
