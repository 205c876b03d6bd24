import { patchOperationsMax } from '../../../aws/limits.ts'
import type { Op, PatchOperation } from '../../../aws/models/apigateway-types.ts'
import { cutText } from '../../../base/cut-text.ts'
import { invariant } from '../../../base/invariant.ts'
import { badRequest } from '../errors.ts'

/**
 * The engine behind every UpdateX operation: a table says which paths and operations exist and what each
 * does to a draft of the record.
 *
 * AWS's dialect of JSON Patch: values are always strings, `~1` is `/` and `~0` is `~` within a segment
 * of a path, operations apply in the order given, and one that fails undoes all.
 * Documented: https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html
 */

/** How many characters of a path a refusal repeats, so that what AWS lists behind it is still said. */
const echoedCharactersMax = 1_024

/** A copy of `T` that may be changed. */
export type Draft<T> = T extends string | number | boolean | null | undefined
  ? T
  : { -readonly [Member in keyof T]: Draft<T[Member]> }

/** How the text of `value` becomes what a setter takes. */
export interface PatchValueType<Value> {
  /** What the generic test of the table gives, and expects to be accepted. */
  readonly example: string | undefined
  /** @throws {ServiceError} for a text that the type does not have. */
  parse(text: string | undefined): Value
}

/** One operation on its way through a table. */
export interface PatchPlace<Environment> {
  readonly op: Op | undefined
  /** As sent, for refusals: the word `null` when nothing was, as AWS prints it; cut when it is long. */
  readonly path: string
  readonly from: string
  readonly environment: Environment
  /** What a `{name}` of the row's pattern stands for, without escapes. */
  segment(name: string): string
  /** The same as it was sent. */
  rawSegment(name: string): string
  /** What the table answers to an operation that no row takes. */
  refuse(): never
}

/**
 * A row of a table. In `path`, `{name}` stands for one segment and `{name+}` for one or more (at most one
 * of these in a path).
 */
export interface PatchRow<State, Environment> {
  readonly path: string
  readonly ops: readonly Op[]
  /** For the test of the table: a value that the row takes. */
  readonly example: string | undefined
  apply(
    draft: Draft<State>,
    value: string | undefined,
    place: PatchPlace<Environment>,
  ): void | Promise<void>
  /** Called once behind all operations when the row took one of them: for what is not to be done at each. */
  settle?(draft: Draft<State>): void
}

/** What a resource's UpdateX accepts: the first row that fits an operation takes it. */
export interface PatchTable<State, Environment> {
  readonly rows: readonly PatchRow<State, Environment>[]
  /** Throws what AWS answers to an operation that no row takes. */
  refuse(operation: { readonly op: string; readonly path: string; readonly from: string }): never
}

/** Makes a row whose setter gets a typed value. */
export function patchRow<State, Environment, Value>(row: {
  readonly path: string
  readonly ops: readonly Op[]
  readonly type: PatchValueType<Value>
  set(draft: Draft<State>, value: Value, place: PatchPlace<Environment>): void | Promise<void>
  settle?(draft: Draft<State>): void
}): PatchRow<State, Environment> {
  const { path, ops, settle } = row
  return {
    path,
    ops,
    ...(settle === undefined ? {} : { settle }),
    example: row.type.example,
    apply: (draft, text, place) => row.set(draft, row.type.parse(text), place),
  }
}

/**
 * The state after all operations, in their order. The state given is never changed.
 *
 * @throws {ServiceError} when one of them is refused; then nothing has happened.
 */
export async function applyPatchOperations<State, Environment>(
  table: PatchTable<State, Environment>,
  state: State,
  operations: readonly PatchOperation[],
  environment: Environment,
): Promise<State> {
  if (operations.length > patchOperationsMax) {
    throw badRequest(`At most ${patchOperationsMax} patch operations can be sent in one request`)
  }
  // A record is plain JSON, so its clone differs from it in nothing but being free to change.
  const draft = structuredClone(state) as Draft<State>
  const rows = new Set<PatchRow<State, Environment>>()
  for (const operation of operations) {
    rows.add(await applyOne(table, draft, operation, environment))
  }
  for (const row of rows) row.settle?.(draft)
  return draft as State
}

/** The row that took the operation. */
async function applyOne<State, Environment>(
  table: PatchTable<State, Environment>,
  draft: Draft<State>,
  { op, path = 'null', value, from = 'null' }: PatchOperation,
  environment: Environment,
): Promise<PatchRow<State, Environment>> {
  const shown = {
    path: cutText(path, echoedCharactersMax),
    from: cutText(from, echoedCharactersMax),
  }
  const refuse = (): never => table.refuse({ op: op ?? 'null', ...shown })
  for (const row of table.rows) {
    if (op === undefined || !row.ops.includes(op)) continue
    const segments = matchPath(row.path, path)
    if (segments === undefined) continue
    const rawSegment = (name: string): string => {
      const segment = segments.get(name)
      invariant(segment !== undefined, `${row.path} has no segment ${name}`)
      return segment
    }
    const segment = (name: string): string => unescapeSegment(rawSegment(name))
    await row.apply(draft, value, { op, ...shown, environment, segment, rawSegment, refuse })
    return row
  }
  return refuse()
}

/**
 * What each name of a pattern stands for in a path, as sent; undefined when the path does not fit. A
 * name for several segments takes what the fixed segments on its right leave.
 */
export function matchPath(pattern: string, path: string): ReadonlyMap<string, string> | undefined {
  if (!path.startsWith('/')) return undefined
  const wanted = pattern.slice(1).split('/')
  const given = path.slice(1).split('/')
  const several = wanted.findIndex((segment) => segment.endsWith('+}'))
  const surplus = given.length - wanted.length
  if (several < 0 ? surplus !== 0 : surplus < 0) return undefined
  const names = new Map<string, string>()
  for (const [index, segment] of wanted.entries()) {
    const start = several >= 0 && index > several ? index + surplus : index
    const end = index === several ? start + surplus + 1 : start + 1
    const text = given.slice(start, end).join('/')
    if (segment.startsWith('{')) names.set(segment.replace(/^\{|\+?\}$/g, ''), text)
    else if (segment !== text) return undefined
  }
  return names
}

/** A segment of a path without its escapes: `~1` is `/`, `~0` is `~`. */
export function unescapeSegment(segment: string): string {
  return segment.replaceAll('~1', '/').replaceAll('~0', '~')
}

/**
 * Sets a member whose name the caller chose. An assignment would lose `__proto__`, which is a legal name
 * of a stage variable.
 */
export function setEntry<Value>(map: Record<string, Value>, name: string, value: Value): void {
  Object.defineProperty(map, name, { value, writable: true, enumerable: true, configurable: true })
}
