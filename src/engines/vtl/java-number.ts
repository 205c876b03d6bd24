import { TemplateFailure } from './vtl-error.ts'

/**
 * Numbers as templates know them. A number of JavaScript is an `Integer`, whole and of 32 bits; the others
 * say what they are.
 */
export class JavaLong {
  readonly value: bigint

  constructor(value: bigint) {
    this.value = value
  }
}

/** A whole number of any size. */
export class JavaBigInteger {
  readonly value: bigint

  constructor(value: bigint) {
    this.value = value
  }
}

/** A `Double`. */
export class JavaDouble {
  readonly value: number

  constructor(value: number) {
    this.value = value
  }
}

/** A `BigDecimal`: what a `BigInteger` and a `Double` come to. */
export class JavaBigDecimal {
  readonly unscaled: bigint
  /** Digits behind the point; below zero, so many zeros are left out before it. */
  readonly scale: number

  constructor(unscaled: bigint, scale: number) {
    this.unscaled = unscaled
    this.scale = scale
  }
}

/** Any number of a template. */
export type JavaNumber = number | JavaLong | JavaBigInteger | JavaDouble | JavaBigDecimal

/** Whether a value is a number. */
export function isNumber(value: unknown): value is JavaNumber {
  return (
    typeof value === 'number' ||
    value instanceof JavaDouble ||
    value instanceof JavaLong ||
    value instanceof JavaBigInteger ||
    value instanceof JavaBigDecimal
  )
}

const longMin = -(2n ** 63n)
const longMax = 2n ** 63n - 1n

/** The smallest of `Integer`, `Long` and `BigInteger` that holds a whole number. */
export function wholeNumber(value: bigint): JavaNumber {
  if (value >= -2_147_483_648n && value <= 2_147_483_647n) return Number(value)
  return value >= longMin && value <= longMax ? new JavaLong(value) : new JavaBigInteger(value)
}

/** The number of a JSON text: an `Integer` or `Long` where it is whole, else a `Double`. */
export function jsonNumber(value: number): JavaNumber {
  if (value === (value | 0) && !Object.is(value, -0)) return value
  return Number.isSafeInteger(value) ? wholeNumber(BigInt(value)) : new JavaDouble(value)
}

type Whole = number | JavaLong | JavaBigInteger

function isWhole(value: JavaNumber): value is Whole {
  return !(value instanceof JavaDouble || value instanceof JavaBigDecimal)
}

/** A whole number as such; others lose what is behind the point. */
export function toBigInt(value: JavaNumber): bigint {
  if (typeof value === 'number') return BigInt(value)
  if (value instanceof JavaDouble) return wholeOfDouble(value.value)
  if (value instanceof JavaBigDecimal) {
    const { unscaled, scale } = value
    return scale < 0 ? unscaled * 10n ** BigInt(-scale) : unscaled / 10n ** BigInt(scale)
  }
  return value.value
}

/** As Java converts a `double` to a `long`: what does not fit is the nearest that does. */
function wholeOfDouble(value: number): bigint {
  if (Number.isNaN(value)) return 0n
  if (value >= 2 ** 63) return longMax
  return value < -(2 ** 63) ? longMin : BigInt(Math.trunc(value))
}

/** `Number.doubleValue()`. */
export function toDouble(value: JavaNumber): number {
  if (typeof value === 'number') return value
  if (value instanceof JavaBigDecimal) return Number(decimalText(value))
  return Number(value.value)
}

/** `Number.intValue()`. */
export function toInt(value: JavaNumber): number {
  if (typeof value === 'number') return value
  if (value instanceof JavaDouble) {
    if (value.value >= 2_147_483_647) return 2_147_483_647
    return value.value <= -2_147_483_648 ? -2_147_483_648 : Math.trunc(value.value) | 0
  }
  return Number(BigInt.asIntN(32, toBigInt(value)))
}

/** `Number.longValue()`, as a `Long`. */
export function toLong(value: JavaNumber): JavaLong {
  return new JavaLong(BigInt.asIntN(64, toBigInt(value)))
}

