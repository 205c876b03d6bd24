import {
  isNumber,
  JavaBigDecimal,
  JavaDouble,
  type JavaNumber,
  toBigInt,
  toDouble,
} from '../vtl/java-number.ts'
import { JavaList, JavaMap, type Value } from '../vtl/values.ts'

/** The primitive types of JSON Schema draft-04. A number with a point or an exponent is no integer. */
export type JsonKind = 'array' | 'boolean' | 'integer' | 'null' | 'number' | 'object' | 'string'

/** The type of a value that was read from a JSON text. */
export function kindOf(value: Value): JsonKind {
  if (typeof value === 'string') return 'string'
  if (typeof value === 'number') return 'integer'
  if (value === null) return 'null'
  if (typeof value === 'boolean') return 'boolean'
  if (value instanceof JavaMap) return 'object'
  if (value instanceof JavaList) return 'array'
  return value instanceof JavaDouble || value instanceof JavaBigDecimal ? 'number' : 'integer'
}

/** The names of an object's members, in their order. */
export function namesOf(object: JavaMap): string[] {
  const names: string[] = []
  for (const key of object.values.keys()) names.push(nameOf(key))
  return names
}

/** Every key of a JSON text is a text; one that begins with U+0000 has another one in front. */
function nameOf(key: unknown): string {
  const name = String(key)
  return name.charCodeAt(0) === 0 ? name.slice(1) : name
}

/** A member of an object; undefined: it is not there. */
export function memberOf(object: JavaMap, name: string): Value | undefined {
  return object.values.get(name.charCodeAt(0) === 0 ? `\0${name}` : name)
}

/** Whether an object has a member. */
export function hasMember(object: JavaMap, name: string): boolean {
  return object.values.has(name.charCodeAt(0) === 0 ? `\0${name}` : name)
}

/** A number of any size, exactly. */
interface Decimal {
  readonly unscaled: bigint
  /** Digits behind the point; below zero, so many zeros before it are left out. */
  readonly scale: number
}

/** Without zeros at the end, so that equal numbers are alike. */
function decimalOf(value: JavaNumber): Decimal {
  if (value instanceof JavaBigDecimal) return stripped(value.unscaled, value.scale)
  if (value instanceof JavaDouble) return decimalOfDouble(value.value)
  return { unscaled: toBigInt(value), scale: 0 }
}

function decimalOfDouble(value: number): Decimal {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)\.?(\d*)(?:e([+-]\d+))?$/.exec(String(value)) ?? []
  const unscaled = BigInt(`${sign}${whole}${fraction}`)
  return stripped(unscaled, fraction.length - Number(exponent))
}

function stripped(unscaled: bigint, scale: number): Decimal {
  if (unscaled === 0n) return { unscaled, scale: 0 }
  const digits = unscaled.toString()
  const kept = digits.replace(/0+$/, '')
  const zeros = digits.length - kept.length
  return { unscaled: BigInt(kept), scale: scale - zeros }
}

function scaledTo({ unscaled, scale }: Decimal, to: number): bigint {
  return unscaled * 10n ** BigInt(to - scale)
}

/** About how many digits a number is, written without an exponent. */
export function digitsOf(value: JavaNumber): number {
  const size = Math.abs(Math.log10(Math.abs(toDouble(value))))
  return Number.isFinite(size) ? 20 + Math.ceil(size) : 20
}

/** Below, at or above zero, as the one number is less than, equal to or greater than the other. */
export function compareExactly(one: JavaNumber, other: JavaNumber): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other
  // Rounding keeps the order: only numbers that become the same double need all their digits.
  const difference = toDouble(one) - toDouble(other)
  if (difference !== 0 && !Number.isNaN(difference)) return difference
  const [left, right] = [decimalOf(one), decimalOf(other)]
  const scale = Math.max(left.scale, right.scale)
  const [leftScaled, rightScaled] = [scaledTo(left, scale), scaledTo(right, scale)]
  if (leftScaled === rightScaled) return 0
  return leftScaled < rightScaled ? -1 : 1
}

