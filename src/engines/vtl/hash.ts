import type { Budget } from './budget.ts'
import { JavaBigDecimal, JavaBigInteger, JavaDouble, JavaLong } from './java-number.ts'
import { JavaChar, JavaEntry, JavaList, JavaMap, type Value } from './values.ts'
import { TemplateFailure } from './vtl-error.ts'

/** Members that go into a hash code, those within them too. */
const hashMembersMax = 100_000

/**
 * `hashCode`, a whole number of 32 bits.
 *
 * @throws {TemplateFailure} for values whose code Java takes from their place in memory, and for what is
 * nested too deep.
 */
export function hashOf(value: Value, members = { left: hashMembersMax }, depth = 0): number {
  members.left -= 1
  if (depth > 20 || members.left < 0) {
    throw new TemplateFailure('limit', 'a value is nested too deep, or too large')
  }
  if (value === null) return 0
  if (typeof value === 'number') return value
  if (typeof value === 'boolean') return value ? 1231 : 1237
  if (typeof value === 'string') return ofText(value)
  if (value instanceof JavaChar) return value.unit.charCodeAt(0)
  if (value instanceof JavaLong) return ofBits(value.value)
  if (value instanceof JavaDouble) return ofBits(bitsOf(value.value))
  if (value instanceof JavaList && value.kind !== 'array') {
    return value.items.reduce<number>(
      (hash, item) => (Math.imul(hash, 31) + hashOf(item, members, depth + 1)) | 0,
      1,
    )
  }
  if (value instanceof JavaEntry) {
    return (
      hashOf(value.key, members, depth + 1) ^ hashOf(value.map.get(value.key), members, depth + 1)
    )
  }
  if (value instanceof JavaMap) {
    return value
      .entries()
      .reduce<number>(
        (hash, [key, member]) =>
          (hash + (hashOf(key, members, depth + 1) ^ hashOf(member, members, depth + 1))) | 0,
        0,
      )
  }
  if (value instanceof JavaBigInteger || value instanceof JavaBigDecimal) {
    throw new TemplateFailure('runtime', 'no hash code of such a number is built')
  }
  throw new TemplateFailure('runtime', 'such a value has no lasting hash code')
}

/** The same, and what it takes counts. */
export function hashWithin(value: Value, budget: Budget): number {
  const members = { left: hashMembersMax }
  const hash = hashOf(value, members)
  budget.spend((hashMembersMax - members.left) >> 1)
  return hash
}

function ofText(text: string): number {
  let hash = 0
  for (let i = 0; i < text.length; i += 1) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0
  return hash
}

function ofBits(bits: bigint): number {
  const unsigned = BigInt.asUintN(64, bits)
  return Number(BigInt.asIntN(32, unsigned ^ (unsigned >> 32n)))
}

function bitsOf(value: number): bigint {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  return view.getBigInt64(0)
}
