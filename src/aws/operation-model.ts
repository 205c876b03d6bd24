import { invariant } from '../base/invariant.ts'

/**
 * The table of a service's operations: what `scripts/generate-models.ts` writes to `models/`.
 *
 * A type is written `string`, `boolean`, `integer`, `long`, `double`, `timestamp`, `blob`, the name of
 * an entry of `types` or `structures`, or `list<…>` or `map<…>` of one (a map's keys are strings).
 */
export interface OperationTable {
  /** The name that requests to the service are signed for. */
  readonly service: string
  /** Absent: `operation`. */
  readonly breachStyle?: BreachStyle
  readonly operations: Readonly<Record<string, TableOperation>>
  readonly errors: Readonly<Record<string, TableError>>
  /** Strings and numbers with constraints. */
  readonly types: Readonly<Record<string, TableType>>
  readonly structures: Readonly<Record<string, Readonly<Record<string, TableMember>>>>
}

/**
 * How a service tells of a value that breaks a constraint. `operation`: its place begins with the
 * operation (`createStageInput.deploymentId`), and of a list or a map only the clauses that are broken
 * are told. `members`: its place is made of the members alone (`loggingConfig.logGroup`), and of a list
 * or a map every clause is told.
 */
export type BreachStyle = 'operation' | 'members'

export interface TableOperation {
  readonly method: string
  /** Path with `{member}` labels; after `?`, what the query must hold. */
  readonly uri: string
  /** Status of a success. */
  readonly status: number
  /** Name of a structure. */
  readonly input: string
  /** Name of a structure; absent: the answer has no content. */
  readonly output?: string | undefined
}

export interface TableError {
  readonly status: number
  readonly members: Readonly<Record<string, TableMember>>
}

export interface TableType {
  /** Absent: `string`. */
  readonly base?: 'string' | NumberKind
  /** In the order in which AWS prints them, where that is known. */
  readonly enum?: readonly string[]
  /** Matches the whole text, as Java's `matches`. */
  readonly pattern?: string
  /** Length in UTF-16 code units of a string, value of a number. */
  readonly min?: number
  readonly max?: number
}

export interface TableMember {
  readonly type: string
  /** Where the member travels; absent: in the body. */
  readonly in?: MemberBinding
  /** Name on the wire where it is not the member's. */
  readonly wire?: string
  readonly required?: boolean
  /** A refusal never repeats its value. */
  readonly sensitive?: boolean
  /** Type of a map's keys where it has constraints. */
  readonly keys?: string
  /** A map whose values may be null. */
  readonly nullable?: boolean
}

/** `status` is the status of the answer. */
export type MemberBinding =
  | 'body'
  | 'label'
  | 'query'
  | 'query-map'
  | 'header'
  | 'payload'
  | 'status'
export type NumberKind = 'integer' | 'long' | 'double'

export interface Operation {
  readonly name: string
  readonly method: string
  readonly uri: string
  readonly status: number
  readonly input: StructureShape
  readonly output: StructureShape | undefined
}

export type Shape =
  | { readonly kind: 'string'; readonly constraint: Constraint | undefined }
  | { readonly kind: NumberKind; readonly constraint: Constraint | undefined }
  | { readonly kind: 'boolean' | 'timestamp' | 'blob' }
  | { readonly kind: 'list'; readonly element: Shape }
  | {
      readonly kind: 'map'
      /** Absent: any text is a key. */
      readonly key: Shape | undefined
      readonly value: Shape
      readonly nullable: boolean
    }
  | StructureShape

export interface StructureShape {
  readonly kind: 'structure'
  readonly name: string
  readonly members: readonly Member[]
  /** The members of the body by their names on the wire. */
  readonly bodyMembers: ReadonlyMap<string, Member>
}

export interface Member {
  readonly name: string
  readonly wireName: string
  readonly binding: MemberBinding
  readonly required: boolean
  readonly sensitive: boolean
  readonly shape: Shape
}

export interface Constraint {
  readonly enum: readonly string[] | undefined
  readonly pattern: { readonly source: string; readonly expression: RegExp } | undefined
  readonly min: number | undefined
  readonly max: number | undefined
}

