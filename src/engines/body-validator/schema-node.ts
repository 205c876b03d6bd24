import type { Value } from '../vtl/values.ts'
import type { FormatCheck } from './formats.ts'
import type { JsonKind } from './json-instance.ts'
import type { Run } from './run.ts'

/** What a keyword says of a value: adds to the report what the value has against it. */
export type Check = (value: Value, run: Run, report: string[]) => void

/** A place of a schema, ready to run. */
export interface SchemaNode {
  /** By the type of the value that is looked at, in order of the keywords' names. */
  readonly checks: Readonly<Record<JsonKind, readonly Check[]>>
  readonly format: FormatCheck | undefined
  readonly members: MemberSchemas | undefined
  readonly items: ItemSchemas | undefined
  /** It leads back to itself without going into a value: looked at twice for one value, it never ends. */
  mayLoop: boolean
}

/** The schemas of an object's members. */
export interface MemberSchemas {
  readonly byName: ReadonlyMap<string, SchemaNode>
  readonly byPattern: readonly (readonly [MatchName, SchemaNode])[]
  /** For members that nothing else is for. */
  readonly others: SchemaNode | undefined
}

/** Whether a member's name fits; counts what it cost. */
export type MatchName = (name: string, run: Run) => boolean

/** The schemas of an array's items. */
export interface ItemSchemas {
  readonly first: readonly SchemaNode[]
  readonly others: SchemaNode | undefined
}
