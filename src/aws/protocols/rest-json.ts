import type { HeaderFields } from '../../base/header-fields.ts'
import { findLastField } from '../../base/header-fields.ts'
import { invariant } from '../../base/invariant.ts'
import type { OperationMatch } from '../operation-index.ts'
import type { Member, Operation, ServiceModel } from '../operation-model.ts'
import type { ServiceError } from '../service-error.ts'
import { refuseLargeJson } from './json-bounds.ts'
import type { IgnoredMembers } from './json-values.ts'
import {
  memberOf,
  readBodyMembers,
  readText,
  serializationError,
  writeStructure,
} from './json-values.ts'

/** What of a request carries members, once its operation is known. */
export interface RestJsonRequest {
  readonly query: URLSearchParams
  readonly headers: HeaderFields
  readonly body: Uint8Array
}

export interface DecodedInput {
  readonly input: object
  /** `Structure.member` of what the body had and the model does not know. */
  readonly ignoredMembers: readonly string[]
}

export interface EncodedAnswer {
  readonly status: number
  readonly headers: HeaderFields
  readonly body: Uint8Array
}

const encoder = new TextEncoder()

/**
 * The input of an operation from a request in the protocol rest-json. Required members may still be
 * missing: `checkConstraints` says so.
 *
 * A body is read only by an operation that has members in it, and an empty one is an empty object.
 *
 * @throws {ServiceError} SerializationException.
 */
export function decodeInput(
  { operation, labels }: OperationMatch,
  request: RestJsonRequest,
): DecodedInput {
  const ignoredMembers: IgnoredMembers = []
  const members: [string, unknown][] = []
  for (const member of operation.input.members) {
    const value = readBound(member, operation, labels, request)
    if (value !== undefined) members.push([member.name, value])
  }
  if (operation.input.bodyMembers.size > 0 && request.body.length > 0) {
    members.push(...readBodyMembers(operation.input, parseBody(request.body), ignoredMembers))
  }
  return { input: Object.fromEntries(members), ignoredMembers }
}

function readBound(
  member: Member,
  operation: Operation,
  labels: ReadonlyMap<string, string>,
  { query, headers, body }: RestJsonRequest,
): unknown {
  switch (member.binding) {
    case 'body':
      return undefined
    case 'label':
      return labels.get(member.name)
    case 'header':
      return optionalText(member, findLastField(headers, member.wireName.toLowerCase()))
    case 'query':
      return readQuery(member, query)
    case 'query-map':
      return readQueryMap(operation, query)
    case 'payload':
      return body.length === 0 ? undefined : body
    case 'status':
      return undefined
  }
}

function optionalText({ shape }: Member, text: string | undefined): unknown {
  return text === undefined ? undefined : readText(shape, text)
}

/** A list takes every value of its key; anything else the first. */
function readQuery(member: Member, query: URLSearchParams): unknown {
  const { shape, wireName } = member
  if (shape.kind !== 'list') return optionalText(member, query.get(wireName) ?? undefined)
  const values = query.getAll(wireName).map((text) => readText(shape.element, text))
  return values.length === 0 ? undefined : values
}

/** What is left of the query when the other members and the URI's own keys have theirs. */
function readQueryMap(operation: Operation, query: URLSearchParams): object | undefined {
  const taken = new Set(new URLSearchParams(operation.uri.split('?')[1] ?? '').keys())
  for (const { binding, wireName } of operation.input.members) {
    if (binding === 'query') taken.add(wireName)
  }
  const entries = [...query].filter(([name]) => !taken.has(name))
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}

function parseBody(body: Uint8Array): unknown {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    throw serializationError('The request body is not UTF-8 text')
  }
  refuseLargeJson(text)
  try {
    return JSON.parse(text)
  } catch {
    throw serializationError('The request body is not valid JSON')
  }
}

/**
 * The answer that carries an operation's output. Members that are undefined, and those that the model
 * does not have, are left out; an answer 204 has no content.
 */
export function encodeOutput(operation: Operation, output: object): EncodedAnswer {
  const { output: shape } = operation
  let { status } = operation
  if (shape === undefined) return { status, headers: [], body: new Uint8Array(0) }
  const headers: string[] = []
  let payload: Uint8Array | undefined
  for (const member of shape.members) {
    const value = memberOf(output, member)
    if (member.binding === 'status' && typeof value === 'number') status = value
    if (member.binding === 'header' && value !== undefined) {
      invariant(typeof value === 'string', `${member.name} is no text`)
      headers.push(member.wireName, value)
    }
    if (member.binding === 'payload') {
      invariant(value === undefined || value instanceof Uint8Array, `${member.name} is no blob`)
      payload = value ?? new Uint8Array(0)
    }
  }
  if (status === noContent) return { status, headers, body: new Uint8Array(0) }
  if (payload !== undefined) {
    // Lambda's Invoke has no member for the type of what a function gave, and AWS says that it is JSON.
    const hasType = shape.members.some(({ wireName }) => wireName === 'Content-Type')
    if (!hasType && payload.length > 0) headers.push('Content-Type', 'application/json')
    return { status, headers, body: payload }
  }
  headers.push('Content-Type', 'application/json')
  return { status, headers, body: encoder.encode(writeStructure(shape, output)) }
}

const noContent = 204

/**
 * The answer that carries a refusal: the code in a header, the message and further members in the body,
 * each where the model puts it; `Message` in capitals where the model spells it so.
 *
 * Observed: body `{"message":"…"}`, header `x-amzn-ErrorType`; of Lambda `{"Type":"User","Message":"…"}`
 * for ResourceNotFoundException and `{"Type":"User","message":"…"}` for ResourceConflictException.
 */
export function encodeError(model: ServiceModel, error: ServiceError): EncodedAnswer {
  const headers = ['Content-Type', 'application/json', 'x-amzn-ErrorType', error.code]
  const modelled = model.errors[error.code]?.members ?? {}
  const messageName = 'Message' in modelled ? 'Message' : 'message'
  const body: Record<string, string | number> = { [messageName]: error.message }
  for (const [name, value] of Object.entries(error.members)) {
    const member = modelled[name]
    if (member?.in === 'header') headers.push(member.wire ?? name, String(value))
    else body[member?.wire ?? name] = value
  }
  return { status: error.status, headers, body: encoder.encode(JSON.stringify(body)) }
}
