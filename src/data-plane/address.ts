/** Host, path and query of a request, whichever form its target had. */
export interface RequestTarget {
  /** Authority without user and password; the port as written. Empty when there is none. */
  readonly host: string
  /** Raw, never decoded; begins with `/`. */
  readonly path: string
  /** Without `?`; empty when there is none. */
  readonly rawQuery: string
}

/**
 * Which stage of which API a request asks for, and what for. Neither need exist: an address is what the
 * URL says.
 */
export interface ExecuteApiAddress {
  /** Empty when the URL names no API. */
  readonly restApiId: string
  /** Empty when the URL names no stage. */
  readonly stageName: string
  /** Path below the stage, raw, with exactly one slash in front; `/` for the stage itself. */
  readonly path: string
  /** Path with the stage in front, as `$context.path` shows it. */
  readonly contextPath: string
  /** Without `?`; empty when there is none. */
  readonly rawQuery: string
}

/**
 * Takes a request line's target apart. In absolute form (`GET http://host/path`) the target's authority
 * replaces the Host field, as RFC 9112 (3.2.2) demands: who decides by host must decide by this one.
 */
export function readRequestTarget(line: {
  readonly hostField: string
  readonly target: string
}): RequestTarget {
  const { target } = line
  if (target.charCodeAt(0) === slash) return splitQuery(line.hostField, target)
  const authorityAt = authorityOffset(target)
  if (authorityAt === 0) return splitQuery(line.hostField, `/${target}`)
  const end = firstOf(target, '/?', authorityAt)
  const authority = target.slice(authorityAt, end)
  const rest = target.slice(end)
  return splitQuery(
    authority.slice(authority.lastIndexOf('@') + 1),
    rest.charCodeAt(0) === slash ? rest : `/${rest}`,
  )
}

/**
 * The execute-api address that a request has, in any of the forms that a stage answers to:
 *
 *     Host {apiId}.execute-api.…                         /{stage}/{path}
 *     /_aws/execute-api/{apiId}/{stage}/{path}
 *     /restapis/{apiId}/{stage}/_user_request_/{path}
 *
 * The Host form is whatever has `execute-api` as its second label (`.localhost`, `.{region}.amazonaws.com`,
 * `.localhost.localstack.cloud`, a wildcard name of one's own), so that no such host ever reaches another
 * plane. Names of hosts have no case, so an API id in one is read in lower case.
 *
 * Undefined: the request is not for execute-api.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-call-api.html
 * Observed: cases/rest/addressing/extra-slash-after-the-stage, cases/rest/addressing/extra-slash-before-the-stage
 * Cost: no regular expression; at most three slices of the path.
 */
export function findExecuteApiAddress(request: RequestTarget): ExecuteApiAddress | undefined {
  const { path, rawQuery } = request
  const restApiId = restApiIdOfHost(request.host)
  if (restApiId !== undefined) return addressOf(restApiId, path, rawQuery)
  if (path.startsWith(reservedPrefix)) {
    const idAt = reservedPrefix.length
    if (path.length === idAt) return addressOf('', '/', rawQuery)
    if (path.charCodeAt(idAt) !== slash) return undefined
    const idEnd = endOfSegment(path, idAt + 1)
    return addressOf(path.slice(idAt + 1, idEnd), path.slice(idEnd), rawQuery)
  }
  return path.startsWith(legacyPrefix) ? legacyAddress(path, rawQuery) : undefined
}

const slash = 0x2f
const dot = 0x2e
const reservedPrefix = '/_aws/execute-api'
const legacyPrefix = '/restapis/'
const legacyMarker = '/_user_request_'
const hostMarker = '.execute-api.'

function authorityOffset(target: string): number {
  const scheme = target.slice(0, 8).toLowerCase()
  if (scheme === 'https://') return 8
  return scheme.startsWith('http://') ? 7 : 0
}

function firstOf(text: string, characters: string, from: number): number {
  for (let i = from; i < text.length; i += 1) {
    if (characters.includes(text.charAt(i))) return i
  }
  return text.length
}

function splitQuery(host: string, pathAndQuery: string): RequestTarget {
  const queryAt = pathAndQuery.indexOf('?')
  return queryAt < 0
    ? { host, path: pathAndQuery, rawQuery: '' }
    : { host, path: pathAndQuery.slice(0, queryAt), rawQuery: pathAndQuery.slice(queryAt + 1) }
}

/** The first label of a host whose second is `execute-api`; undefined for every other host. */
function restApiIdOfHost(host: string): string | undefined {
  const end = host.indexOf('.')
  // 'e' or 'E' behind the dot: what decides at once for `localhost:4566` and `127.0.0.1`.
  if (end <= 0 || (host.charCodeAt(end + 1) | 0x20) !== 0x65) return undefined
  const marker = host.slice(end, end + hostMarker.length)
  if (marker !== hostMarker && !isHostMarker(marker)) return undefined
  return host.slice(0, end).toLowerCase()
}

/** Any case, and a name that ends behind its second label (`abc.execute-api:4566`) too. */
function isHostMarker(text: string): boolean {
  const lower = text.toLowerCase()
  if (lower === hostMarker) return true
  return lower === '.execute-api' || lower === '.execute-api:'
}

function addressOf(restApiId: string, stagePath: string, rawQuery: string): ExecuteApiAddress {
  const stageAt = pastSlashes(stagePath, 0)
  const stageEnd = endOfSegment(stagePath, stageAt)
  return {
    restApiId,
    stageName: stagePath.slice(stageAt, stageEnd),
    path: singleSlashed(stagePath, stageEnd),
    contextPath: singleSlashed(stagePath, 0),
    rawQuery,
  }
}

function legacyAddress(path: string, rawQuery: string): ExecuteApiAddress | undefined {
  const idEnd = endOfSegment(path, legacyPrefix.length)
  const stageEnd = endOfSegment(path, idEnd + 1)
  const restAt = stageEnd + legacyMarker.length
  if (!path.startsWith(legacyMarker, stageEnd)) return undefined
  if (restAt < path.length && path.charCodeAt(restAt) !== slash) return undefined
  return {
    restApiId: path.slice(legacyPrefix.length, idEnd),
    stageName: path.slice(idEnd + 1, stageEnd),
    path: singleSlashed(path, restAt),
    contextPath: path.slice(idEnd, stageEnd) + path.slice(restAt),
    rawQuery,
  }
}

function endOfSegment(path: string, from: number): number {
  const end = path.indexOf('/', from)
  return end < 0 ? path.length : end
}

function pastSlashes(path: string, from: number): number {
  let at = from
  while (path.charCodeAt(at) === slash) at += 1
  return at
}

/** The path from `from` on, with its leading slashes made one; `/` when nothing is left. */
function singleSlashed(path: string, from: number): string {
  const at = pastSlashes(path, from)
  if (at === path.length) return '/'
  return at === from + 1 ? path.slice(from) : `/${path.slice(at)}`
}

/** The name in a Host field or an authority, without its port. */
export function hostNameOf(host: string): string {
  if (host.charCodeAt(0) === 0x5b) return host.slice(0, host.indexOf(']') + 1)
  const colon = host.indexOf(':')
  const name = colon < 0 ? host : host.slice(0, colon)
  return name.charCodeAt(name.length - 1) === dot ? name.slice(0, -1) : name
}
