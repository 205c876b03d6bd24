/**
 * The table of a service's operations: what `scripts/generate-models.ts` writes to `models/`.
 *
 * A type is written `string`, `boolean`, `integer`, `long`, `double`, `timestamp`, `blob`, the name of
 * an entry of `types` or `structures`, or `list<…>` or `map<…>` of one (a map's keys are strings).
 */
export interface OperationTable {
  readonly service: string
  readonly operations: Readonly<Record<string, TableOperation>>
  readonly errors: Readonly<Record<string, TableError>>
  /** Strings with constraints. */
  readonly types: Readonly<Record<string, TableType>>
  readonly structures: Readonly<Record<string, Readonly<Record<string, TableMember>>>>
}

export interface TableOperation {
  readonly method: string
  /** Path with `{member}` labels. */
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
  /** In the order in which AWS prints them, where that is known. */
  readonly enum?: readonly string[]
  /** Matches the whole text, as Java's `matches`. */
  readonly pattern?: string
  readonly min?: number
  readonly max?: number
}

export interface TableMember {
  readonly type: string
  /** Where the member travels; absent: in the body. */
  readonly in?: 'body' | 'label' | 'query' | 'query-map' | 'header' | 'payload'
  /** Name on the wire where it is not the member's. */
  readonly wire?: string
  readonly required?: boolean
  /** A map whose values may be null. */
  readonly nullable?: boolean
}
