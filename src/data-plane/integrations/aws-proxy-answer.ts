import type { HeaderFields } from '../../base/header-fields.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts'
import { isHeaderName, isHeaderValue } from './header-rules.ts'

/** What a function said that the client shall get. */
export interface ProxyAnswer {
  /** 200 to 599. */
  readonly status: number
  /** In their order: those of multiValueHeaders first. No name or value that HTTP could not carry. */
  readonly headers: HeaderFields
  readonly body: string
  readonly isBase64Encoded: boolean
}

/** `detail` says which rule was broken, and where. */
export type ReadProxyAnswer =
  | { readonly outcome: 'answer'; readonly answer: ProxyAnswer }
  | { readonly outcome: 'malformed'; readonly detail: string }

/**
 * Reads what a function gave as a proxy answer: a JSON object of `statusCode`, `headers`,
 * `multiValueHeaders`, `body` and `isBase64Encoded`, each of which may be left out or null, and of nothing
 * else. Numbers, booleans and texts of them stand for one another where the type is a scalar.
 *
 * A name in both kinds of headers has the values of both, each value once, under the name that
 * multiValueHeaders writes.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 * Observed: cases/rest/aws-proxy-response
 * Chosen: docs/decisions/0021-functions-behind-stages.md (scalars, values that no header can have)
 */
export function readProxyAnswer(payload: string): ReadProxyAnswer {
  try {
    return { outcome: 'answer', answer: answerOf(parse(payload)) }
  } catch (error) {
    if (!(error instanceof MalformedAnswer)) throw error
    return { outcome: 'malformed', detail: error.message }
  }
}

/** What a function that streams says before its content. */
export type StreamHead = Pick<ProxyAnswer, 'status' | 'headers'>

/** `detail` says which rule was broken, and where. */
export type ReadStreamHead =
  | { readonly outcome: 'head'; readonly head: StreamHead }
  | { readonly outcome: 'malformed'; readonly detail: string }

/**
 * Reads what a function says before the content that it streams: a JSON object of `statusCode`, `headers`,
 * `multiValueHeaders` and `cookies`, each of which may be left out or null, and of nothing else. A cookie is a
 * field Set-Cookie behind the others.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html
 */
export function readStreamHead(text: string): ReadStreamHead {
  try {
    return { outcome: 'head', head: streamHeadOf(parse(text)) }
  } catch (error) {
    if (!(error instanceof MalformedAnswer)) throw error
    return { outcome: 'malformed', detail: error.message }
  }
}

/** Ends the reading of one answer; never leaves this file. */
class MalformedAnswer extends Error {
  override readonly name = 'MalformedAnswer'
}

function parse(payload: string): JsonValue {
  try {
    // What JSON.parse gives is what JSON can say.
    return JSON.parse(payload) as JsonValue
  } catch {
    throw new MalformedAnswer('it is no JSON')
  }
}

function streamHeadOf(value: JsonValue): StreamHead {
  const head = objectOf(value, isHeadMember, 'cookies')
  const cookies = cookiesOf(head['cookies'])
  return {
    status: statusOf(head['statusCode']),
    headers: [...headersOf(head), ...cookies.flatMap((cookie) => ['Set-Cookie', cookie])],
  }
}

function isHeadMember(name: string): boolean {
  return name === 'cookies' || (isMember(name) && name !== 'body' && name !== 'isBase64Encoded')
}

function cookiesOf(value: JsonValue | undefined): readonly string[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) {
    throw new MalformedAnswer(`cookies must be an array, not ${kindOf(value)}`)
  }
  // An array of JSON values, because it came of JSON.
  return (value as readonly JsonValue[]).map((cookie) => valueOf('Set-Cookie', cookie))
}

function objectOf(
  value: JsonValue,
  isAllowed: (name: string) => boolean,
  lastMembers: string,
): JsonObject {
  if (!isJsonObject(value)) throw new MalformedAnswer(`it must be an object, not ${kindOf(value)}`)
  for (const member of Object.keys(value)) {
    if (isAllowed(member)) continue
    throw new MalformedAnswer(
      `it has the member ${JSON.stringify(member)}, and only statusCode, headers, multiValueHeaders` +
        `${lastMembers === 'cookies' ? ' and ' : ', '}${lastMembers} are allowed`,
    )
  }
  return value
}

