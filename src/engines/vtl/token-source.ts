import { type LexicalState, matchAt, newMatch } from './lexical-rules.ts'
import { type Token, tokenKind as kind } from './tokens.ts'
import { positionAt, VtlError } from './vtl-error.ts'

/** `$` and `#` in a row, which one step reads. */
const openingsMax = 60_000

interface SavedState {
  readonly state: LexicalState
  readonly open: number
  readonly closed: number
}

/**
 * Cuts a template into tokens. What a piece of text is depends on what the lexer is in the middle of, and
 * the parser has a say in that: so tokens are read one at a time, when the parser asks for them.
 */
export class TokenSource {
  readonly text: string
  isInSet = false
  #state: LexicalState = 'text'
  readonly #stack: SavedState[] = []
  /** Parentheses that this state has seen open and close. */
  #open = 0
  #closed = 0
  #isInComment = false
  #at = 0
  readonly #match = newMatch()

  constructor(text: string) {
    this.text = text
  }

  /** Where the next token begins. */
  get offset(): number {
    return this.#at
  }

  switchTo(state: LexicalState): void {
    this.#state = state
  }

  push(): void {
    this.#stack.push({ state: this.#state, open: this.#open, closed: this.#closed })
    this.#open = 0
  }

  /** Back to the state before; false when there is none. */
  pop(): boolean {
    const saved = this.#stack.pop()
    if (saved === undefined) {
      this.#open = 0
      this.#state = 'text'
      return false
    }
    this.#open = saved.open
    this.#closed = saved.closed
    this.#state = saved.state
    return true
  }

  /** The next token; of kind `end` when there is none. */
  next(): Token {
    const taken: string[] = []
    for (;;) {
      const begin = this.#at
      if (begin >= this.text.length) return { kind: kind.end, image: '', begin, end: begin, taken }
      const found = this.#matchFrom(begin)
      if (found === kind.skipped) continue
      const image = this.text.slice(begin, this.#at)
      if (found === kind.referenceTerminator || found === kind.directiveTerminator) {
        taken.push(image)
        this.#at -= 1
        this.pop()
        continue
      }
      const token: Token = { kind: found, image, begin, end: this.#at, taken }
      this.#finish(token)
      return token
    }
  }

  /** Matches up to the end of a token; openings only change the state, and the token goes on. */
  #matchFrom(begin: number): number {
    const match = this.#match
    for (let openings = 0; ; openings += 1) {
      if (openings > openingsMax) this.#refuse(begin)
      matchAt(this.#state, this.text, this.#at, match)
      if (match.kind < 0) this.#fail(begin)
      this.#at += match.length
      if (!this.#opens(match.kind)) return match.kind
      if (this.#at >= this.text.length) this.#fail(begin)
    }
  }

  #refuse(begin: number): never {
    throw new VtlError('limit', 'one token has too many parts', positionAt(this.text, begin))
  }

  #fail(begin: number): never {
    const what =
      this.#at >= this.text.length
        ? 'the template ends within a reference, directive or text'
        : `${JSON.stringify(this.text.slice(this.#at, this.#at + 1))} is not expected here`
    throw new VtlError('syntax', what, positionAt(this.text, Math.max(begin, this.#at)))
  }

  /** Whether the token goes on behind what was matched. */
  #opens(matched: number): boolean {
    switch (matched) {
      case kind.dollar:
      case kind.dollarBang:
        if (this.#isInComment) return true
        if (this.#state === 'reference') this.pop()
        this.#enter('reference')
        return true
      case kind.hash:
        if (this.#isInComment) return true
        if (this.#state === 'reference' || this.#state === 'modifier') this.pop()
        this.#enter('directive-name')
        return true
      case kind.textblockOpen:
        return this.#comment('textblock')
      case kind.commentOpen:
        return this.#comment('comment')
      case kind.formalCommentOpen:
        if (!this.#isInComment) this.#at -= 1
        return this.#comment('formal-comment')
      case kind.inTextblock:
        return true
      default:
        return false
    }
  }

  #enter(state: LexicalState): void {
    this.push()
    this.#state = state
  }

  #comment(state: LexicalState): true {
    if (!this.#isInComment) {
      this.#isInComment = true
      this.#enter(state)
    }
    return true
  }

  /** What a token changes for those behind it. */
  #finish(token: Token): void {
    switch (token.kind) {
      case kind.indexOpen:
        this.#enter('index')
        return
      case kind.leftParen:
        this.#open += 1
        if (this.#state === 'modifier') this.#state = 'call'
        return
      case kind.rightParen:
        this.#closeParenthesis()
        return
      case kind.callClose:
        this.#state = 'reference'
        return
      case kind.set:
        this.#enter('directive')
        this.isInSet = true
        this.#open += 1
        return
      case kind.lineCommentOpen:
        if (this.#state === 'reference') this.pop()
        this.#comment('line-comment')
        return
      case kind.lineComment:
      case kind.formalComment:
      case kind.comment:
      case kind.textblock:
        this.#isInComment = false
        this.pop()
        return
      case kind.newline:
        this.pop()
        this.isInSet = false
        return
      case kind.dot:
        this.#at -= 1
        token.image = '.'
        this.#state = 'modifier'
        return
      default:
        this.#finishWord(token)
    }
  }

  #finishWord(token: Token): void {
    switch (token.kind) {
      case kind.indexClose:
      case kind.referenceCurlyClose:
      case kind.endDirective:
      case kind.else:
        this.pop()
        return
      case kind.if:
      case kind.elseif:
        this.#state = 'directive'
        return
      case kind.string:
        if (this.#state === 'directive' && !this.isInSet && this.#open === 0) this.pop()
        return
      case kind.integer:
        if (token.image.endsWith('..')) {
          this.#at -= 2
          token.image = token.image.slice(0, -2)
        }
        if (this.#state !== 'index') this.#finishNumber()
        return
      case kind.float:
        this.#finishNumber()
        return
      default:
    }
  }

  #finishNumber(): void {
    if (this.#open === 0 && !this.isInSet && this.#state !== 'call') this.pop()
  }

  /** Falls back to the state that opened a parenthesis, and closes one of it. */
  #closeParenthesis(): void {
    if (this.#isInComment) return
    for (;;) {
      if (this.#open > 0) {
        if (this.#open === this.#closed + 1) this.pop()
        else this.#closed += 1
        return
      }
      if (!this.pop()) return
    }
  }
}
