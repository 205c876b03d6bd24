import type { JsonValue } from '../../base/json.ts'
import { isNumber, JavaDouble, toDouble, wholeNumber } from './java-number.ts'
import { JavaChar, JavaList, JavaMap, type ListKind, type Value } from './values.ts'
import { TemplateFailure } from './vtl-error.ts'

/** The value of a JSON value: objects become maps, arrays lists of a kind. */
export function fromJson(json: JsonValue, listKind: ListKind = 'list'): Value {
  if (typeof json === 'number') return ofNumber(json)
  if (json === null || typeof json !== 'object') return json
  if (Array.isArray(json)) {
    return new JavaList(
      json.map((item: JsonValue) => fromJson(item, listKind)),
      listKind,
    )
  }
  const map = new JavaMap()
  for (const [name, member] of Object.entries(json)) {
    if (member !== undefined) map.set(name, fromJson(member, listKind))
  }
  return map
}

function ofNumber(value: number): Value {
  if (value === (value | 0) && !Object.is(value, -0)) return value
  return Number.isSafeInteger(value) ? wholeNumber(BigInt(value)) : new JavaDouble(value)
}

/**
 * The JSON value of a value; what JSON cannot say is null.
 *
 * @throws {TemplateFailure} when it is nested too deep.
 */
export function toJson(value: Value, depth = 0): JsonValue {
  if (depth > 100) throw new TemplateFailure('limit', 'a value is nested too deep')
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (isNumber(value)) return toDouble(value)
  if (value instanceof JavaChar) return value.unit
  if (value instanceof JavaList) return value.items.map((item) => toJson(item, depth + 1))
  if (!(value instanceof JavaMap)) return null
  // Entries that are defined, not assigned: no name means anything to JavaScript.
  return Object.fromEntries(
    value.keys().flatMap((key) => {
      if (typeof key !== 'string') return []
      return [[key, toJson(value.get(key), depth + 1)]]
    }),
  )
}
