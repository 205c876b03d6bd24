import { hashOf } from './hash.ts'
import {
  compareNumbers,
  isNumber,
  JavaDouble,
  JavaLong,
  type JavaNumber,
  numberText,
  toBigInt,
  toDouble,
  toInt,
  toLong,
} from './java-number.ts'
import {
  intAt,
  type MethodTable,
  methodTable,
  otherClass,
  textAt,
  valueAt,
} from './method-table.ts'
import { areEqual, JavaChar, type Value } from './values.ts'
import { TemplateFailure } from './vtl-error.ts'

type Rows = Parameters<typeof methodTable<JavaNumber>>[0]

/** A whole number that is written in a text, within so many bits. */
function parseWhole(text: string, bits: 32 | 64): bigint {
  const value =
    /^[+-]?\d+$/.test(text) && text.length < 100 ? BigInt(text.replace(/^\+/, '')) : undefined
  if (value === undefined || BigInt.asIntN(bits, value) !== value) {
    throw new TemplateFailure(
      'runtime',
      `NumberFormatException: For input string: "${text.slice(0, 100)}"`,
    )
  }
  return value
}

function parseDouble(text: string): JavaDouble {
  const trimmed = text.trim()
  const isNumeral = /^[+-]?(?:NaN|Infinity|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[fFdD]?)$/.test(
    trimmed,
  )
  if (!isNumeral) {
    throw new TemplateFailure(
      'runtime',
      `NumberFormatException: For input string: "${text.slice(0, 100)}"`,
    )
  }
  return new JavaDouble(
    Number(/^.*(?:NaN|Infinity)$/.test(trimmed) ? trimmed : trimmed.replace(/[fFdD]$/, '')),
  )
}

function compareSame(self: JavaNumber, other: Value): number {
  if (!isNumber(other)) throw new TemplateFailure('runtime', 'NullPointerException')
  return compareNumbers(self, other)
}

const common: Rows = [
  ['intValue', [], (self) => toInt(self)],
  ['longValue', [], (self) => toLong(self)],
  ['doubleValue', [], (self) => new JavaDouble(toDouble(self))],
  ['toString', [], (self) => numberText(self)],
  ['hashCode', [], (self) => hashOf(self)],
  ['equals', ['any'], (self, given) => areEqual(self, valueAt(given, 0))],
]

/** The bits of a whole number in a base, as `Integer.toHexString`. */
function bitsText(value: Value, base: number): string {
  const number = isNumber(value) ? toBigInt(value) : 0n
  return BigInt.asUintN(typeof value === 'number' ? 32 : 64, number).toString(base)
}

const integerRows: Rows = [
  ['compareTo', ['int'], (self, given) => compareSame(self, valueAt(given, 0))],
  ['compareTo', ['any'], otherClass],
  ['compare', ['int', 'int'], (_, given) => compareNumbers(intAt(given, 0), intAt(given, 1))],
  ['parseInt', ['text'], (_, given) => Number(parseWhole(textAt(given, 0), 32))],
  ['valueOf', ['int'], (_, given) => intAt(given, 0)],
  ['valueOf', ['text'], (_, given) => Number(parseWhole(textAt(given, 0), 32))],
  ['toString', ['int'], (_, given) => String(intAt(given, 0))],
  ['toHexString', ['int'], (_, given) => bitsText(valueAt(given, 0), 16)],
  ['toOctalString', ['int'], (_, given) => bitsText(valueAt(given, 0), 8)],
  ['toBinaryString', ['int'], (_, given) => bitsText(valueAt(given, 0), 2)],
  ['max', ['int', 'int'], (_, given) => Math.max(intAt(given, 0), intAt(given, 1))],
  ['min', ['int', 'int'], (_, given) => Math.min(intAt(given, 0), intAt(given, 1))],
  ['sum', ['int', 'int'], (_, given) => (intAt(given, 0) + intAt(given, 1)) | 0],
  ['signum', ['int'], (_, given) => Math.sign(intAt(given, 0)) | 0],
]

