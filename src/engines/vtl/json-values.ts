import type { JsonValue } from '../../base/json.ts'
import { isNumber, toDouble } from './java-number.ts'
import { JavaChar, JavaList, JavaMap, type Value } from './values.ts'
import { TemplateFailure } from './vtl-error.ts'

export { fromJson } from './values.ts'

/** Members of a value that is made JSON, those within them too. */
const membersMax = 50_000

/**
 * The JSON value of a value; what JSON cannot say is null.
 *
 * @throws {TemplateFailure} when it is nested too deep, or too large.
 */
export function toJson(value: Value, members = { left: membersMax }, depth = 0): JsonValue {
  members.left -= 1
  if (depth > 100 || members.left < 0) {
    throw new TemplateFailure('limit', 'a value is nested too deep, or too large')
  }
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (isNumber(value)) return toDouble(value)
  if (value instanceof JavaChar) return value.unit
  if (value instanceof JavaList) return value.items.map((item) => toJson(item, members, depth + 1))
  if (!(value instanceof JavaMap)) return null
  // Entries that are defined, not assigned: no name means anything to JavaScript.
  return Object.fromEntries(
    value.entries().flatMap(([key, member]) => {
      if (typeof key !== 'string') return []
      return [[key, toJson(member, members, depth + 1)]]
    }),
  )
}