/** A `BigDecimal` of exactly the same value. */
function toDecimal(value: JavaNumber): JavaBigDecimal {
  if (value instanceof JavaBigDecimal) return value
  if (value instanceof JavaBigInteger) return new JavaBigDecimal(value.value, 0)
  return exactDecimal(toDouble(value))
}

function exactDecimal(value: number): JavaBigDecimal {
  let scale = 0
  let rest = value
  while (!Number.isInteger(rest) && Number.isFinite(rest)) {
    rest *= 2
    scale += 1
  }
  return new JavaBigDecimal(BigInt(rest) * 5n ** BigInt(scale), scale)
}

type Operation = 'add' | 'subtract' | 'multiply' | 'divide' | 'modulo'

/** Bits that a `BigInteger` may come to; beyond, a result is taken for too large. */
const bigIntegerBitsMax = 10_000

/**
 * What an operation of two numbers comes to; undefined where it has no result (division by zero).
 *
 * An `Integer` that runs over becomes a `Long`, a `Long` a `BigInteger`.
 *
 * @throws {TemplateFailure} for a result above `bigIntegerBitsMax`, and for the remainder of decimals.
 */
export function calculate(
  operation: Operation,
  left: JavaNumber,
  right: JavaNumber,
): JavaNumber | undefined {
  if (typeof left === 'number' && typeof right === 'number') {
    return ofIntegers(operation, left, right)
  }
  if (isWhole(left) && isWhole(right)) return ofWholes(operation, left, right)
  if ((operation === 'divide' || operation === 'modulo') && isZero(right)) return undefined
  const isDecimal =
    left instanceof JavaBigDecimal ||
    right instanceof JavaBigDecimal ||
    left instanceof JavaBigInteger ||
    right instanceof JavaBigInteger
  if (isDecimal) return ofDecimals(operation, toDecimal(left), toDecimal(right))
  return new JavaDouble(ofDoubles(operation, toDouble(left), toDouble(right)))
}

function isZero(value: JavaNumber): boolean {
  return value instanceof JavaBigDecimal ? value.unscaled === 0n : toDouble(value) === 0
}

function ofDoubles(operation: Operation, left: number, right: number): number {
  switch (operation) {
    case 'add':
      return left + right
    case 'subtract':
      return left - right
    case 'multiply':
      return left * right
    case 'divide':
      return left / right
    case 'modulo':
      return left % right
  }
}

function ofIntegers(operation: Operation, left: number, right: number): JavaNumber | undefined {
  if (right === 0 && (operation === 'divide' || operation === 'modulo')) return undefined
  const result = ofDoubles(operation, left, right)
  const whole = operation === 'divide' ? Math.trunc(result) : result
  if (whole === (whole | 0)) return whole | 0
  return wholeNumber(ofBigInts(operation, BigInt(left), BigInt(right)))
}

function ofBigInts(operation: Operation, left: bigint, right: bigint): bigint {
  switch (operation) {
    case 'add':
      return left + right
    case 'subtract':
      return left - right
    case 'multiply':
      return left * right
    case 'divide':
      return left / right
    case 'modulo':
      return left % right
  }
}

function ofWholes(operation: Operation, left: Whole, right: Whole): JavaNumber | undefined {
  const one = toBigInt(left)
  const other = toBigInt(right)
  const isBig = left instanceof JavaBigInteger || right instanceof JavaBigInteger
  if (other === 0n && (operation === 'divide' || operation === 'modulo')) return undefined
  if (isBig && operation === 'modulo') {
    if (other < 0n) throw new TemplateFailure('runtime', 'BigInteger: modulus not positive')
    return new JavaBigInteger(((one % other) + other) % other)
  }
  const result = ofBigInts(operation, one, other)
  if (isBig) return new JavaBigInteger(bounded(result))
  // The largest negative Long divided by -1 runs over without notice.
  if (operation === 'divide') return new JavaLong(BigInt.asIntN(64, result))
  return result >= longMin && result <= longMax ? new JavaLong(result) : new JavaBigInteger(result)
}

function bounded(value: bigint): bigint {
  if (value >> BigInt(bigIntegerBitsMax) > 0n || -value >> BigInt(bigIntegerBitsMax) > 0n) {
    throw new TemplateFailure('limit', 'the number is too large')
  }
  return value
}

