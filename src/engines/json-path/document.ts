import { JavaDouble, numberText, type JavaNumber } from '../vtl/java-number.ts'
import { JavaList, JavaMap, type Value } from '../vtl/values.ts'

/** What a path reads: the values of templates, so that `$input.path()` gives them as they are. */
export type DocumentNode = Value

/** The members of an object in their order; undefined for what is none. */
export function membersOf(node: DocumentNode): JavaMap | undefined {
  return node instanceof JavaMap ? node : undefined
}

/** The elements of a list; undefined for what is none. */
export function elementsOf(node: DocumentNode): readonly DocumentNode[] | undefined {
  return node instanceof JavaList ? node.items : undefined
}

/** A list such as paths find. */
export function listOf(items: DocumentNode[]): JavaList {
  return new JavaList(items, 'json')
}

/** The digits of a number as Java's BigDecimal prints them: `10`, `1.50`, `1.0E+10`. */
export function decimalTextOf(number: JavaNumber): string {
  const text = numberText(number)
  const [, sign = '', whole = '', fraction = '', exponent = ''] =
    /^(-?)(\d+)\.(\d+)E([+-]?\d+)$/.exec(text) ?? []
  if (exponent === '') return text === '-0.0' ? '0.0' : text
  const scale = fraction.length - Number(exponent)
  if (scale < 0 || Number(exponent) < -6) return text.replace(/E(?=\d)/, 'E+')
  const digits = (whole + fraction).padStart(scale + 1, '0')
  if (scale === 0) return sign + digits
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

/** Negative, zero or positive, as `a` is below, at or above `b`; most need no look at their digits. */
export function compareNumbers(a: JavaNumber, b: JavaNumber): number {
  const left = a instanceof JavaDouble ? a.value : a
  const right = b instanceof JavaDouble ? b.value : b
  if (typeof left === 'number' && typeof right === 'number') return left - right
  return compareDecimals(decimalTextOf(a), decimalTextOf(b))
}

/** Negative, zero or positive, as `a` is below, at or above `b`; integers of any size are exact. */
export function compareDecimals(a: string, b: string): number {
  if (isInteger(a) && isInteger(b)) {
    const left = BigInt(a)
    const right = BigInt(b)
    return left < right ? -1 : left > right ? 1 : 0
  }
  return Number(a) - Number(b)
}

/** Whether a text is what Java's BigDecimal would read. */
export function isDecimal(text: string): boolean {
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)
}

/** A number as JavaScript calculates with it. */
export function toNumber(number: JavaNumber): number {
  return Number(numberText(number))
}

function isInteger(text: string): boolean {
  return /^-?\d+$/.test(text)
}
