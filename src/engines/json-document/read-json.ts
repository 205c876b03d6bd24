import { JavaList, JavaMap, type Value } from '../vtl/values.ts'
import { JsonDocumentError } from './json-document-error.ts'
import { readJsonNumber } from './json-number.ts'

/** Levels of objects and arrays. Chosen: what readers of JSON in Java allow by default. */
export const documentDepthMax = 1_000

/**
 * The document of a JSON text, as templates and JSONPath know it: objects keep the order of their members
 * whatever these are called (of two with one name the last counts, at the place of the first), and numbers
 * keep their kind and digits.
 *
 * Time is linear in the text; its length is for the caller to bound.
 *
 * @throws {JsonDocumentError} for what is no JSON (RFC 8259), or nested deeper than `documentDepthMax`.
 */
export function readJsonDocument(text: string): Value {
  return new JsonReader(text, false).readDocument()
}

/**
 * The value of JSON that stands in a path: as readJsonDocument(), and texts may be in single quotes or,
 * without blanks, in none.
 *
 * @throws {JsonDocumentError}
 */
export function readJsonLiteral(text: string): Value {
  return new JsonReader(text, true).readDocument()
}

const quote = 0x22
const backslash = 0x5c
const apostrophe = 0x27
const comma = 0x2c
const colon = 0x3a
const openBracket = 0x5b
const closeBracket = 0x5d
const openBrace = 0x7b
const closeBrace = 0x7d
const minus = 0x2d
const zero = 0x30
const nine = 0x39

/** Whole numbers of so many characters are Integers. */
const integerLengthMax = 9

class JsonReader {
  readonly #text: string
  readonly #isLenient: boolean
  #at = 0
  #depth = 0

  constructor(text: string, isLenient: boolean) {
    this.#text = text
    this.#isLenient = isLenient
  }

  readDocument(): Value {
    const value = this.#read(this.#next())
    this.#next()
    if (this.#at < this.#text.length) this.#fail('Expected the end')
    return value
  }

  /** Skips blanks. The code of the character there; NaN at the end. */
  #next(): number {
    let code = this.#text.charCodeAt(this.#at)
    while (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) {
      this.#at += 1
      code = this.#text.charCodeAt(this.#at)
    }
    return code
  }

