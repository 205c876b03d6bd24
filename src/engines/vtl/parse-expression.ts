import type { Access, BinaryOperator, Expression, Reference } from './syntax-tree.ts'
import type { TokenReader } from './token-reader.ts'
import { tokenKind as kind } from './tokens.ts'

/** Reads the expressions and references of a template. */
export class ExpressionParser {
  readonly #reader: TokenReader
  /** Whether `[` at a place opens a range: found out once. */
  readonly #ranges = new Map<number, boolean>()

  constructor(reader: TokenReader) {
    this.#reader = reader
  }

  /** What may stand in `#if(…)` and behind `=`. */
  readExpression(): Expression {
    const first = this.#reader.place
    const inner = this.#reader.nested(() => this.#readLevel(0))
    return { kind: 'group', inner, first, last: this.#reader.lastPlace }
  }

  /** Operators of a level bind looser than those of the next. */
  #readLevel(level: number): Expression {
    const operators = levels[level]
    if (operators === undefined) return this.#readUnary()
    let left = this.#readLevel(level + 1)
    for (;;) {
      const operator = operators.get(this.#reader.peek())
      if (operator === undefined) return left
      this.#reader.take()
      const first = this.#reader.place
      const right = this.#readLevel(level + 1)
      left = { kind: 'binary', operator, left, right, first, last: this.#reader.lastPlace }
    }
  }

  #readUnary(): Expression {
    const reader = this.#reader
    const isNot = reader.peek() === kind.not
    const isSpacedNot = reader.peek() === kind.whitespace && reader.peek(1) === kind.not
    if (!isNot && !isSpacedNot) return this.#readOperand()
    reader.skipWhitespace()
    reader.take()
    const first = reader.place
    const operand = reader.nested(() => this.#readUnary())
    return { kind: 'not', operand, first, last: reader.lastPlace }
  }

  #readOperand(): Expression {
    const reader = this.#reader
    reader.skipWhitespace()
    let operand: Expression | undefined
    if (reader.accept(kind.leftParen)) {
      operand = this.readExpression()
      reader.expect(kind.rightParen, '")"')
    } else operand = this.findValue() ?? reader.fail('a value is expected')
    reader.skipWhitespace()
    return operand
  }

  /** A value with whitespace around it: a parameter of a method, an item of a list or map. */
  readParameter(): Expression {
    this.#reader.skipWhitespace()
    const value = this.findValue() ?? this.#reader.fail('a value is expected')
    this.#reader.skipWhitespace()
    return value
  }

  /** The literal or reference that begins here; undefined when none does. */
  findValue(): Expression | undefined {
    const reader = this.#reader
    const literal = literals.get(reader.peek())
    if (literal !== undefined) {
      const place = reader.place
      reader.take()
      return { kind: literal, first: place, last: place }
    }
    switch (reader.peek()) {
      case kind.identifier:
      case kind.referenceCurly:
        return this.readReference()
      case kind.leftBracket:
        return reader.nested(() => (this.#isRange() ? this.#readRange() : this.#readList()))
      case kind.leftCurly:
        return reader.nested(() => this.#readMap())
      default:
        return undefined
    }
  }

  #isRange(): boolean {
    const place = this.#reader.place
    const known = this.#ranges.get(place)
    if (known !== undefined) return known
    const isRange = this.#reader.isReadable(() => {
      this.#reader.take()
      this.#readBound()
      this.#reader.expect(kind.doubleDot, '".."')
    })
    this.#ranges.set(place, isRange)
    return isRange
  }

  #readBound(): Expression {
    const reader = this.#reader
    reader.skipWhitespace()
    const next = reader.peek()
    const isBound =
      next === kind.integer || next === kind.identifier || next === kind.referenceCurly
    const bound = (isBound ? this.findValue() : undefined) ?? reader.fail('a number is expected')
    reader.skipWhitespace()
    return bound
  }