function longOf(value: Value): JavaLong {
  return isNumber(value) ? toLong(value) : new JavaLong(0n)
}

const longRows: Rows = [
  [
    'compareTo',
    ['any'],
    (self, [other]) => (other instanceof JavaLong ? compareNumbers(self, other) : otherClass()),
  ],
  ['parseLong', ['text'], (_, given) => new JavaLong(parseWhole(textAt(given, 0), 64))],
  ['valueOf', ['long'], (_, given) => longOf(valueAt(given, 0))],
  ['valueOf', ['text'], (_, given) => new JavaLong(parseWhole(textAt(given, 0), 64))],
  ['toString', ['long'], (_, given) => longOf(valueAt(given, 0)).value.toString()],
  ['toHexString', ['long'], (_, given) => bitsText(longOf(valueAt(given, 0)), 16)],
]

function doubleOf(value: Value): JavaDouble {
  return new JavaDouble(isNumber(value) ? toDouble(value) : 0)
}

function isNan(self: JavaNumber): boolean {
  return Number.isNaN(toDouble(self))
}

function isInfinite(self: JavaNumber): boolean {
  return Math.abs(toDouble(self)) === Number.POSITIVE_INFINITY
}

const doubleRows: Rows = [
  [
    'compareTo',
    ['any'],
    (self, [other]) => (other instanceof JavaDouble ? compareNumbers(self, other) : otherClass()),
  ],
  ['isNaN', [], (self) => isNan(self)],
  ['isInfinite', [], (self) => isInfinite(self)],
  ['parseDouble', ['text'], (_, given) => parseDouble(textAt(given, 0))],
  ['valueOf', ['double'], (_, given) => doubleOf(valueAt(given, 0))],
  ['valueOf', ['text'], (_, given) => parseDouble(textAt(given, 0))],
  ['toString', ['double'], (_, given) => numberText(doubleOf(valueAt(given, 0)))],
]

/** `Integer`, with the methods of the class that templates call on any number at hand. */
export const integerMethods: MethodTable<JavaNumber> = methodTable([...common, ...integerRows])
/** `Long`. */
export const longMethods: MethodTable<JavaNumber> = methodTable([...common, ...longRows])
/** `Double`. */
export const doubleMethods: MethodTable<JavaNumber> = methodTable([...common, ...doubleRows])
/** `BigInteger` and `BigDecimal`: only what all numbers have. */
export const bigMethods: MethodTable<JavaNumber> = methodTable(common)

/** `Boolean`. */
export const booleanMethods: MethodTable<boolean> = methodTable<boolean>([
  ['booleanValue', [], (self) => self],
  ['toString', [], (self) => String(self)],
  ['hashCode', [], (self) => hashOf(self)],
  ['equals', ['any'], (self, given) => self === given[0]],
  ['compareTo', ['boolean'], (self, [other]) => Number(self) - Number(other)],
  ['compareTo', ['any'], otherClass],
  [
    'parseBoolean',
    ['text'],
    (_, [text]) => typeof text === 'string' && text.toLowerCase() === 'true',
  ],
  ['valueOf', ['boolean'], (_, given) => valueAt(given, 0)],
  ['valueOf', ['text'], (_, [text]) => typeof text === 'string' && text.toLowerCase() === 'true'],
])

/** `Character`. */
export const characterMethods: MethodTable<JavaChar> = methodTable<JavaChar>([
  ['charValue', [], (self) => self],
  ['toString', [], (self) => self.unit],
  ['hashCode', [], (self) => hashOf(self)],
  ['equals', ['any'], (self, given) => areEqual(self, valueAt(given, 0))],
  [
    'compareTo',
    ['char'],
    (self, [other]) =>
      self.unit.charCodeAt(0) - (other instanceof JavaChar ? other.unit.charCodeAt(0) : 0),
  ],
  ['compareTo', ['any'], otherClass],
])
