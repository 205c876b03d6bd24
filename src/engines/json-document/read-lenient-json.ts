import { JavaDouble } from '../vtl/java-number.ts'
import { JavaList, JavaMap, type Value } from '../vtl/values.ts'
import { JsonDocumentError } from './json-document-error.ts'
import { readJsonNumber } from './json-number.ts'
import { documentDepthMax, escapes } from './read-json.ts'

/**
 * The document of a text that is no JSON, as json-smart reads it for Jayway when it permits all that it can:
 * names and texts in single quotes or in none, commas that separate nothing or are not there, zeros in front of
 * numbers, controls within texts, and whatever stands behind the document.
 *
 * Time is linear in the text; its length is for the caller to bound.
 *
 * @throws {JsonDocumentError} for what even so is none, or nested deeper than `documentDepthMax`.
 * Observed: cases/json-documents
 */
export function readLenientJson(text: string): Value {
  return new LenientReader(text).read('')
}

class LenientReader {
  readonly #text: string
  #at = 0
  #depth = 0

  constructor(text: string) {
    this.#text = text
  }

  /** `stops`: what ends a text without quotes, besides the end. */
  read(stops: string): Value {
    const character = this.#next()
    switch (character) {
      case '{':
        return this.#readObject()
      case '[':
        return this.#readArray()
      case '"':
      case "'":
        return this.#readQuoted(character)
      case ':':
      case '}':
      case ']':
        return this.#fail(`"${character}" is not expected`)
      default:
        return this.#valueOf(this.#readBare(stops))
    }
  }

  #readArray(): JavaList {
    const items: Value[] = []
    this.#enter()
    for (;;) {
      const character = this.#next()
      if (character === ']') return this.#leave(new JavaList(items, 'json'))
      if (character === '') this.#fail('"]" is expected')
      if (character === ',') this.#at += 1
      else items.push(this.read(',]'))
    }
  }

  #readObject(): JavaMap {
    const object = new JavaMap(new Map())
    this.#enter()
    for (;;) {
      const character = this.#next()
      if (character === '}') return this.#leave(object)
      if (character === ',') {
        this.#at += 1
        continue
      }
      if (character === '' || ':[]{'.includes(character)) this.#fail('A name is expected')
      const isQuoted = character === '"' || character === "'"
      const name = isQuoted ? this.#readQuoted(character) : this.#readBare(':')
      if (this.#next() !== ':') this.#fail('":" is expected')
      this.#at += 1
      object.set(name, this.read(',}'))
      const end = this.#next()
      if (end !== ',' && end !== '}') this.#fail('"," or "}" is expected')
    }
  }

  #enter(): void {
    if (++this.#depth > documentDepthMax) this.#fail('Nested too deeply')
    this.#at += 1
  }

  #leave<Whole>(whole: Whole): Whole {
    this.#depth -= 1
    this.#at += 1
    return whole
  }

  /** Skips blanks. The character there; empty at the end. */
  #next(): string {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at)
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) break
      this.#at += 1
    }
    return this.#text.charAt(this.#at)
  }

  #readBare(stops: string): string {
    const from = this.#at
    const { length } = this.#text
    const [one, other] = [stops.charCodeAt(0), stops.charCodeAt(1)]
    while (this.#at < length) {
      const code = this.#text.charCodeAt(this.#at)
      if (code === one || code === other) break
      this.#at += 1
    }
    return withoutBlanks(this.#text.slice(from, this.#at))
  }

  #readQuoted(quote: string): string {
    const from = this.#at + 1
    let end = this.#text.indexOf(quote, from)
    const isPlain = !this.#text.slice(from, end).includes('\\')
    if (!isPlain) end = this.#endOfQuoted(quote, from)
    if (end < 0) this.#fail('A text is not closed')
    this.#at = end + 1
    const written = this.#text.slice(from, end)
    return isPlain ? written : this.#unescaped(written)
  }

  #endOfQuoted(quote: string, from: number): number {
    for (let at = from; at < this.#text.length; at += 1) {
      const character = this.#text.charAt(at)
      if (character === quote) return at
      if (character === '\\') at += 1
    }
    return -1
  }

  /** Controls get lost in a text that has an escape; what is no escape, too. */
  #unescaped(written: string): string {
    return written.replace(
      /\\u([\dA-Fa-f]{4})|\\x([\dA-Fa-f]{2})|\\([^])|\p{Cc}/gu,
      (control, long?: string, short?: string, escaped?: string) => {
        const code = long ?? short
        if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16))
        // The controls above U+007F are no controls of ASCII.
        if (escaped === undefined) return control > '\u007f' ? control : ''
        if (escaped === 'u' || escaped === 'x') this.#fail('Digits are expected')
        return escaped === "'" ? escaped : (escapes.get(escaped) ?? '')
      },
    )
  }

  /** What a text without quotes stands for. */
  #valueOf(text: string): Value {
    const word = words.get(text)
    if (word !== undefined) return word
    if (!/^[-\d]/.test(text)) return text
    const [, sign, whole = '', fraction = '', exponent] = number.exec(text) ?? []
    if (sign === undefined) return text
    const hasDigits = /\d/.test(whole + fraction) || text === '-'
    if (!hasDigits || exponent === '+' || exponent === '-') this.#fail('A number has no digits')
    const digits = whole.replace(/^0+(?=\d)/, '') || '0'
    const decimals = fraction === '.' ? '.0' : fraction
    const power = exponent === undefined ? '' : `e${exponent}`
    return readJsonNumber(`${sign}${digits}${decimals}${power}`) ?? text
  }

  #fail(message: string): never {
    throw new JsonDocumentError(message, this.#at)
  }
}

/** Without the blanks around it that Java knows below U+0080. */
function withoutBlanks(text: string): string {
  let from = 0
  let end = text.length
  while (from < end && isBlank(text.charCodeAt(from))) from += 1
  while (end > from && isBlank(text.charCodeAt(end - 1))) end -= 1
  return text.slice(from, end)
}

function isBlank(code: number): boolean {
  return (code >= 0x09 && code <= 0x0d) || (code >= 0x1c && code <= 0x20)
}

const words: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['null', null],
  ['true', true],
  ['false', false],
  ['NaN', new JavaDouble(Number.NaN)],
])

/** What json-smart takes for a number; Java then says whether it is one. */
const number = /^(-?)(\d*)(\.\d*)?(?:[eE]([+-]\d*|\d+))?$/