  #readRange(): Expression {
    const reader = this.#reader
    const first = reader.place
    reader.take()
    const from = this.#readBound()
    reader.expect(kind.doubleDot, '".."')
    const to = this.#readBound()
    reader.expect(kind.rightBracket, '"]"')
    return { kind: 'range', from, to, first, last: reader.lastPlace }
  }

  #readList(): Expression {
    const reader = this.#reader
    const first = reader.place
    reader.take()
    const items: Expression[] = []
    if (reader.peek() !== kind.rightBracket) {
      do items.push(this.readParameter())
      while (reader.accept(kind.comma))
    }
    reader.expect(kind.rightBracket, '"]"')
    return { kind: 'list', items, first, last: reader.lastPlace }
  }

  #readMap(): Expression {
    const reader = this.#reader
    const first = reader.place
    reader.take()
    const items: Expression[] = []
    if (!this.#isMapEmpty()) {
      do {
        items.push(this.readParameter())
        reader.expect(kind.colon, '":"')
        items.push(this.readParameter())
      } while (reader.accept(kind.comma))
    } else reader.skipWhitespace()
    if (!reader.accept(kind.rightCurly)) reader.expect(kind.referenceCurlyClose, '"}"')
    return { kind: 'map', items, first, last: reader.lastPlace }
  }

  #isMapEmpty(): boolean {
    const ahead = this.#reader.peek() === kind.whitespace ? 1 : 0
    const next = this.#reader.peek(ahead)
    return next === kind.rightCurly || next === kind.referenceCurlyClose
  }

  readReference(): Reference {
    const reader = this.#reader
    const first = reader.place
    const isCurly = reader.accept(kind.referenceCurly)
    reader.expect(kind.identifier, 'a name')
    const accesses: Access[] = []
    this.#readIndexes(accesses)
    while (reader.peek() === kind.dot && reader.peek(1) === kind.identifier) {
      reader.take()
      accesses.push(this.#isMethod() ? this.#readMethod() : this.#readProperty())
      this.#readIndexes(accesses)
    }
    if (isCurly) reader.expect(kind.referenceCurlyClose, '"}"')
    return { kind: 'reference', accesses, first, last: reader.lastPlace }
  }

  #readIndexes(accesses: Access[]): void {
    const reader = this.#reader
    while (reader.peek() === kind.indexOpen) {
      const first = reader.place
      reader.take()
      reader.skipWhitespace()
      const parameter = reader.nested(() => this.findValue()) ?? reader.fail('an index is expected')
      reader.skipWhitespace()
      reader.expect(kind.indexClose, '"]"')
      accesses.push({ kind: 'index', parameter, first, last: reader.lastPlace })
    }
  }

  #readProperty(): Access {
    const first = this.#reader.place
    this.#reader.take()
    return { kind: 'property', first, last: first }
  }

  /** A name, a parenthesis, and a parameter or the end: otherwise the parenthesis is text. */
  #isMethod(): boolean {
    const reader = this.#reader
    return reader.peek(1) === kind.leftParen && parameterBegins.has(reader.peek(2))
  }

  #readMethod(): Access {
    const reader = this.#reader
    const first = reader.place
    reader.take()
    reader.take()
    const parameters: Expression[] = []
    if (reader.peek() !== kind.callClose) {
      reader.nested(() => {
        do parameters.push(this.readParameter())
        while (reader.accept(kind.comma))
      })
    }
    reader.expect(kind.callClose, '")"')
    return { kind: 'method', parameters, first, last: reader.lastPlace }
  }
}

const literals: ReadonlyMap<number, 'string' | 'integer' | 'float' | 'true' | 'false'> = new Map([
  [kind.string, 'string'],
  [kind.integer, 'integer'],
  [kind.float, 'float'],
  [kind.true, 'true'],
  [kind.false, 'false'],
])

const parameterBegins: ReadonlySet<number> = new Set<number>([
  kind.whitespace,
  kind.string,
  kind.integer,
  kind.float,
  kind.true,
  kind.false,
  kind.leftBracket,
  kind.leftCurly,
  kind.identifier,
  kind.referenceCurly,
  kind.callClose,
])

/** From the loosest to the tightest. */
const levels: readonly ReadonlyMap<number, BinaryOperator>[] = Object.freeze([
  new Map<number, BinaryOperator>([[kind.or, 'or']]),
  new Map<number, BinaryOperator>([[kind.and, 'and']]),
  new Map<number, BinaryOperator>([
    [kind.equal, 'equal'],
    [kind.notEqual, 'not-equal'],
  ]),
  new Map<number, BinaryOperator>([
    [kind.less, 'less'],
    [kind.greater, 'greater'],
    [kind.lessOrEqual, 'less-or-equal'],
    [kind.greaterOrEqual, 'greater-or-equal'],
  ]),
  new Map<number, BinaryOperator>([
    [kind.plus, 'add'],
    [kind.minus, 'subtract'],
  ]),
  new Map<number, BinaryOperator>([
    [kind.multiply, 'multiply'],
    [kind.divide, 'divide'],
    [kind.modulus, 'modulo'],
  ]),
])