function ofDecimals(
  operation: Operation,
  left: JavaBigDecimal,
  right: JavaBigDecimal,
): JavaBigDecimal {
  const scale = Math.max(left.scale, right.scale)
  if (scale > 2 * bigIntegerBitsMax) throw new TemplateFailure('limit', 'the number is too long')
  switch (operation) {
    case 'add':
      return new JavaBigDecimal(bounded(scaled(left, scale) + scaled(right, scale)), scale)
    case 'subtract':
      return new JavaBigDecimal(bounded(scaled(left, scale) - scaled(right, scale)), scale)
    case 'multiply':
      return new JavaBigDecimal(bounded(left.unscaled * right.unscaled), left.scale + right.scale)
    case 'divide':
      return divideDecimals(left, right)
    case 'modulo':
      throw new TemplateFailure('runtime', 'Cannot calculate the modulo of BigDecimals.')
  }
}

function scaled({ unscaled, scale }: JavaBigDecimal, to: number): bigint {
  return unscaled * 10n ** BigInt(to - scale)
}

/** At the scale of the dividend; a half is rounded towards zero. */
function divideDecimals(left: JavaBigDecimal, right: JavaBigDecimal): JavaBigDecimal {
  const dividend = left.unscaled * 10n ** BigInt(Math.max(0, right.scale))
  const divisor = right.unscaled * 10n ** BigInt(Math.max(0, -right.scale))
  const quotient = dividend / divisor
  const rest = magnitude(dividend % divisor) * 2n
  const isUp = rest > magnitude(divisor)
  const away = dividend < 0n === divisor < 0n ? 1n : -1n
  return new JavaBigDecimal(isUp ? quotient + away : quotient, left.scale)
}

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value
}

/** -1, 0 or 1, as `MathUtils.compare`: a `Double` that is none equals everything. */
export function compareNumbers(left: JavaNumber, right: JavaNumber): number {
  if (typeof left === 'number' && typeof right === 'number') return order(left, right)
  if (isWhole(left) && isWhole(right)) return order(toBigInt(left), toBigInt(right))
  const isDecimal = [left, right].some(
    (side) => side instanceof JavaBigDecimal || side instanceof JavaBigInteger,
  )
  if (!isDecimal) return order(toDouble(left), toDouble(right))
  const one = toDecimal(left)
  const other = toDecimal(right)
  const scale = Math.max(one.scale, other.scale)
  return order(scaled(one, scale), scaled(other, scale))
}

function order<Side extends number | bigint>(left: Side, right: Side): number {
  if (left < right) return -1
  return left > right ? 1 : 0
}

/** The number as Java prints it. */
export function numberText(value: JavaNumber): string {
  if (typeof value === 'number') return String(value)
  if (value instanceof JavaDouble) return doubleText(value.value)
  if (value instanceof JavaBigDecimal) return decimalText(value)
  return value.value.toString()
}

/** `Double.toString`: with a point always, and with an exponent from ten million and below a thousandth. */
function doubleText(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value < 0 ? '-Infinity' : 'Infinity'
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0'
  const size = Math.abs(value)
  if (size === Number.MIN_VALUE) return value < 0 ? '-4.9E-324' : '4.9E-324'
  if (size >= 1e-3 && size < 1e7) {
    const text = String(value)
    return text.includes('.') ? text : `${text}.0`
  }
  const [digits = '', exponent = ''] = value.toExponential().split('e')
  return `${digits.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`
}

function decimalText({ unscaled, scale }: JavaBigDecimal): string {
  const sign = unscaled < 0n ? '-' : ''
  const digits = magnitude(unscaled).toString()
  const exponent = digits.length - 1 - scale
  if (scale < 0 || exponent < -6) {
    const rest = digits.length > 1 ? `.${digits.slice(1)}` : ''
    return `${sign}${digits[0] ?? '0'}${rest}E${exponent < 0 ? '' : '+'}${exponent}`
  }
  if (scale === 0) return sign + digits
  const padded = digits.padStart(scale + 1, '0')
  return `${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}`
}