  #read(code: number): Value {
    if (code === quote) return this.#readString(quote)
    if (code === openBrace) return this.#readObject()
    if (code === openBracket) return this.#readArray()
    if (code === minus || (code >= zero && code <= nine)) return this.#readNumber(code)
    return this.#readWord(code)
  }

  #readObject(): JavaMap {
    const values = new Map<string, Value>()
    const object = new JavaMap(values)
    if (this.#enter() === closeBrace) return this.#leave(object)
    for (;;) {
      const name = this.#readName()
      if (this.#next() !== colon) this.#fail("Expected ':'")
      this.#at += 1
      const value = this.#read(this.#next())
      // Only names that begin so have another place in the map.
      if (name.charCodeAt(0) === 0) object.set(name, value)
      else values.set(name, value)
      const code = this.#next()
      if (code === closeBrace) return this.#leave(object)
      if (code !== comma) this.#fail("Expected ',' or '}'")
      this.#at += 1
      this.#next()
    }
  }

  #readArray(): JavaList {
    const items: Value[] = []
    let code = this.#enter()
    if (code === closeBracket) return this.#leave(new JavaList(items, 'json'))
    for (;;) {
      items.push(this.#read(code))
      code = this.#next()
      if (code === closeBracket) return this.#leave(new JavaList(items, 'json'))
      if (code !== comma) this.#fail("Expected ',' or ']'")
      this.#at += 1
      code = this.#next()
    }
  }

  #enter(): number {
    if (++this.#depth > documentDepthMax) this.#fail('Nested too deeply')
    this.#at += 1
    return this.#next()
  }

  #leave<Whole>(whole: Whole): Whole {
    this.#depth -= 1
    this.#at += 1
    return whole
  }

  #readName(): string {
    const code = this.#text.charCodeAt(this.#at)
    if (code === quote) return this.#readString(quote)
    if (!this.#isLenient) this.#fail('Expected a name')
    return code === apostrophe ? this.#readString(apostrophe) : this.#readBare()
  }

  #readString(end: number): string {
    const text = this.#text
    const from = this.#at + 1
    let at = from
    for (;;) {
      const code = text.charCodeAt(at)
      if (code === end) break
      if (code === backslash) return this.#readEscaped(from, at, end)
      if (!(code >= 0x20)) this.#failAt('A text is not closed', at)
      at += 1
    }
    this.#at = at + 1
    return text.slice(from, at)
  }

  /** The text from `from` on, whose first backslash is at `at`. */
  #readEscaped(from: number, at: number, end: number): string {
    const text = this.#text
    let read = text.slice(from, at)
    let position = at
    for (;;) {
      const code = text.charCodeAt(position)
      if (code === end) break
      if (code === backslash) {
        read += this.#escaped(position + 1)
        position += text[position + 1] === 'u' ? 6 : 2
        continue
      }
      const begin = position
      while (text.charCodeAt(position) >= 0x20 && !this.#isSpecial(position, end)) position += 1
      if (begin === position) this.#failAt('A text is not closed', position)
      read += text.slice(begin, position)
    }
    this.#at = position + 1
    return read
  }

  #isSpecial(position: number, end: number): boolean {
    const code = this.#text.charCodeAt(position)
    return code === end || code === backslash
  }

  #escaped(at: number): string {
    const character = this.#text[at] ?? ''
    if (character === 'u') {
      const digits = this.#text.slice(at + 1, at + 5)
      if (!/^[\dA-Fa-f]{4}$/.test(digits)) this.#failAt('Expected four digits', at)
      return String.fromCharCode(Number.parseInt(digits, 16))
    }
    const known = escapes.get(character)
    if (known !== undefined) return known
    if (this.#isLenient && character !== '') return character
    return this.#failAt('There is no such escape', at)
  }

  #readNumber(first: number): Value {
    const text = this.#text
    const from = this.#at
    let at = from + (first === minus ? 1 : 0)
    let value = 0
    const digits = at
    let code = text.charCodeAt(at)
    while (code >= zero && code <= nine) {
      value = value * 10 + code - zero
      at += 1
      code = text.charCodeAt(at)
    }
    if (at === digits) this.#failAt('Expected a digit', at)
    if (at - digits > 1 && text.charCodeAt(digits) === zero && !this.#isLenient) {
      this.#failAt('A number begins with 0', digits)
    }
    const isWhole = code !== 0x2e && code !== 0x65 && code !== 0x45
    if (isWhole && at - from <= integerLengthMax) {
      this.#at = at
      return first === minus ? -value | 0 : value
    }
    this.#at = isWhole ? at : this.#endOfFraction(at)
    return readJsonNumber(text.slice(from, this.#at)) ?? this.#failAt('A number is too large', from)
  }

  #endOfFraction(at: number): number {
    fraction.lastIndex = at
    const found = fraction.exec(this.#text)
    if (found === null) return this.#failAt('Expected a digit', at + 1)
    return at + found[0].length
  }

  #readWord(code: number): Value {
    if (code === apostrophe && this.#isLenient) return this.#readString(apostrophe)
    for (const [word, value] of words) {
      if (!this.#text.startsWith(word, this.#at)) continue
      this.#at += word.length
      return value
    }
    return this.#isLenient ? this.#readBare() : this.#fail('Expected a value')
  }

  #readBare(): string {
    const from = this.#at
    while (this.#at < this.#text.length && !/[\s,:[\]{}'"]/.test(this.#text[this.#at] ?? ''))
      this.#at += 1
    if (this.#at === from) this.#fail('Expected a value')
    return this.#text.slice(from, this.#at)
  }

  #fail(message: string): never {
    return this.#failAt(message, this.#at)
  }

  #failAt(message: string, position: number): never {
    throw new JsonDocumentError(message, position)
  }
}

const fraction = /(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const words = [
  ['true', true],
  ['false', false],
  ['null', null],
] as const
/** What a backslash and this character stand for; `u` begins digits. */
export const escapes: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
])