/** A table made ready to read and write messages with. */
export interface ServiceModel {
  readonly service: string
  readonly breachStyle: BreachStyle
  readonly operations: ReadonlyMap<string, Operation>
  readonly errors: Readonly<Record<string, TableError>>
}

/**
 * Resolves the names of a table into shapes that refer to each other.
 *
 * @throws {InvariantError} when the table names a type that it does not have.
 */
export function compileModel(table: OperationTable): ServiceModel {
  const structures = compileStructures(table)
  const structure = (name: string): StructureShape => {
    const shape = structures.get(name)
    invariant(shape !== undefined, `${table.service} has no structure ${name}`)
    return shape
  }
  const operations = Object.entries(table.operations).map(([name, operation]) => {
    const { method, uri, status, input, output } = operation
    return [
      name,
      {
        name,
        method,
        uri,
        status,
        input: structure(input),
        output: output === undefined ? undefined : structure(output),
      },
    ] as const
  })
  return {
    service: table.service,
    breachStyle: table.breachStyle ?? 'operation',
    operations: new Map(operations),
    errors: table.errors,
  }
}

/** Two steps, because structures may refer to each other: first all of them empty, then their members. */
function compileStructures(table: OperationTable): ReadonlyMap<string, StructureShape> {
  const entries = Object.entries(table.structures)
  const drafts = new Map(
    entries.map(([name, members]) => {
      const membersOfShape: Member[] = []
      const bodyMembers = new Map<string, Member>()
      const shape: StructureShape = {
        kind: 'structure',
        name,
        members: membersOfShape,
        bodyMembers,
      }
      return [name, { shape, tableMembers: members, membersOfShape, bodyMembers }] as const
    }),
  )
  const findShape = (name: string): Shape | undefined =>
    drafts.get(name)?.shape ?? constrainedShape(table.types[name])
  const inputs = new Set(Object.values(table.operations).map(({ input }) => input))
  for (const [structure, { tableMembers, membersOfShape, bodyMembers }] of drafts) {
    for (const [name, tableMember] of Object.entries(tableMembers)) {
      // A query binding means something in a request only; in an answer the member is in the body.
      const isBody = tableMember.in === 'query' && !inputs.has(structure)
      const member = compileMember(
        name,
        isBody ? { ...tableMember, in: 'body' } : tableMember,
        findShape,
      )
      membersOfShape.push(member)
      if (member.binding === 'body') bodyMembers.set(member.wireName, member)
    }
  }
  return new Map([...drafts].map(([name, { shape }]) => [name, shape]))
}

function compileMember(
  name: string,
  tableMember: TableMember,
  findShape: (name: string) => Shape | undefined,
): Member {
  const { type, in: binding = 'body', wire = name, keys, nullable } = tableMember
  const { required = false, sensitive = false } = tableMember
  const shape = compileType(type, findShape)
  return {
    name,
    wireName: wire,
    binding,
    required,
    sensitive,
    shape:
      shape.kind === 'map'
        ? {
            ...shape,
            key: keys === undefined ? undefined : findShape(keys),
            nullable: nullable === true,
          }
        : shape,
  }
}

function compileType(type: string, findShape: (name: string) => Shape | undefined): Shape {
  if (type.startsWith('list<')) {
    return { kind: 'list', element: compileType(type.slice(5, -1), findShape) }
  }
  if (type.startsWith('map<')) {
    const value = compileType(type.slice(4, -1), findShape)
    return { kind: 'map', key: undefined, value, nullable: false }
  }
  const shape = findShape(type) ?? simpleShape(type)
  invariant(shape !== undefined, `a table names the type ${type}, which it does not have`)
  return shape
}

function simpleShape(type: string): Shape | undefined {
  switch (type) {
    case 'string':
    case 'integer':
    case 'long':
    case 'double':
      return { kind: type, constraint: undefined }
    case 'boolean':
    case 'timestamp':
    case 'blob':
      return { kind: type }
    default:
      return undefined
  }
}

function constrainedShape(type: TableType | undefined): Shape | undefined {
  if (type === undefined) return undefined
  const { base = 'string', pattern, min, max } = type
  return {
    kind: base,
    constraint: {
      enum: type.enum,
      pattern:
        pattern === undefined
          ? undefined
          : { source: pattern, expression: new RegExp(`^(?:${pattern})$`) },
      min,
      max,
    },
  }
}