function answerOf(given: JsonValue): ProxyAnswer {
  const value = objectOf(given, isMember, 'body and isBase64Encoded')
  return {
    status: statusOf(value['statusCode']),
    headers: headersOf(value),
    body: bodyOf(value['body']),
    isBase64Encoded: isTrue(value['isBase64Encoded']),
  }
}

function isMember(name: string): boolean {
  switch (name) {
    case 'statusCode':
    case 'headers':
    case 'multiValueHeaders':
    case 'body':
    case 'isBase64Encoded':
      return true
    default:
      return false
  }
}

function statusOf(value: JsonValue | undefined): number {
  if (value === undefined || value === null) return 200
  const status = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
  if (typeof status === 'number' && Number.isInteger(status) && status >= 200 && status <= 599) {
    return status
  }
  throw new MalformedAnswer(`statusCode must be a number from 200 to 599, not ${shown(value)}`)
}

function bodyOf(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return ''
  const text = findScalarText(value)
  if (text !== undefined) return text
  throw new MalformedAnswer(`body must be a string, not ${kindOf(value)}; JSON.stringify makes one`)
}

function isTrue(value: JsonValue | undefined): boolean {
  if (value === undefined || value === null || value === false || value === 'false') return false
  if (value === true || value === 'true') return true
  throw new MalformedAnswer(`isBase64Encoded must be a boolean, not ${shown(value)}`)
}

function headersOf(answer: JsonObject): HeaderFields {
  const single = mapOf(answer, 'headers')
  const multi = mapOf(answer, 'multiValueHeaders')
  const fields: string[] = []
  const known = multi === undefined ? undefined : new Map<string, KnownField>()
  if (known !== undefined) addMultiple(fields, multi ?? {}, known)
  if (single !== undefined) addSingle(fields, single, known)
  return fields
}

/** A field of multiValueHeaders: its name as written there, and its values. */
interface KnownField {
  readonly name: string
  readonly values: readonly string[]
}

function addMultiple(fields: string[], multi: JsonObject, known: Map<string, KnownField>): void {
  for (const [name, given] of Object.entries(multi)) {
    if (!Array.isArray(given)) {
      throw new MalformedAnswer(
        `multiValueHeaders must have arrays for values, and ${shown(name)} is ${kindOf(given ?? null)}`,
      )
    }
    // An array of JSON values, because it came of JSON.
    const values = (given as readonly JsonValue[]).map((value) => valueOf(name, value))
    for (const value of values) fields.push(name, value)
    known.set(name.toLowerCase(), { name, values })
  }
}

function addSingle(
  fields: string[],
  single: JsonObject,
  known: ReadonlyMap<string, KnownField> | undefined,
): void {
  for (const name in single) {
    const value = valueOf(name, single[name] ?? null)
    const before = known?.get(name.toLowerCase())
    if (before === undefined) fields.push(name, value)
    else if (!before.values.includes(value)) fields.push(before.name, value)
  }
}

function mapOf(answer: JsonObject, member: string): JsonObject | undefined {
  const value = answer[member]
  if (value === undefined || value === null) return undefined
  if (isJsonObject(value)) return value
  throw new MalformedAnswer(`${member} must be an object, not ${kindOf(value)}`)
}

function valueOf(name: string, value: JsonValue): string {
  if (!isHeaderName(name)) throw new MalformedAnswer(`${shown(name)} cannot be a header's name`)
  const text = findScalarText(value)
  if (text === undefined) {
    throw new MalformedAnswer(`the value of header ${name} must be a string, not ${kindOf(value)}`)
  }
  if (isHeaderValue(text)) return text
  throw new MalformedAnswer(`the value of header ${name} has a character that no header can have`)
}

function findScalarText(value: JsonValue): string | undefined {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}

function kindOf(value: JsonValue): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

/** At most so many characters of a value are repeated. */
const shownMax = 64

function shown(value: JsonValue): string {
  const text = JSON.stringify(value)
  return text.length <= shownMax ? text : `${text.slice(0, shownMax)}…`
}
