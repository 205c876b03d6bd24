import { JavaBigDecimal, JavaDouble, wholeNumber, type JavaNumber } from '../vtl/java-number.ts'

/** Characters of a number. Chosen: what readers of JSON in Java allow by default. */
const numberLengthMax = 1_000

/** Longer texts of fractions are kept digit by digit. */
const doubleLengthMax = 18

/** Ten to this power and its inverse are the last that a `BigDecimal` is made for. */
const exponentMax = 400

/**
 * The number of a JSON text: the smallest of Integer, Long and BigInteger for whole ones, Double for what has
 * a point or an exponent, BigDecimal where a Double could not keep all its digits. Undefined for a number
 * that is too long, or larger than any Double.
 *
 * Observed: cases/json-path/numbers
 */
export function readJsonNumber(text: string): JavaNumber | undefined {
  if (text.length > numberLengthMax) return undefined
  if (/^-?\d+$/.test(text)) {
    return text.length < 10 ? Number(text) | 0 : wholeNumber(BigInt(text))
  }
  const double = Number(text)
  if (!Number.isFinite(double)) return undefined
  return text.length > doubleLengthMax
    ? (decimalOf(text) ?? new JavaDouble(double))
    : new JavaDouble(double)
}

function decimalOf(text: string): JavaBigDecimal | undefined {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text) ?? []
  if (Math.abs(Number(exponent)) > exponentMax) return undefined
  const unscaled = BigInt(whole + fraction)
  return new JavaBigDecimal(sign === '' ? unscaled : -unscaled, fraction.length - Number(exponent))
}
