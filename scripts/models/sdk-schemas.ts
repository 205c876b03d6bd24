import type { MemberBinding } from '../../src/aws/operation-model.ts'

/**
 * Reads the schemas that an `@aws-sdk/client-*` package exports. They are tuples, as documented by
 * `@smithy/types` (StaticSchema); the first element says which kind:
 *
 * ```
 * operation  [ 9, namespace, name, traits, input, output]
 * structure  [ 3, namespace, name, traits, memberNames, memberSchemas, requiredCount?]
 * error      [-3, …as a structure]        the first `requiredCount` members are required
 * union      [ 4, …as a structure]        of which one member is there
 * list       [ 1, namespace, name, traits, element]
 * map        [ 2, namespace, name, traits, key, value]
 * simple     [ 0, namespace, name, traits, type]
 * ```
 *
 * A schema may stand behind a function (schemas refer to each other in circles) and a member may be
 * `[schema, traits]`. A number is a simple type, with 64 added for a list of it and 128 for a map.
 * Traits are a record, or a number whose bits stand for the traits without a value.
 */

export interface SdkMember {
  readonly type: string
  readonly isRequired: boolean
  readonly binding: MemberBinding
  /** Name on the wire. */
  readonly wireName: string
  /** Its value is never repeated to the caller. */
  readonly isSensitive: boolean
}

export type SdkStructure = ReadonlyMap<string, SdkMember>

export interface SdkOperation {
  readonly method: string
  readonly uri: string
  readonly status: number
  readonly input: string
  /** Undefined: the answer has no content. */
  readonly output: string | undefined
}

export interface SdkError {
  readonly status: number
  readonly members: SdkStructure
}

export interface SdkSchemas {
  readonly operations: ReadonlyMap<string, SdkOperation>
  readonly structures: ReadonlyMap<string, SdkStructure>
  readonly errors: ReadonlyMap<string, SdkError>
}

/** The operations, structures and errors among the exports of an SDK package, in order of name. */
export function readSdkSchemas(sdkExports: Readonly<Record<string, unknown>>): SdkSchemas {
  const schemas = Object.values(sdkExports).filter((value): value is Tuple => Array.isArray(value))
  return {
    operations: readKind(schemas, 9, readOperation),
    structures: new Map([
      ...readKind(schemas, 3, readStructure),
      ...readKind(schemas, 4, readStructure),
    ]),
    errors: readKind(schemas, -3, readError),
  }
}

type Tuple = readonly unknown[]

function readKind<T>(schemas: readonly Tuple[], kind: number, read: (schema: Tuple) => T) {
  const named = schemas
    .filter((schema) => schema[0] === kind && (kind !== -3 || readTraits(schema[3])['httpError']))
    .map((schema): [string, T] => [String(schema[2]), read(schema)])
  return new Map(named.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

function readOperation(schema: Tuple): SdkOperation {
  const [method, uri, status] = tuple(readTraits(schema[3])['http'])
  const output = resolve(schema[5])
  return {
    method: String(method),
    uri: String(uri),
    status: Number(status),
    input: typeName(schema[4]),
    output: output === 'unit' ? undefined : typeName(output),
  }
}

function readError(schema: Tuple): SdkError {
  return { status: Number(readTraits(schema[3])['httpError']), members: readStructure(schema) }
}

function readStructure(schema: Tuple): SdkStructure {
  const names = tuple(schema[4]).map(String)
  const members = tuple(schema[5])
  const requiredCount = Number(schema[6] ?? 0)
  return new Map(
    names.map((name, index) => [name, readMember(name, members[index], index < requiredCount)]),
  )
}

function readMember(name: string, schema: unknown, isRequired: boolean): SdkMember {
  const [target, traits] = splitTraits(schema)
  return {
    type: typeName(target),
    isRequired,
    isSensitive: isSensitive(target),
    ...readBinding(name, readTraits(traits)),
  }
}

/** Whether the type of a member says so of itself. */
function isSensitive(schema: unknown): boolean {
  const target = resolve(schema)
  return Array.isArray(target) && Boolean(readTraits(target[3])['sensitive'])
}

/** A member, or the element of a list or map, is a schema or `[schema, traits]`. */
function splitTraits(schema: unknown): readonly [schema: unknown, traits: unknown] {
  return Array.isArray(schema) && schema.length === 2 ? [schema[0], schema[1]] : [schema, 0]
}

function readBinding(
  name: string,
  traits: Readonly<Record<string, unknown>>,
): Pick<SdkMember, 'binding' | 'wireName'> {
  if (traits['httpLabel']) return { binding: 'label', wireName: name }
  if (traits['httpQueryParams']) return { binding: 'query-map', wireName: name }
  if (traits['httpPayload']) return { binding: 'payload', wireName: name }
  if (traits['httpResponseCode']) return { binding: 'status', wireName: name }
  if (traits['httpQuery']) return { binding: 'query', wireName: text(traits['httpQuery']) }
  if (traits['httpHeader']) return { binding: 'header', wireName: text(traits['httpHeader']) }
  return { binding: 'body', wireName: text(traits['jsonName'] ?? name) }
}

const traitBits: readonly (readonly [number, string])[] = [
  [1, 'httpLabel'],
  [2, 'idempotent'],
  [4, 'idempotencyToken'],
  [8, 'sensitive'],
  [16, 'httpPayload'],
  [32, 'httpResponseCode'],
  [64, 'httpQueryParams'],
]

function readTraits(traits: unknown): Readonly<Record<string, unknown>> {
  if (typeof traits === 'number') {
    return Object.fromEntries(traitBits.filter(([bit]) => traits & bit).map(([, name]) => [name, 1]))
  }
  return typeof traits === 'object' && traits !== null ? { ...traits } : {}
}

const simpleTypes: ReadonlyMap<number, string> = new Map([
  [0, 'string'],
  [1, 'integer'],
  [2, 'boolean'],
  [4, 'timestamp'],
  [21, 'blob'],
  [42, 'blob'],
])

/** `string`, `list<string>`, `map<list<string>>`, or the name of a structure. */
function typeName(schema: unknown): string {
  const target = resolve(schema)
  if (typeof target === 'number') {
    if (target >= 128) return `map<${typeName(target - 128)}>`
    if (target >= 64) return `list<${typeName(target - 64)}>`
    const simple = simpleTypes.get(target)
    if (simple !== undefined) return simple
  }
  if (Array.isArray(target)) {
    if (target[0] === 1) return `list<${typeName(splitTraits(target[4])[0])}>`
    if (target[0] === 2) return `map<${typeName(splitTraits(target[5])[0])}>`
    if (target[0] === 3 || target[0] === 4) return String(target[2])
    if (target[0] === 0) return typeName(target[4])
  }
  throw new Error(`a schema of an unknown form: ${JSON.stringify(target)}`)
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw new Error(`expected a text, got ${JSON.stringify(value)}`)
  return value
}

function resolve(schema: unknown): unknown {
  return typeof schema === 'function' ? schema() : schema
}

function tuple(value: unknown): Tuple {
  if (!Array.isArray(value)) throw new Error(`expected a tuple, got ${JSON.stringify(value)}`)
  return value
}
