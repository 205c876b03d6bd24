import type { PatternSearch } from '../ecma-regex/ecma-pattern.ts'
import { JavaList, JavaMap, type Value } from '../vtl/values.ts'
import { kindOf, memberOf, namesOf } from './json-instance.ts'
import type { MemberSchemas, SchemaNode } from './schema-node.ts'

type StopReason = 'schema' | 'limit' | 'unfinished'

/** Looking at the body came to a bound, or would never end. `unfinished`: it takes longer than it may at once. */
export class ValidationStopped extends Error {
  override readonly name = 'ValidationStopped'
  /** `schema`: it cannot say; `limit`: schema and body together come to too much. */
  readonly reason: StopReason

  constructor(reason: StopReason, message: string) {
    super(message)
    this.reason = reason
  }
}

/** Chosen: values looked at, and characters compared. The most of one body takes about a tenth of a second. */
const stepsMax = 1_500_000
/**
 * The same, and what texts and keywords cost besides, of a look that must not hold others up: some milliseconds,
 * 20 when the code is cold.
 *
 * Chosen: docs/decisions/0036-long-work.md
 */
const stepsAtOnceMax = 40_000
/** Chosen: schemas within schemas and values within values, so that recursion is safe. */
const depthMax = 1_200
/** Chosen: messages of a report. */
const messagesMax = 1_000

/**
 * One look at a body: the order of messages is that of Java's validator. A value's own keywords come first, in
 * order of their names, then its format; its members, in order of their names, and items only as long as
 * nothing at all was found.
 */
export class Run {
  readonly #isOrdered: boolean
  /** Of schemas that may loop: how deep the values lie that they are looking at. */
  readonly #active = new Map<SchemaNode, number[]>()
  readonly #isAtOnce: boolean
  #stepsLeft: number
  #depth = 0
  #valueDepth = 0

  /** `isOrdered`: members are taken in order of their names, which only messages show. */
  constructor({
    isOrdered,
    isAtOnce,
  }: {
    readonly isOrdered: boolean
    readonly isAtOnce: boolean
  }) {
    this.#isOrdered = isOrdered
    this.#isAtOnce = isAtOnce
    this.#stepsLeft = isAtOnce ? stepsAtOnceMax : stepsMax
  }

  /** @throws {ValidationStopped} */
  spend(steps: number): void {
    this.#stepsLeft -= steps
    if (this.#stepsLeft >= 0) return
    const reason = this.#isAtOnce ? 'unfinished' : 'limit'
    throw new ValidationStopped(reason, 'the body takes too many steps')
  }

  /** Takes the cost of work that is bounded by body and schema: only where others wait for it. */
  work(steps: number): void {
    if (this.#isAtOnce) this.spend(steps)
  }

  /** Whether a pattern was found. @throws {ValidationStopped} */
  found({ verdict, steps }: PatternSearch): boolean {
    this.spend(steps)
    if (verdict === 'exceeded') {
      throw new ValidationStopped('limit', 'a pattern takes too many steps')
    }
    return verdict === 'match'
  }

  /** Whether a value fits a schema. @throws {ValidationStopped} */
  fits(node: SchemaNode, value: Value): boolean {
    const report: string[] = []
    this.look(node, value, report)
    return report.length === 0
  }

  /** Looks at a value and adds what it has against the schema. @throws {ValidationStopped} */
  look(node: SchemaNode, value: Value, report: string[]): void {
    this.spend(1)
    if (++this.#depth > depthMax) {
      throw new ValidationStopped('limit', 'schema and body are nested too deep')
    }
    if (node.mayLoop) this.#enter(node)
    const kind = kindOf(value)
    const checks = node.checks[kind]
    this.work(checks.length)
    for (const check of checks) check(value, this, report)
    if (typeof value === 'string' && node.format !== undefined) {
      this.work(10 + value.length * 4)
      const message = node.format(value)
      if (message !== undefined) report.push(message)
    }
    if (report.length === 0) {
      this.#valueDepth += 1
      if (value instanceof JavaMap) this.#lookAtMembers(node, value, report)
      else if (value instanceof JavaList) this.#lookAtItems(node, value, report)
      this.#valueDepth -= 1
    }
    if (node.mayLoop) this.#active.get(node)?.pop()
    this.#depth -= 1
  }

  /** On the way to a value each depth is that of one value alone. */
  #enter(node: SchemaNode): void {
    const depths = this.#active.get(node) ?? []
    if (depths.at(-1) === this.#valueDepth) {
      throw new ValidationStopped('schema', 'the schema leads back to itself')
    }
    depths.push(this.#valueDepth)
    this.#active.set(node, depths)
  }

  #lookAtMembers({ members }: SchemaNode, value: JavaMap, report: string[]): void {
    if (members === undefined) return
    const names = namesOf(value)
    if (this.#isOrdered) names.sort()
    for (const name of names) {
      this.#lookAtMember(members, name, { member: memberOf(value, name) ?? null, report })
      if (report.length >= messagesMax) return
    }
  }

  #lookAtMember(
    { byName, byPattern, others }: MemberSchemas,
    name: string,
    { member, report }: { readonly member: Value; readonly report: string[] },
  ): void {
    const own = byName.get(name)
    if (own !== undefined) this.look(own, member, report)
    let isOther = own === undefined
    for (const [matches, node] of byPattern) {
      if (!matches(name, this)) continue
      isOther = false
      this.look(node, member, report)
    }
    if (isOther && others !== undefined) this.look(others, member, report)
  }

  #lookAtItems({ items }: SchemaNode, value: JavaList, report: string[]): void {
    if (items === undefined) return
    for (const [index, item] of value.items.entries()) {
      const node = items.first[index] ?? items.others
      if (node !== undefined) this.look(node, item, report)
      if (report.length >= messagesMax) return
    }
  }
}
