/** Where an HTTP integration connects to. */
export interface HttpOrigin {
  readonly protocol: 'http:' | 'https:'
  /** Lower case; an IPv6 address without brackets. */
  readonly hostname: string
  /** 1 to 65535; the scheme's own when none is written. */
  readonly port: number
}

/** What the text of a URI comes to once it is expanded. */
export type HttpTarget =
  | {
      readonly outcome: 'target'
      readonly origin: HttpOrigin
      /** Path and query, beginning with `/`: what the request line carries. No fragment. */
      readonly target: string
      /** Value of Host: the authority as written, without the scheme's own port. */
      readonly hostHeader: string
    }
  /** Not an http(s) URL: the request ends as 500 Internal server error. `detail` is for the operator. */
  | { readonly outcome: 'invalid-endpoint'; readonly detail: string }

/**
 * The URI of an integration with its placeholders found, so that nothing of it is parsed per request.
 *
 * A variable that the stage does not have leaves nothing. A path parameter that no mapping sets leaves
 * its placeholder, and the braces then make the URI invalid.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/aws-api-gateway-stage-variables-reference.html
 * Documented: https://repost.aws/knowledge-center/api-gateway-proxy-path-character-error
 */
export interface UriTemplate {
  /** As written. */
  readonly text: string
  /** Names in `{name}`, each once, in order. */
  readonly pathParameterNames: readonly string[]
  /** Names in `${stageVariables.name}`, each once, in order. */
  readonly stageVariableNames: readonly string[]
  /** The text with its placeholders replaced. */
  expand(
    variables: Readonly<Record<string, string>>,
    pathParameters: ReadonlyMap<string, string>,
  ): string
  /** The expanded text as an address; what repeats is remembered. */
  target(
    variables: Readonly<Record<string, string>>,
    pathParameters: ReadonlyMap<string, string>,
  ): HttpTarget
}

/** Reads the origin at the start of a URL; the detail of what is wrong with it otherwise. */
export type OriginReader = (schemeAndAuthority: string) => ReadOrigin | string

interface ReadOrigin {
  readonly origin: HttpOrigin
  readonly hostHeader: string
}

type Part =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'path'; readonly name: string; readonly inQuery: boolean }

/** Texts that a reader or a template remembers before it forgets them all. */
const rememberedMax = 64

/** A reader that remembers; to be shared by the templates of a deployment, which name few origins. */
export function createOriginReader(): OriginReader {
  return remembering(readOrigin)
}

/**
 * Finds `${stageVariables.name}` and `{name}` in the URI of an integration, an ARN as well as a URL.
 * Everything is a template: what is no placeholder is text.
 */
export function parseUriTemplate(
  text: string,
  origins: OriginReader = createOriginReader(),
): UriTemplate {
  const parts = partsOf(text)
  const takesPath = parts.some(({ kind }) => kind === 'path')
  const expand: UriTemplate['expand'] = (variables, pathParameters) => {
    let expanded = ''
    for (const part of parts) expanded += valueOf(part, variables, pathParameters)
    return expanded
  }
  const read = (expanded: string) => readTarget(expanded, origins)
  // With a path parameter nearly every text is new: only its origin is worth remembering.
  const toTarget = takesPath ? read : remembering(read)
  return Object.freeze({
    text,
    pathParameterNames: namesOf(parts, 'path'),
    stageVariableNames: namesOf(parts, 'variable'),
    expand,
    target: (
      variables: Readonly<Record<string, string>>,
      pathParameters: ReadonlyMap<string, string>,
    ) => toTarget(expand(variables, pathParameters)),
  })
}

function remembering<T>(read: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>()
  return (text) => {
    const before = known.get(text)
    if (before !== undefined) return before
    if (known.size >= rememberedMax) known.clear()
    const result = read(text)
    known.set(text, result)
    return result
  }
}

function partsOf(text: string): readonly Part[] {
  const parts: Part[] = []
  let from = 0
  let inQuery = false
  const literal = (to: number) => {
    if (to === from) return
    const between = text.slice(from, to)
    inQuery ||= between.includes('?')
    parts.push(Object.freeze({ kind: 'literal', text: between }))
  }
  for (const found of text.matchAll(/\$\{stageVariables\.(\w+)\}|\{([\w.$-]+)\}/g)) {
    literal(found.index)
    const [whole, variable, path = ''] = found
    if (variable !== undefined) parts.push(Object.freeze({ kind: 'variable', name: variable }))
    else parts.push(Object.freeze({ kind: 'path', name: path, inQuery }))
    from = found.index + whole.length
  }
  literal(text.length)
  return Object.freeze(parts)
}

