import type { Budget } from './budget.ts'
import { hashWithin } from './hash.ts'
import { isNumber, JavaBigDecimal, JavaDouble, toBigInt, toDouble } from './java-number.ts'
import { textOf } from './value-text.ts'
import { JavaChar, type Value } from './values.ts'
import { TemplateFailure } from './vtl-error.ts'

interface Directive {
  readonly flags: string
  readonly width: number
  readonly precision: number | undefined
  readonly conversion: string
}

/** Columns that a directive may ask for. */
const widthMax = 1000

/**
 * `String.format` for `%s %d %x %o %f %e %c %b %h %n %%` with flags, width and precision.
 *
 * @throws {TemplateFailure} for what is no format, misses a parameter, or does not fit its parameter.
 */
export function formatText(format: string, parameters: readonly Value[], budget: Budget): string {
  const pattern = /%(?:(\d+)\$)?([-#+ 0,(<]*)(\d+)?(?:\.(\d+))?([a-zA-Z%])/y
  let result = ''
  let next = 0
  for (let at = 0; at < format.length;) {
    const percent = format.indexOf('%', at)
    result += format.slice(at, percent < 0 ? format.length : percent)
    if (percent < 0) break
    pattern.lastIndex = percent
    const found = pattern.exec(format)
    if (found === null) throw new TemplateFailure('runtime', `UnknownFormatConversion in ${format}`)
    at = pattern.lastIndex
    const [, place, flags = '', width = '0', precision, conversion = ''] = found
    if (Number(width) > widthMax || Number(precision ?? 0) > widthMax) {
      throw new TemplateFailure('limit', `a format is wider than ${widthMax}`)
    }
    budget.spend(20)
    const directive = {
      flags,
      width: Number(width),
      precision: precision === undefined ? undefined : Number(precision),
      conversion,
    }
    if (conversion === 'n') result += '\n'
    else if (conversion === '%') result += padded('%', directive)
    else {
      const index = place === undefined ? next : Number(place) - 1
      if (place === undefined) next += 1
      const value = parameters[index]
      if (value === undefined) {
        throw new TemplateFailure('runtime', `MissingFormatArgument: ${found[0]}`)
      }
      result += one(directive, value, budget)
    }
    budget.checkLength(result.length)
  }
  return result
}

function one(directive: Directive, value: Value, budget: Budget): string {
  const { conversion } = directive
  const text = converted({ ...directive, conversion: conversion.toLowerCase() }, value, budget)
  return conversion === conversion.toLowerCase() ? text : text.toUpperCase()
}

function converted(directive: Directive, value: Value, budget: Budget): string {
  switch (directive.conversion) {
    case 's':
      return padded(cut(textOf(value, budget) ?? 'null', directive), directive)
    case 'b':
      return padded(
        cut(String(typeof value === 'boolean' ? value : value !== null), directive),
        directive,
      )
    case 'h':
      return padded(
        value === null ? 'null' : (hashWithin(value, budget) >>> 0).toString(16),
        directive,
      )
    case 'c':
      return padded(characterOf(value), directive)
    case 'd':
    case 'x':
    case 'o':
      return value === null ? padded('null', directive) : whole(directive, value)
    case 'f':
    case 'e':
      return value === null ? padded('null', directive) : decimal(directive, value)
    default:
      throw new TemplateFailure('runtime', `UnknownFormatConversion: ${directive.conversion}`)
  }
}

function cut(text: string, { precision }: Directive): string {
  return precision === undefined ? text : text.slice(0, precision)
}

function padded(text: string, { flags, width }: Directive): string {
  return flags.includes('-') ? text.padEnd(width) : text.padStart(width)
}

function characterOf(value: Value): string {
  if (value === null) return 'null'
  if (value instanceof JavaChar) return value.unit
  if (typeof value === 'number' && value >= 0 && value <= 0x10_ff_ff)
    return String.fromCodePoint(value)
  throw new TemplateFailure('runtime', 'IllegalFormatConversion: c')
}

function whole(directive: Directive, value: Value): string {
  const isWhole =
    isNumber(value) && !(value instanceof JavaDouble || value instanceof JavaBigDecimal)
  if (!isWhole)
    throw new TemplateFailure('runtime', `IllegalFormatConversion: ${directive.conversion}`)
  const number = toBigInt(value)
  if (directive.conversion === 'd')
    return signed(number < 0n, magnitude(number).toString(), directive)
  const bits = typeof value === 'number' ? 32 : 64
  const base = directive.conversion === 'x' ? 16 : 8
  return zeroPadded('', BigInt.asUintN(bits, number).toString(base), directive)
}

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value
}

function decimal(directive: Directive, value: Value): string {
  const isDecimal = value instanceof JavaDouble || value instanceof JavaBigDecimal
  if (!isDecimal)
    throw new TemplateFailure('runtime', `IllegalFormatConversion: ${directive.conversion}`)
  const number = toDouble(value)
  if (!Number.isFinite(number))
    return padded(Number.isNaN(number) ? 'NaN' : number < 0 ? '-Infinity' : 'Infinity', directive)
  const precision = Math.min(directive.precision ?? 6, 100)
  const size = Math.abs(number)
  const isNegative = number < 0 || Object.is(number, -0)
  if (directive.conversion === 'e') {
    return signed(
      isNegative,
      size.toExponential(precision).replace(/e([+-])(\d)$/, 'e$10$2'),
      directive,
    )
  }
  return signed(isNegative, roundedHalfUp(size, precision), directive)
}

/** Java rounds what is printed of a number, halves up; JavaScript what the number is exactly. */
function roundedHalfUp(size: number, precision: number): string {
  const [digits = '', fraction = ''] = plainDigits(size).split('.')
  if (fraction.length <= precision) {
    const zeros = fraction.padEnd(precision, '0')
    return precision === 0 ? digits : `${digits}.${zeros}`
  }
  const kept = BigInt(digits + fraction.slice(0, precision))
  const isUp = (fraction[precision] ?? '0') >= '5'
  const text = (isUp ? kept + 1n : kept).toString().padStart(precision + 1, '0')
  return precision === 0 ? text : `${text.slice(0, -precision)}.${text.slice(-precision)}`
}

function plainDigits(size: number): string {
  const [digits = '', exponent = '0'] = size.toExponential().split('e')
  const [first = '', rest = ''] = digits.split('.')
  const places = Number(exponent)
  if (places < 0) return `0.${'0'.repeat(-places - 1)}${first}${rest}`
  const all = first + rest.padEnd(places, '0')
  return `${all.slice(0, places + 1)}.${all.slice(places + 1)}`
}

function signed(isNegative: boolean, digits: string, directive: Directive): string {
  const grouped = directive.flags.includes(',') ? withCommas(digits) : digits
  if (isNegative && directive.flags.includes('(')) return padded(`(${grouped})`, directive)
  const plus = directive.flags.includes('+') ? '+' : directive.flags.includes(' ') ? ' ' : ''
  return zeroPadded(isNegative ? '-' : plus, grouped, directive)
}

function withCommas(digits: string): string {
  const [whole = '', fraction] = digits.split('.')
  const grouped = whole.replace(/\B(?=(?:\d{3})+$)/g, ',')
  return fraction === undefined ? grouped : `${grouped}.${fraction}`
}

function zeroPadded(sign: string, digits: string, directive: Directive): string {
  if (!directive.flags.includes('0')) return padded(sign + digits, directive)
  return sign + digits.padStart(directive.width - sign.length, '0')
}