/** Whether a number is the other, a whole number of times. */
export function isMultiple(value: JavaNumber, of: JavaNumber): boolean {
  if (typeof value === 'number' && typeof of === 'number') return value % of === 0
  const [left, right] = [decimalOf(value), decimalOf(of)]
  const scale = Math.max(left.scale, right.scale)
  return scaledTo(left, scale) % scaledTo(right, scale) === 0n
}

/** A number of a body as Java's `BigDecimal` prints it, without zeros at the end. */
export function instanceNumberText(value: JavaNumber): string {
  if (typeof value === 'number') return String(value)
  if (!(value instanceof JavaDouble || value instanceof JavaBigDecimal)) return String(value.value)
  const { unscaled, scale } = decimalOf(value)
  const sign = unscaled < 0n ? '-' : ''
  const digits = String(unscaled).replace('-', '')
  const exponent = digits.length - 1 - scale
  if (scale < 0 || exponent < -6) {
    const rest = digits.length > 1 ? `.${digits.slice(1)}` : ''
    return `${sign}${digits[0] ?? '0'}${rest}E${exponent < 0 ? '' : '+'}${exponent}`
  }
  if (scale === 0) return sign + digits
  const padded = digits.padStart(scale + 1, '0')
  return `${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}`
}

/** A number of a schema: whole ones are printed in full. */
export function schemaNumberText(value: JavaNumber): string {
  const decimal = decimalOf(value)
  return decimal.scale <= 0 ? String(scaledTo(decimal, 0)) : instanceNumberText(value)
}

/** A value as JSON text, as Jackson prints it: no blanks, and only what must be is escaped. */
export function jsonText(value: Value): string {
  if (typeof value === 'string') return quoted(value)
  if (value === null || typeof value === 'boolean') return String(value)
  if (isNumber(value)) return instanceNumberText(value)
  if (value instanceof JavaList) return `[${value.items.map(jsonText).join(',')}]`
  if (!(value instanceof JavaMap)) return 'null'
  const members = namesOf(value).map(
    (name) => `${quoted(name)}:${jsonText(memberOf(value, name) ?? null)}`,
  )
  return `{${members.join(',')}}`
}

/** A text in quotes, as Jackson writes it. */
export function quoted(text: string): string {
  // oxlint-disable-next-line no-control-regex -- these are what is escaped
  return `"${text.replaceAll(/["\\\u0000-\u001f]/g, (unit) => escapes[unit] ?? escapeOf(unit))}"`
}

const escapes: Readonly<Record<string, string>> = Object.freeze({
  '"': String.raw`\"`,
  '\\': '\\\\',
  '\b': String.raw`\b`,
  '\t': String.raw`\t`,
  '\n': String.raw`\n`,
  '\f': String.raw`\f`,
  '\r': String.raw`\r`,
})

function escapeOf(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`
}

/** Equal as JSON is: numbers by value, objects whatever the order of their members. */
export function equalJson(one: Value, other: Value): boolean {
  if (one === other) return true
  if (isNumber(one)) return isNumber(other) && compareExactly(one, other) === 0
  if (one instanceof JavaList) {
    if (!(other instanceof JavaList) || one.items.length !== other.items.length) return false
    return one.items.every((item, index) => equalJson(item, other.items[index] ?? null))
  }
  if (!(one instanceof JavaMap && other instanceof JavaMap)) return false
  if (one.values.size !== other.values.size) return false
  return namesOf(one).every((name) => {
    const member = memberOf(other, name)
    return member !== undefined && equalJson(memberOf(one, name) ?? null, member)
  })
}

/** A text that equal values share, and no others. */
export function equalityKey(value: Value): string {
  if (typeof value === 'number') return String(value)
  if (isNumber(value)) {
    const decimal = decimalOf(value)
    // No number is above ten to the power of 400.
    if (decimal.scale <= 0) return String(scaledTo(decimal, 0))
    return `${decimal.unscaled}e${-decimal.scale}`
  }
  if (value instanceof JavaList) return `[${value.items.map(equalityKey).join(',')}]`
  if (!(value instanceof JavaMap)) return jsonText(value)
  const members = namesOf(value)
    .toSorted()
    .map((name) => `${quoted(name)}:${equalityKey(memberOf(value, name) ?? null)}`)
  return `{${members.join(',')}}`
}
