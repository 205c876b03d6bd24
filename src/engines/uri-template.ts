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
  /** Scheme and authority as written. */
  readonly text: string
  readonly origin: HttpOrigin
  readonly hostHeader: string
}

/** A text stands for itself. */
type Part = string | Placeholder

interface Placeholder {
  readonly kind: 'variable' | 'path'
  readonly name: string
  /** Behind a `?` of the template. */
  readonly inQuery: boolean
}

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
  return Object.freeze(new ParsedTemplate(text, origins))
}

/** A class, because an API has thousands: closures would cost more than the template. */
class ParsedTemplate implements UriTemplate {
  readonly text: string
  readonly pathParameterNames: readonly string[]
  readonly stageVariableNames: readonly string[]
  readonly #parts: readonly Part[]
  readonly #origins: OriginReader
  /** Only without path parameters: with them nearly every text is new. */
  #remembered: ((expanded: string) => HttpTarget) | undefined
  /** Of the text before: most texts of a template have one origin. */
  #lastOrigin: ReadOrigin | undefined

  constructor(text: string, origins: OriginReader) {
    this.text = text
    this.#parts = partsOf(text)
    this.#origins = origins
    this.pathParameterNames = namesOf(this.#parts, 'path')
    this.stageVariableNames = namesOf(this.#parts, 'variable')
  }

  expand(
    variables: Readonly<Record<string, string>>,
    pathParameters: ReadonlyMap<string, string>,
  ): string {
    let expanded = ''
    for (const part of this.#parts) expanded += valueOf(part, variables, pathParameters)
    return expanded
  }

  target(
    variables: Readonly<Record<string, string>>,
    pathParameters: ReadonlyMap<string, string>,
  ): HttpTarget {
    const expanded = this.expand(variables, pathParameters)
    if (this.pathParameterNames.length > 0) return this.#read(expanded)
    this.#remembered ??= remembering((text) => this.#read(text))
    return this.#remembered(expanded)
  }

  #read(expanded: string): HttpTarget {
    const last = this.#lastOrigin
    if (last !== undefined && isOriginOf(last.text, expanded)) return targetAt(expanded, last)
    const read = this.#origins(expanded.slice(0, authorityEnd(expanded)))
    if (typeof read === 'string') return invalid(`${expanded}: ${read}`)
    this.#lastOrigin = read
    return targetAt(expanded, read)
  }
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
  const addText = (to: number) => {
    if (to === from) return
    const between = text.slice(from, to)
    inQuery ||= between.includes('?')
    parts.push(between)
  }
  for (const found of text.matchAll(/\$\{stageVariables\.(\w+)\}|\{([\w.$-]+)\}/g)) {
    addText(found.index)
    const [whole, variable, path = ''] = found
    const kind = variable === undefined ? 'path' : 'variable'
    parts.push(Object.freeze({ kind, name: variable ?? path, inQuery }))
    from = found.index + whole.length
  }
  addText(text.length)
  return Object.freeze(parts)
}

const noNames: readonly string[] = Object.freeze([])

function namesOf(parts: readonly Part[], kind: Placeholder['kind']): readonly string[] {
  const names = parts
    .filter((part) => typeof part !== 'string')
    .filter((part) => part.kind === kind)
  if (names.length === 0) return noNames
  return Object.freeze([...new Set(names.map(({ name }) => name))])
}

function valueOf(
  part: Part,
  variables: Readonly<Record<string, string>>,
  pathParameters: ReadonlyMap<string, string>,
): string {
  if (typeof part === 'string') return part
  const { kind, name, inQuery } = part
  if (kind === 'variable') {
    // Own members only: a variable may be called `constructor`.
    return (Object.hasOwn(variables, name) && variables[name]) || ''
  }
  const value = pathParameters.get(name)
  if (value === undefined) return `{${name}}`
  return inQuery ? encodedForQuery(value) : encodedForPath(value)
}

/**
 * Text of the client's own path goes as it came, encoded or not, its slashes too; what a path cannot
 * hold is encoded, so that no value (of a header, say) reaches into the query or breaks the request.
 * Chosen: docs/decisions/0014-paths-uris-and-patterns.md
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

/** Where the authority ends: at the path, the query, the fragment or the end. */
function authorityEnd(text: string): number {
  const authorityAt = text.indexOf('://') + 3
  const length = text.slice(authorityAt).search(/[/?#]/)
  return length === -1 ? text.length : authorityAt + length
}

/** True when scheme and authority of the text are these and end there. */
function isOriginOf(schemeAndAuthority: string, text: string): boolean {
  if (!text.startsWith(schemeAndAuthority)) return false
  const next = text[schemeAndAuthority.length]
  return next === '/' || next === '?' || next === '#' || next === undefined
}

function targetAt(text: string, { text: before, origin, hostHeader }: ReadOrigin): HttpTarget {
  let end = text.length
  for (let at = before.length; at < end; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x23) end = at
    else if (!isTargetCode(code)) return invalid(`${text}: illegal character at index ${at}`)
  }
  const written = text.slice(before.length, end)
  const target = written.startsWith('/') ? written : `/${written}`
  return { outcome: 'target', origin, target, hostHeader }
}

/** A visible character of ASCII but for the nine that no URI may hold. */
function isTargetCode(code: number): boolean {
  switch (code) {
    case 0x22: // "
    case 0x3c: // <
    case 0x3e: // >
    case 0x5c: // \
    case 0x5e: // ^
    case 0x60: // `
    case 0x7b: // {
    case 0x7c: // |
    case 0x7d: // }
      return false
    default:
      return code > 0x20 && code < 0x7f
  }
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
    text,
    origin: Object.freeze({ protocol, hostname, port }),
    hostHeader: port === ownPort ? host : `${host}:${port}`,
  })
}
