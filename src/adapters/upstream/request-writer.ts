import { isFieldName } from '../../base/header-fields.ts'
import type { UpstreamAddress, UpstreamRequest } from '../../ports/upstream.ts'

/** How the end of a request's content is told: `none` sends no content at all. */
export type RequestFraming = 'none' | 'length' | 'chunked'

/** Why a request cannot be sent. */
export interface InvalidRequest {
  readonly invalid: string
}

/** A request's head as text, one byte a character, and how its content is framed. */
export interface WrittenRequest {
  readonly head: string
  readonly framing: RequestFraming
}

const illegalMethod = /[^!#$%&'*+\-.^_`|~0-9A-Za-z]/
const illegalTarget = /[^\x21-\x7e]/
const illegalName = illegalMethod
const illegalHostname = /[\s/\\@?#[\]]|[^\x21-\u{10ffff}]/u
const illegalValue = /[^\t\x20-\x7e\x80-\xff]/

/**
 * Says why a request cannot be sent, undefined when it can.
 *
 * Refused: an address without host or with a port out of range, a method or name that is not a token,
 * CONNECT, a target that does not begin with `/` or holds white space, controls or non-ASCII characters,
 * a value with CR, LF, NUL, another control or a character above U+00FF, a framing field, and anything
 * but exactly one Host.
 */
function findInvalid(request: UpstreamRequest): string | undefined {
  const { origin, connectTo, method, target, headers } = request
  if (!isAddress(origin) || (connectTo !== undefined && !isAddress(connectTo))) {
    return 'illegal host name or port'
  }
  if (method === '' || illegalMethod.test(method) || method === 'CONNECT') return 'illegal method'
  if (target.charCodeAt(0) !== 47 || illegalTarget.test(target)) return 'illegal request target'
  if (headers.length % 2 !== 0) return 'a header field without a value'
  let hostsCount = 0
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] ?? ''
    if (name === '' || illegalName.test(name)) return 'illegal header name'
    if (illegalValue.test(headers[i + 1] ?? '')) return `illegal byte in the value of ${name}`
    if (isFraming(name)) return `${name} belongs to the connection and cannot be set`
    if (isFieldName(name, 'host')) hostsCount += 1
  }
  return hostsCount === 1 ? undefined : `${hostsCount} Host fields`
}

function isAddress({ hostname, port }: UpstreamAddress): boolean {
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return false
  return hostname !== '' && !illegalHostname.test(hostname)
}

function isFraming(name: string): boolean {
  switch (name.length) {
    case 10:
      return isFieldName(name, 'connection')
    case 14:
      return isFieldName(name, 'content-length')
    case 17:
      return isFieldName(name, 'transfer-encoding')
    default:
      return false
  }
}

/**
 * Writes the head of a request, framing included.
 *
 * Content of declared length gets Content-Length, other content `Transfer-Encoding: chunked`. Without
 * content only the methods that are expected to carry some say so (`Content-Length: 0`).
 */
export function writeRequest(request: UpstreamRequest): WrittenRequest | InvalidRequest {
  const invalid = findInvalid(request)
  if (invalid !== undefined) return { invalid }
  const { method, target, headers } = request
  const byteLength = request.body.bytes?.length ?? request.body.byteLength
  let head = `${method} ${target} HTTP/1.1\r\n`
  for (let i = 0; i < headers.length; i += 2) head += `${headers[i]}: ${headers[i + 1]}\r\n`
  if (byteLength === undefined) {
    return { head: `${head}Transfer-Encoding: chunked\r\n\r\n`, framing: 'chunked' }
  }
  if (byteLength > 0) {
    return { head: `${head}Content-Length: ${byteLength}\r\n\r\n`, framing: 'length' }
  }
  const end = expectsContent(method) ? 'Content-Length: 0\r\n\r\n' : '\r\n'
  return { head: head + end, framing: 'none' }
}

/** True for the methods whose requests say `Content-Length: 0` when they are empty. */
function expectsContent(method: string): boolean {
  return method === 'POST' || method === 'PUT' || method === 'PATCH'
}

/** True for methods that may be sent twice. Documented: https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2 */
export function isIdempotent(method: string): boolean {
  switch (method) {
    case 'GET':
    case 'HEAD':
    case 'PUT':
    case 'DELETE':
    case 'OPTIONS':
    case 'TRACE':
      return true
    default:
      return false
  }
}
