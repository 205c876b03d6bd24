import { createHash, createHmac } from 'node:crypto'
import type { Secret } from '../base/secret.ts'

/** What a request is signed with. */
export interface SigningCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: Secret
  /** Of temporary credentials. */
  readonly sessionToken?: Secret
}

export interface RequestToSign {
  readonly method: string
  /** As it is sent, percent-encoded. Neither `.` nor empty segments are taken out. */
  readonly path: string
  /** What stands for the path in the signature. Absent: the path, encoded once more. */
  readonly canonicalPath?: string
  /** Names and values as they are meant, not encoded. */
  readonly query: readonly (readonly [name: string, value: string])[]
  /** All of them are signed; `host` must be among them. A name may be there more than once. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** Lower-case hexadecimal SHA-256 of the body. */
  readonly bodySha256: string
  readonly region: string
  /** Signing name: `lambda`. */
  readonly service: string
  readonly credentials: SigningCredentials
  /** Milliseconds since 1970. AWS takes a signature within 5 minutes of it. */
  readonly timeMs: number
}

const algorithm = 'AWS4-HMAC-SHA256'

/**
 * The headers that sign a request, to be sent with it: `x-amz-date`, `x-amz-security-token` where there is
 * one, and `authorization`. The path is encoded once more for the signature, as every service but S3
 * does, unless `canonicalPath` says what stands for it.
 *
 * Documented: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function signRequest(request: RequestToSign): readonly (readonly [string, string])[] {
  const { credentials, region, service } = request
  const dateTime = dateTimeOf(request.timeMs)
  const added: (readonly [string, string])[] = [['x-amz-date', dateTime]]
  if (credentials.sessionToken !== undefined) {
    added.push(['x-amz-security-token', credentials.sessionToken.reveal()])
  }
  const headers = canonicalHeaders([...request.headers, ...added])
  const signedHeaders = headers.map(([name]) => name).join(';')
  const date = dateTime.slice(0, 8)
  const scope = `${date}/${region}/${service}/aws4_request`
  const stringToSign = [
    algorithm,
    dateTime,
    scope,
    sha256(canonicalRequest(request, headers, signedHeaders)),
  ].join('\n')
  const key = [date, region, service, 'aws4_request'].reduce<string | Buffer>(
    (soFar, part) => hmac(soFar, part),
    `AWS4${credentials.secretAccessKey.reveal()}`,
  )
  const authorization = `${algorithm} Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${signedHeaders}, Signature=${hmac(key, stringToSign).toString('hex')}`
  return [...added, ['authorization', authorization]]
}

/**
 * A text percent-encoded as AWS signs and sends it: all but letters, digits and `-._~`, in UTF-8 with
 * upper-case hexadecimal.
 */
export function encodeForUri(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

/** A query as AWS signs it, which is a good way to send it too: encoded, in order. */
export function encodeQuery(query: RequestToSign['query']): string {
  return query
    .map(([name, value]) => [encodeForUri(name), encodeForUri(value)] as const)
    .toSorted(([a, aValue], [b, bValue]) => compare(a, b) || compare(aValue, bValue))
    .map((pair) => pair.join('='))
    .join('&')
}

function canonicalRequest(
  request: RequestToSign,
  headers: readonly (readonly [string, string])[],
  signedHeaders: string,
): string {
  return [
    request.method,
    request.canonicalPath ?? request.path.split('/').map(encodeForUri).join('/'),
    encodeQuery(request.query),
    ...headers.map(([name, value]) => `${name}:${value}`),
    '',
    signedHeaders,
    request.bodySha256,
  ].join('\n')
}

/** Names in lower case and in order; the values of a name in the order in which they came. */
function canonicalHeaders(
  headers: readonly (readonly [string, string])[],
): (readonly [string, string])[] {
  const values = new Map<string, string>()
  for (const [name, value] of headers) {
    const lowerCase = name.toLowerCase()
    const trimmed = value.trim().replaceAll(/\s+/g, ' ')
    const before = values.get(lowerCase)
    values.set(lowerCase, before === undefined ? trimmed : `${before},${trimmed}`)
  }
  return [...values].toSorted(([a], [b]) => compare(a, b))
}

/** `20150830T123600Z` */
function dateTimeOf(timeMs: number): string {
  return new Date(timeMs).toISOString().replaceAll(/[-:]|\.\d+/g, '')
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
