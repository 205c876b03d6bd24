import { readBase64, writeBase64 } from '../../base/base64.ts'
import { isJsonObject } from '../../base/json.ts'
import { frontEndError } from '../front-end-errors.ts'
import type { Member, Shape, StructureShape } from '../operation-model.ts'
import type { ServiceError } from '../service-error.ts'

/** The most names of ignored members that a reader keeps. */
const ignoredMembersMax = 10

/** Names of members that a body had and the model does not: AWS passes over them, and so do we. */
export type IgnoredMembers = string[]

/**
 * The members of a structure that travel in a body, from what `JSON.parse` gave.
 *
 * Null members count as absent; members that the model does not know are named in `ignored` and left
 * out. Maps keep any key, `__proto__` too, as a member of their own.
 *
 * @throws {ServiceError} SerializationException when a value has another type than its member.
 *
 * Observed: `class java.lang.Boolean can not be converted to an String`. Chosen: the other texts are
 * those that older AWS services with the same front end answer (docs/decisions/0005).
 */
export function readBodyMembers(
  shape: StructureShape,
  value: unknown,
  ignored: IgnoredMembers,
): [string, unknown][] {
  if (Array.isArray(value)) throw serializationError('Start of list found where not expected')
  if (!isJsonObject(value)) throw serializationError('Expected null')
  const members: [string, unknown][] = []
  for (const [wireName, memberValue] of Object.entries(value)) {
    const member = shape.bodyMembers.get(wireName)
    if (member === undefined) {
      if (ignored.length < ignoredMembersMax) ignored.push(`${shape.name}.${wireName.slice(0, 64)}`)
    } else if (memberValue !== null) {
      members.push([member.name, readValue(member.shape, memberValue, ignored)])
    }
  }
  return members
}

function readValue(shape: Shape, value: unknown, ignored: IgnoredMembers): unknown {
  switch (shape.kind) {
    case 'structure':
      return Object.fromEntries(readBodyMembers(shape, value, ignored))
    case 'list':
      return readList(shape.element, value, ignored)
    case 'map':
      return readMap(shape.value, value, ignored)
    default:
      return readScalar(shape, value)
  }
}

function readList(element: Shape, value: unknown, ignored: IgnoredMembers): unknown[] {
  if (isJsonObject(value)) throw foundStructure()
  if (!Array.isArray(value)) throw serializationError('Expected list or null')
  return value.map((item: unknown) => (item === null ? null : readValue(element, item, ignored)))
}

function readMap(valueShape: Shape, value: unknown, ignored: IgnoredMembers): object {
  if (Array.isArray(value)) throw serializationError('Start of list found where not expected')
  if (!isJsonObject(value)) throw serializationError('Expected map or null')
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      item === null ? null : readValue(valueShape, item, ignored),
    ]),
  )
}

const articles: Readonly<Record<string, string>> = {
  string: 'an String',
  boolean: 'an Boolean',
  integer: 'an Integer',
  long: 'an Long',
  double: 'a Double',
  timestamp: 'a Timestamp',
  blob: 'a Blob',
}

function readScalar(shape: Shape, value: unknown): unknown {
  if (Array.isArray(value)) throw serializationError('Start of list found where not expected')
  if (isJsonObject(value)) throw foundStructure()
  const read = convert(shape.kind, value)
  if (read !== undefined) return read
  const target = articles[shape.kind] ?? shape.kind
  throw serializationError(`class java.lang.${javaClass(value)} can not be converted to ${target}`)
}

function convert(kind: Shape['kind'], value: unknown): unknown {
  switch (kind) {
    case 'string':
      return typeof value === 'string' ? value : undefined
    case 'boolean':
      return typeof value === 'string' ? readBoolean(value) : asBoolean(value)
    case 'integer':
      return asWhole(value, -(2 ** 31), 2 ** 31 - 1)
    case 'long':
      return asWhole(value, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)
    case 'blob':
      return typeof value === 'string' ? readBase64(value) : undefined
    default:
      return typeof value === 'number' ? value : undefined
  }
}

function asBoolean(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined
}

/** A fraction is cut off, as AWS does. */
function asWhole(value: unknown, min: number, max: number): number | undefined {
  if (typeof value !== 'number' || value < min || value > max) return undefined
  return Math.trunc(value)
}

function readBoolean(text: string): boolean | undefined {
  const lower = text.toLowerCase()
  return lower === 'true' ? true : lower === 'false' ? false : undefined
}

function javaClass(value: unknown): string {
  if (typeof value === 'string') return 'String'
  if (typeof value === 'boolean') return 'Boolean'
  if (!Number.isInteger(value)) return 'Double'
  const size = Math.abs(Number(value))
  if (size < 2 ** 15) return 'Short'
  return size <= 2 ** 31 - 1 || Number(value) === -(2 ** 31) ? 'Integer' : 'Long'
}

/**
 * A value that came as text, in a label, a query or a header.
 *
 * @throws {ServiceError} SerializationException when the text is no such value.
 */
export function readText(shape: Shape, text: string): unknown {
  if (shape.kind === 'string') return text
  const isNumber = /^[+-]?\d+(\.\d+)?$/.test(text)
  return readScalar(shape, shape.kind !== 'boolean' && isNumber ? Number(text) : text)
}

function foundStructure(): ServiceError {
  return serializationError('Start of structure or map found where not expected.')
}

/** The refusal of a message that cannot be read. */
export function serializationError(message: string): ServiceError {
  return frontEndError('SerializationException', message)
}

/**
 * The JSON text of a structure's body members, in the order of the model. Undefined members are left
 * out; null only stands in maps. A double always shows a fraction (`0.0`), as AWS's do.
 */
export function writeStructure(shape: StructureShape, value: object): string {
  const members: string[] = []
  for (const member of shape.bodyMembers.values()) {
    const memberValue = memberOf(value, member)
    if (memberValue === undefined) continue
    members.push(`${JSON.stringify(member.wireName)}:${writeValue(member.shape, memberValue)}`)
  }
  return `{${members.join(',')}}`
}

function writeValue(shape: Shape, value: unknown): string {
  if (value === null) return 'null'
  switch (shape.kind) {
    case 'structure':
      return writeStructure(shape, Object(value))
    case 'list':
      return `[${[...asIterable(value)].map((item) => writeValue(shape.element, item)).join(',')}]`
    case 'map': {
      const entries = Object.entries(Object(value)).filter(([, item]) => item !== undefined)
      const texts = entries.map(
        ([key, item]) => `${JSON.stringify(key)}:${writeValue(shape.value, item)}`,
      )
      return `{${texts.join(',')}}`
    }
    case 'double':
      return Number.isInteger(value) ? Number(value).toFixed(1) : JSON.stringify(value)
    case 'blob':
      return JSON.stringify(value instanceof Uint8Array ? writeBase64(value) : '')
    default:
      return JSON.stringify(value)
  }
}

function asIterable(value: unknown): Iterable<unknown> {
  return Array.isArray(value) ? value : []
}

/** The value of a member of a structure, undefined when it has none. */
export function memberOf(structure: object, { name }: Member): unknown {
  return Object.hasOwn(structure, name) ? Reflect.get(structure, name) : undefined
}
