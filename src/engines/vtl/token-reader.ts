import { TokenSource } from './token-source.ts'
import { type Token, tokenKind } from './tokens.ts'
import { positionAt, VtlError } from './vtl-error.ts'

/** Levels of brackets, calls and blocks in one another. Chosen: far above what templates have. */
export const depthMax = 150

/**
 * Tokens of a statement without the blocks in it: it is read and compiled in one step. Chosen: a map of some
 * thousand entries; docs/decisions/0036-long-work.md
 */
const statementTokensMax = 12_000

/** The tokens of a template for the parser, read no earlier than it looks at them. */
export class TokenReader {
  readonly tokens: Token[] = []
  readonly source: TokenSource
  #next = 0
  #depth = 0
  #statementBegin = 0

  constructor(text: string) {
    this.source = new TokenSource(text)
  }

  /** Place of the next token; it is read. */
  get place(): number {
    this.peek()
    return this.#next
  }

  /** Place of the token that was taken last. */
  get lastPlace(): number {
    return this.#next - 1
  }

  /** Here a statement begins. */
  beginStatement(): void {
    this.#statementBegin = this.#next
  }

  /** Goes back to a place. */
  rewind(place: number): void {
    this.#next = place
  }

  /** Kind of a token ahead: 0 is the next one. */
  peek(ahead = 0): number {
    while (this.tokens.length <= this.#next + ahead) {
      if (this.tokens.at(-1)?.kind === tokenKind.end) return tokenKind.end
      this.tokens.push(this.source.next())
      if (this.tokens.length - this.#statementBegin > statementTokensMax) this.#refuseLength()
    }
    return this.tokens[this.#next + ahead]?.kind ?? tokenKind.end
  }

  take(): Token {
    this.peek()
    const token = this.tokens[this.#next]
    if (token === undefined) return this.fail('the template ends too early')
    this.#next += 1
    return token
  }

  /** Takes the next token when it is of the kind. */
  accept(kind: number): boolean {
    if (this.peek() !== kind) return false
    this.#next += 1
    return true
  }

  expect(kind: number, what: string): Token {
    if (this.peek() !== kind) this.fail(`${what} is expected`)
    return this.take()
  }

  skipWhitespace(): void {
    this.accept(tokenKind.whitespace)
  }

  /** Refuses the template at the next token. */
  fail(message: string): never {
    const token = this.tokens[this.#next] ?? this.tokens.at(-1)
    const found = token === undefined || token.kind === tokenKind.end ? 'the end' : quoted(token)
    const position = positionAt(this.source.text, token?.begin ?? 0)
    throw new VtlError('syntax', `${message}, not ${found}`, position)
  }

  /** Refuses the template at a place. */
  failAt(place: number, message: string): never {
    const begin = this.tokens[place]?.begin ?? 0
    throw new VtlError('syntax', message, positionAt(this.source.text, begin))
  }

  #refuseLength(): never {
    const message = `one statement has more than ${statementTokensMax} parts`
    return this.refuseAt(this.#statementBegin, message)
  }

  /** Refuses what goes beyond a bound. */
  refuseAt(place: number, message: string): never {
    const begin = this.tokens[place]?.begin ?? 0
    throw new VtlError('limit', message, positionAt(this.source.text, begin))
  }

  /** Runs the reading of something that holds other things; too many levels are refused. */
  nested<Result>(read: () => Result): Result {
    this.enter()
    const result = read()
    this.leave()
    return result
  }

  /** Something that holds other things begins here; too many levels are refused. */
  enter(): void {
    this.#depth += 1
    if (this.#depth <= depthMax) return
    const begin = this.tokens[this.#next]?.begin ?? 0
    const position = positionAt(this.source.text, begin)
    throw new VtlError('limit', `more than ${depthMax} levels in one another`, position)
  }

  /** It ends here. */
  leave(): void {
    this.#depth -= 1
  }

  /** Whether something can be read from here; goes back in either case. */
  isReadable(read: () => void): boolean {
    const place = this.#next
    const depth = this.#depth
    try {
      read()
      return true
    } catch (error) {
      if (error instanceof VtlError && error.kind === 'syntax') return false
      throw error
    } finally {
      this.#next = place
      this.#depth = depth
    }
  }
}

function quoted({ image }: Token): string {
  const text = image.length > 20 ? `${image.slice(0, 20)}…` : image
  return JSON.stringify(text)
}
