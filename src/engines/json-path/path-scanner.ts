import { JsonPathSyntaxError } from './json-path-error.ts'

/** Reads a path character by character. Blanks are spaces alone, as Jayway JsonPath has it. */
export class PathScanner {
  readonly text: string
  position = 0

  constructor(text: string) {
    this.text = text
  }

  /** The character at the position; empty past the end. */
  get current(): string {
    return this.text[this.position] ?? ''
  }

  get isInside(): boolean {
    return this.position < this.text.length
  }

  /** True at the last character, and past it. */
  get isAtTail(): boolean {
    return this.position + 1 >= this.text.length
  }

  at(index: number): string {
    return this.text[index] ?? ''
  }

  skipBlanks(): this {
    while (this.current === ' ') this.position += 1
    return this
  }

  /** Index of the first character after `from` that is no blank. */
  significantAfter(from: number): number {
    let index = from + 1
    while (this.text[index] === ' ') index += 1
    return index
  }

  /** The last character before the position that is no blank; empty when there is none. */
  significantBefore(): string {
    let index = this.position - 1
    while (this.text[index] === ' ') index -= 1
    return this.text[index] ?? ''
  }

  /** Index of the bracket that closes the one at `from`, outside of what is quoted by `'`; -1: none. */
  closingOf(from: number, { skipPatterns }: { readonly skipPatterns: boolean }): number {
    const open = this.at(from)
    const close = open === '(' ? ')' : open === '[' ? ']' : '}'
    let depth = 0
    for (let index = from; index < this.text.length; index += 1) {
      const character = this.at(index)
      if (character === "'") index = this.#endOfQuoted(index)
      else if (skipPatterns && character === '/') index = this.#indexOrEnd('/', index + 1)
      else if (character === open) depth += 1
      else if (character === close && --depth === 0) return index
    }
    return -1
  }

  /** Index of the next `character` from `from` on that no single backslash precedes; -1: none. */
  unescaped(character: string, from: number): number {
    for (let index = from; index < this.text.length; index += 1) {
      if (this.at(index) !== character) continue
      const isEscaped = this.at(index - 1) === '\\' && this.at(index - 2) !== '\\'
      if (!isEscaped) return index
    }
    return -1
  }

  fail(message: string): never {
    throw new JsonPathSyntaxError(message, this.position)
  }

  #endOfQuoted(from: number): number {
    for (let index = from + 1; index < this.text.length; index += 1) {
      if (this.at(index) === '\\') index += 1
      else if (this.at(index) === "'") return index
    }
    return this.text.length
  }

  #indexOrEnd(character: string, from: number): number {
    const index = this.text.indexOf(character, from)
    return index === -1 ? this.text.length : index
  }
}

/** A quoted text without its escapes: `\'` is `'`, `\n` a line break, `\u0041` an A. */
export function unescapeText(text: string): string {
  if (!text.includes('\\')) return text
  return text.replace(/\\(?:u([\dA-Fa-f]{4})|([\s\S]?))/g, (_whole, code?: string, other = '') =>
    code === undefined
      ? (controlCharacters[other] ?? other)
      : String.fromCharCode(parseInt(code, 16)),
  )
}

const controlCharacters: Readonly<Record<string, string>> = Object.freeze({
  r: '\r',
  f: '\f',
  t: '\t',
  n: '\n',
  b: '\b',
})
