import type { JsonValue } from '../../base/json.ts'
import { JavaDouble, wholeNumber } from './java-number.ts'
import { JavaList, JavaMap, type ListKind, type Value } from './values.ts'

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