function namesOf(parts: readonly Part[], kind: 'path' | 'variable'): readonly string[] {
  const names = new Set<string>()
  for (const part of parts) if (part.kind === kind) names.add(part.name)
  return Object.freeze([...names])
}

function valueOf(
  part: Part,
  variables: Readonly<Record<string, string>>,
  pathParameters: ReadonlyMap<string, string>,
): string {
  if (part.kind === 'literal') return part.text
  if (part.kind === 'variable') {
    // Own members only: a variable may be called `constructor`.
    return (Object.hasOwn(variables, part.name) && variables[part.name]) || ''
  }
  const value = pathParameters.get(part.name)
  if (value === undefined) return `{${part.name}}`
  return part.inQuery ? encodedForQuery(value) : encodedForPath(value)
}

/**
 * Text of the client's own path goes as it came, encoded or not, its slashes too; what a path cannot
 * hold is encoded, so that no value (of a header, say) reaches into the query or breaks the request.
 * Chosen: docs/decisions/0020-paths-uris-and-patterns.md
 */
function encodedForPath(value: string): string {
  return value.replace(/[^\w\-.~!$&'()*+,;=:@/%]+/g, percentEncoded)
}

/** The same within a query: a value stays one value. */
function encodedForQuery(value: string): string {
  return value.replace(/[^\w\-.~!$'()*,:@/%]+/g, percentEncoded)
}

function percentEncoded(text: string): string {
  let encoded = ''
  for (const byte of new TextEncoder().encode(text)) {
    encoded += `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return encoded
}

function readTarget(text: string, origins: OriginReader): HttpTarget {
  const authorityAt = text.indexOf('://') + 3
  if (authorityAt < 3) return invalid(`${text}: no http or https URL`)
  const rest = text.slice(authorityAt)
  const authorityLength = rest.search(/[/?#]/)
  const pathAt = authorityLength === -1 ? text.length : authorityAt + authorityLength
  const read = origins(text.slice(0, pathAt))
  if (typeof read === 'string') return invalid(`${text}: ${read}`)
  const illegalAt = text.slice(pathAt).search(/[^!-~]|["<>\\^`{|}]/)
  if (illegalAt !== -1) return invalid(`${text}: illegal character at index ${pathAt + illegalAt}`)
  const target = targetOf(text, pathAt)
  return Object.freeze({ outcome: 'target', ...read, target })
}

function targetOf(text: string, pathAt: number): string {
  const fragmentAt = text.indexOf('#', pathAt)
  const target = text.slice(pathAt, fragmentAt === -1 ? text.length : fragmentAt)
  return target.startsWith('/') ? target : `/${target}`
}

function invalid(detail: string): HttpTarget {
  return Object.freeze({ outcome: 'invalid-endpoint', detail })
}

/**
 * The text before the path. Neither user names nor an empty port are taken, so that a variable which
 * brings a scheme of its own (`http://https://api.example.com`) is an invalid endpoint address.
 */
function readOrigin(text: string): ReadOrigin | string {
  const [, scheme = '', authority = ''] = /^([a-z]+):\/\/(.*)$/i.exec(text) ?? []
  const protocol = `${scheme.toLowerCase()}:`
  if (protocol !== 'http:' && protocol !== 'https:') return 'no http or https URL'
  const found = /^(?:([\w.~-]+)|\[([\da-f:.]+)\])(?::(\d{1,5}))?$/i.exec(authority)
  if (found === null) return 'no host, or no valid one'
  const [, name, address = '', writtenPort] = found
  const ownPort = protocol === 'http:' ? 80 : 443
  const port = writtenPort === undefined ? ownPort : Number(writtenPort)
  if (port < 1 || port > 65_535) return 'no valid port'
  const host = name ?? `[${address}]`
  const hostname = (name ?? address).toLowerCase()
  return Object.freeze({
    origin: Object.freeze({ protocol, hostname, port }),
    hostHeader: port === ownPort ? host : `${host}:${port}`,
  })
}
