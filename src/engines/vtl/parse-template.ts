import { ExpressionParser } from './parse-expression.ts'
import type { Block, Branch, Directive, Expression, Statement, SyntaxTree } from './syntax-tree.ts'
import type { Steps } from './steps.ts'
import { TokenReader } from './token-reader.ts'
import { type Token, tokenKind as kind } from './tokens.ts'

/** What a template may know of macros while it is read. */
export interface KnownMacros {
  /** Defined before what is read: their escaped names lose a backslash. */
  readonly names: Set<string>
  /** Ready to be called; words are no parameters of such. */
  isDefined(name: string): boolean
}

/** Branches of one `#if`, which is compiled in one step. */
const branchesMax = 2000
/** Tokens that are read between two steps. */
const tokensPerStep = 400

/** Directives that the grammar does not know by itself. */
const blockDirectives: ReadonlySet<string> = new Set(['foreach', 'macro', 'define', 'literal'])
const lineDirectives: ReadonlySet<string> = new Set([
  'include',
  'parse',
  'evaluate',
  'break',
  'stop',
])
const grammarDirectives: ReadonlySet<string> = new Set(['if', 'end', 'set', 'else', 'elseif'])

/** Whether a name is a directive of Velocity's own, besides `#if`, `#else`, `#elseif`, `#end` and `#set`. */
export function isDirectiveName(name: string): boolean {
  return blockDirectives.has(name) || lineDirectives.has(name)
}

/**
 * Reads a template as Velocity 1.7 does, in steps of a millisecond or a few: whoever calls may pause between
 * any two.
 *
 * @throws {VtlError} for what is no template, and for what is nested too deep.
 */
export function* parseTemplateSteps(text: string, macros: KnownMacros): Steps<SyntaxTree> {
  const reader = new TokenReader(text)
  const parser = new TemplateParser(reader, macros)
  const statements = yield* parser.readStatements()
  if (reader.peek() !== kind.end) reader.fail('text or a directive is expected')
  return { text, tokens: reader.tokens, statements }
}

class TemplateParser {
  readonly #reader: TokenReader
  readonly #expressions: ExpressionParser
  readonly #macros: KnownMacros
  #pauseAt = tokensPerStep

  constructor(reader: TokenReader, macros: KnownMacros) {
    this.#reader = reader
    this.#expressions = new ExpressionParser(reader)
    this.#macros = macros
  }

  /** Up to what begins no statement. */
  *readStatements(): Steps<Statement[]> {
    const statements: Statement[] = []
    for (;;) {
      this.#reader.beginStatement()
      const statement = this.#findSimple() ?? (yield* this.#findWithBlock())
      if (statement === undefined) return statements
      statements.push(statement)
      if (this.#reader.tokens.length < this.#pauseAt) continue
      this.#pauseAt = this.#reader.tokens.length + tokensPerStep
      yield
    }
  }

  /** What may hold a block. */
  *#findWithBlock(): Steps<Statement | undefined> {
    const reader = this.#reader
    const next = reader.peek()
    const isDirective = next === kind.word || next === kind.bracketedWord
    if (next !== kind.if && !isDirective) return undefined
    reader.enter()
    const statement: Statement = isDirective ? yield* this.#readDirective() : yield* this.#readIf()
    reader.leave()
    return statement
  }

  #findSimple(): Statement | undefined {
    const reader = this.#reader
    const next = reader.peek()
    if (textKinds.has(next)) return this.#readSimple('text')
    switch (next) {
      case kind.identifier:
        // Where the reference ends is known with the token behind its name.
        reader.peek(1)
        return this.#expressions.readReference()
      case kind.referenceCurly:
        if (reader.peek(1) === kind.identifier) return this.#expressions.readReference()
        return this.#readSimple('text')
      case kind.lineCommentOpen:
        return this.#readLineComment()
      case kind.comment:
      case kind.formalComment:
        return this.#readSimple('comment')
      case kind.textblock:
        return this.#readSimple('textblock')
      case kind.set:
        return this.#readSet()
      case kind.escapedDirective:
        return this.#readEscapedDirective()
      case kind.doubleEscape:
        return this.#readEscape()
      default:
        return undefined
    }
  }

  #readSimple(statementKind: 'text' | 'comment' | 'textblock' | 'escaped-directive'): Statement {
    const first = this.#reader.place
    this.#reader.take()
    return { kind: statementKind, first, last: first }
  }

  #readLineComment(): Statement {
    const first = this.#reader.place
    this.#reader.take()
    this.#reader.accept(kind.lineComment)
    return { kind: 'comment', first, last: this.#reader.lastPlace }
  }

  #readSet(): Statement {
    const reader = this.#reader
    const first = reader.place
    reader.take()
    reader.skipWhitespace()
    const left = this.#expressions.readReference()
    reader.skipWhitespace()
    reader.expect(kind.assign, '"="')
    const right = this.#expressions.readExpression()
    reader.expect(kind.rightParen, '")"')
    reader.source.isInSet = false
    reader.accept(kind.newline)
    return { kind: 'set', left, right, first, last: reader.lastPlace }
  }

  *#readBlock(): Steps<Block> {
    const first = this.#reader.place
    const statements = yield* this.readStatements()
    this.#reader.beginStatement()
    return { kind: 'block', statements, first, last: this.#reader.lastPlace }
  }

  *#readIf(): Steps<Statement> {
    const reader = this.#reader
    const first = reader.place
    const branches: Branch[] = [yield* this.#readBranch()]
    while (reader.peek() === kind.elseif) {
      branches.push(yield* this.#readBranch())
      if (branches.length > branchesMax) {
        reader.refuseAt(first, `an #if has more than ${branchesMax} branches`)
      }
    }
    if (reader.peek() === kind.else) {
      const begin = reader.place
      reader.take()
      const block = yield* this.#readBlock()
      branches.push({ condition: undefined, block, first: begin, last: reader.lastPlace })
    }
    reader.expect(kind.endDirective, '#end')
    return { kind: 'if', branches, first, last: reader.lastPlace }
  }

  *#readBranch(): Steps<Branch> {
    const reader = this.#reader
    const first = reader.place
    reader.take()
    reader.skipWhitespace()
    reader.expect(kind.leftParen, '"("')
    const condition = this.#expressions.readExpression()
    reader.expect(kind.rightParen, '")"')
    const block = yield* this.#readBlock()
    return { condition, block, first, last: reader.lastPlace }
  }

  /** Backslashes before a directive that there is stand for half as many. */
  #readEscapedDirective(): Statement {
    const statement = this.#readSimple('escaped-directive')
    const token = this.#token(statement.first)
    const slash = token.image.lastIndexOf('\\')
    const directive = token.image.slice(slash + 1)
    const name = directive[1] === '{' ? directive.slice(2, -1) : directive.slice(1)
    if (this.#isKnown(name) || grammarDirectives.has(name)) {
      token.image = token.image.slice(0, Math.floor(slash / 2)) + directive
    }
    return statement
  }

  #isKnown(name: string): boolean {
    return isDirectiveName(name) || this.#macros.names.has(name) || this.#macros.isDefined(name)
  }

  #readEscape(): Statement {
    const reader = this.#reader
    const first = reader.place
    let count = 0
    do {
      reader.take()
      count += 1
    } while (reader.peek() === kind.doubleEscape)
    const next = reader.peek()
    const isDirective = next >= kind.endDirective && next <= kind.else
    const name = reader.tokens[reader.place]?.image.slice(1) ?? ''
    const single = isDirective || this.#isKnown(name)
    const text = (single ? '\\' : '\\\\').repeat(count)
    return { kind: 'escape', text, first, last: reader.lastPlace }
  }

  #token(place: number): Token {
    return this.#reader.tokens[place] ?? this.#reader.fail('a token is expected')
  }

  *#readDirective(): Steps<Directive> {
    const reader = this.#reader
    const first = reader.place
    const token = reader.take()
    const isBracketed = token.kind === kind.bracketedWord
    const name = isBracketed ? token.image.slice(2, -1) : token.image.slice(1)
    const isMacro = name === 'macro'
    reader.source.switchTo('directive')
    if (!isParenthesisAhead(reader.source.text, reader.source.offset)) {
      if (isMacro) reader.failAt(first, 'a macro declaration requires a name')
      reader.source.pop()
      return { kind: 'directive', name, parameters: [], block: undefined, first, last: first }
    }
    reader.skipWhitespace()
    reader.expect(kind.leftParen, '"("')
    const parameters = this.#readParameters(name, first)
    reader.skipWhitespace()
    reader.expect(kind.rightParen, '")"')
    const isBlock = blockDirectives.has(name) || (name.startsWith('@') && !isDirectiveName(name))
    const block = isBlock ? yield* this.#readBlock() : undefined
    if (isBlock) reader.expect(kind.endDirective, '#end')
    if (isMacro) {
      if (parameters.length === 0) reader.failAt(first, 'a macro declaration requires a name')
      this.#macros.names.add(this.#token(parameters[0]?.first ?? first).image)
    }
    return { kind: 'directive', name, parameters, block, first, last: reader.lastPlace }
  }

  #readParameters(directive: string, at: number): Expression[] {
    const reader = this.#reader
    const parameters: Expression[] = []
    const isWordWrong = (place: number) =>
      isDirectiveName(directive)
        ? !(directive === 'macro' && place === 0) && !(directive === 'foreach' && place === 1)
        : this.#macros.isDefined(directive)
    while (this.#isParameterAhead()) {
      reader.skipWhitespace()
      if (reader.accept(kind.comma)) reader.skipWhitespace()
      const parameter = this.#readDirectiveParameter()
      const isWord = parameter.kind === 'word'
      if (isWord && isWordWrong(parameters.length)) {
        reader.failAt(parameter.first, `a word is no parameter of #${directive}`)
      }
      if (!isWord && directive === 'macro' && parameters.length === 0) {
        reader.failAt(at, 'the first parameter of #macro is its name, a word')
      }
      parameters.push(parameter)
    }
    return parameters
  }

  /** Looks at two tokens, no more: what begins in time is taken for a parameter. */
  #isParameterAhead(): boolean {
    const reader = this.#reader
    let ahead = 0
    for (const skipped of [kind.whitespace, kind.comma, kind.whitespace]) {
      if (ahead === 2) return true
      if (reader.peek(ahead) === skipped) ahead += 1
    }
    return ahead === 2 || parameterBegins.has(reader.peek(ahead))
  }

  #readDirectiveParameter(): Expression {
    const reader = this.#reader
    const place = reader.place
    if (reader.accept(kind.word)) return { kind: 'word', first: place, last: place }
    return this.#expressions.findValue() ?? reader.fail('a parameter is expected')
  }
}

function isParenthesisAhead(text: string, offset: number): boolean {
  let at = offset
  while (' \n\r\t'.includes(text[at] ?? '.')) at += 1
  return text[at] === '('
}

const textKinds: ReadonlySet<number> = new Set<number>([
  kind.text,
  kind.dot,
  kind.rightParen,
  kind.leftParen,
  kind.integer,
  kind.float,
  kind.string,
  kind.escape,
  kind.referenceCurlyClose,
  kind.emptyIndex,
])

const parameterBegins: ReadonlySet<number> = new Set<number>([
  kind.identifier,
  kind.referenceCurly,
  kind.word,
  kind.string,
  kind.integer,
  kind.float,
  kind.leftBracket,
  kind.leftCurly,
  kind.true,
  kind.false,
])
