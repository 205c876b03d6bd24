import { compileReference } from './compile-reference.ts'
import { type CompileUnit, offsetOf, sourceOf, tokenAt } from './compile-unit.ts'
import type { Evaluate, Frame, Test } from './frame.ts'
import { isNumber, JavaDouble, toInt, wholeNumber } from './java-number.ts'
import { chargeKey } from './members.ts'
import { arithmetic, type Arithmetic, equals, isOrdered } from './operators.ts'
import type { Expression, NodeSpan } from './syntax-tree.ts'
import { JavaList, JavaMap, type Value } from './values.ts'
import { textOf } from './value-text.ts'
import { TemplateFailure } from './vtl-error.ts'

type Binary = Extract<Expression, { kind: 'binary' }>

/** Compiles an expression to what gives its value. */
export function compileExpression(unit: CompileUnit, node: Expression): Evaluate {
  switch (node.kind) {
    case 'group':
      return compileExpression(unit, node.inner)
    case 'reference':
      return compileReference(unit, node).evaluate
    case 'string':
      return compileString(unit, node)
    case 'integer':
      return constant(wholeNumber(BigInt(numeral(unit, node))))
    case 'float':
      return constant(new JavaDouble(Number(numeral(unit, node))))
    case 'true':
    case 'false':
      return constant(node.kind === 'true')
    case 'word':
      return constant(null)
    case 'range':
      return compileRange(unit, node)
    case 'list':
      return compileList(unit, node)
    case 'map':
      return compileMap(unit, node)
    case 'not':
    case 'binary':
      return compileOperation(unit, node)
  }
}

/** The number as it is written: a `#` right before it is taken for a part of it, and it is none then. */
function numeral(unit: CompileUnit, { first }: NodeSpan): string {
  const { image } = tokenAt(unit, first)
  if (/^-?[\d.]/.test(image)) return image
  throw new TemplateFailure('runtime', `${image} is no number`)
}

function constant(value: Value): Evaluate {
  return () => value
}

/** Compiles an expression to what says whether it holds: only references, operators and `true` may. */
export function compileTest(unit: CompileUnit, node: Expression): Test {
  switch (node.kind) {
    case 'group':
      return compileTest(unit, node.inner)
    case 'reference':
      return compileReference(unit, node).test
    case 'true':
      return () => true
    case 'not': {
      const test = compileTest(unit, node.operand)
      return (frame) => !test(frame)
    }
    case 'binary':
      return compileBinaryTest(unit, node)
    default:
      // What is wrong with a literal shows although its value never counts.
      compileExpression(unit, node)
      return () => false
  }
}

function compileBinaryTest(unit: CompileUnit, node: Binary): Test {
  const { operator } = node
  if (operator === 'and' || operator === 'or') {
    const left = compileTest(unit, node.left)
    const right = compileTest(unit, node.right)
    if (operator === 'and') return (frame) => left(frame) && right(frame)
    return (frame) => left(frame) || right(frame)
  }
  const left = compileExpression(unit, node.left)
  const right = compileExpression(unit, node.right)
  switch (operator) {
    case 'equal':
      return equality(unit, left, right)
    case 'not-equal': {
      const test = equality(unit, left, right)
      return (frame) => !test(frame)
    }
    case 'less':
    case 'greater':
    case 'less-or-equal':
    case 'greater-or-equal':
      return (frame) => isOrdered(operator, [left(frame), right(frame)], frame.run.budget)
    default:
      // A sum is no truth, but it is worked out for what it does.
      return () => false
  }
}

function equality({ dialect }: CompileUnit, left: Evaluate, right: Evaluate): Test {
  if (!dialect.nullEqualsEmpty) {
    return (frame) => equals(left(frame), right(frame), frame.run.budget)
  }
  return (frame) => {
    const one = left(frame)
    const other = right(frame)
    if (one === null && other === '') return true
    if (other === null && one === '') return true
    return equals(one, other, frame.run.budget)
  }
}

function compileOperation(
  unit: CompileUnit,
  node: Extract<Expression, { kind: 'binary' | 'not' }>,
): Evaluate {
  if (node.kind === 'binary') {
    switch (node.operator) {
      case 'add':
        return compileSum(unit, node)
      case 'subtract':
      case 'multiply':
      case 'divide':
      case 'modulo':
        return compileArithmetic(unit, node, node.operator)
      default:
    }
  }
  return compileTest(unit, node)
}

function compileArithmetic(unit: CompileUnit, node: Binary, operator: Arithmetic): Evaluate {
  const left = compileExpression(unit, node.left)
  const right = compileExpression(unit, node.right)
  return (frame) => arithmetic(operator, [left(frame), right(frame)], frame.run.budget)
}

/** Texts are put together; a side that has no value then stands as it is written. */
function compileSum(unit: CompileUnit, node: Binary): Evaluate {
  const left = compileExpression(unit, node.left)
  const right = compileExpression(unit, node.right)
  const leftSource = sourceOf(unit, node.left)
  const rightSource = sourceOf(unit, node.right)
  return (frame) => {
    const one = left(frame)
    const other = right(frame)
    const { budget } = frame.run
    if (typeof one !== 'string' && typeof other !== 'string') {
      return arithmetic('add', [one, other], budget)
    }
    const begin = one === null ? leftSource : textOf(one, budget)
    const end = other === null ? rightSource : textOf(other, budget)
    if (begin === null || end === null) throw new TemplateFailure('runtime', 'a side has no text')
    const sum = begin + end
    budget.checkLength(sum.length)
    return sum
  }
}

function compileList(unit: CompileUnit, node: Extract<Expression, { kind: 'list' }>): Evaluate {
  const items = node.items.map((item) => compileExpression(unit, item))
  const steps = items.length >> 2
  return (frame) => {
    frame.run.budget.spend(steps)
    return new JavaList(items.map((item) => item(frame)))
  }
}

function compileMap(unit: CompileUnit, node: Extract<Expression, { kind: 'map' }>): Evaluate {
  const items = node.items.map((item) => compileExpression(unit, item))
  return (frame) => {
    const map = new JavaMap()
    frame.run.budget.spend(items.length)
    for (let i = 0; i + 1 < items.length; i += 2) {
      const key = items[i]?.(frame) ?? null
      chargeKey(key, frame.run.budget)
      map.set(key, items[i + 1]?.(frame) ?? null)
    }
    return map
  }
}

function compileRange(unit: CompileUnit, node: Extract<Expression, { kind: 'range' }>): Evaluate {
  const from = compileExpression(unit, node.from)
  const to = compileExpression(unit, node.to)
  return (frame) => {
    const one = from(frame)
    const other = to(frame)
    if (!isNumber(one) || !isNumber(other)) return null
    const begin = toInt(one)
    const count = Math.abs(begin - toInt(other)) + 1
    frame.run.budget.checkMembers(count)
    const step = begin >= toInt(other) ? -1 : 1
    return new JavaList(Array.from({ length: count }, (_, i) => begin + i * step))
  }
}

function compileString(unit: CompileUnit, node: NodeSpan): Evaluate {
  const { text, source, isTemplate, hasLineComment } = nestedSource(tokenAt(unit, node.first).image)
  if (!isTemplate) return constant(text)
  const { render, isTrimmed } =
    unit.prepared.texts.get(node.first) ?? unit.compileNested(source, offsetOf(unit, node))
  const isWhole = hasLineComment !== isTrimmed
  return (frame: Frame) => {
    const rendered = frame.run.capture(() => render(frame))
    if (rendered.length > 1000) frame.run.budget.spend(rendered.length >> 10)
    if (isWhole) return rendered
    return isTrimmed ? `${rendered} ` : rendered.slice(0, -1)
  }
}

/** What a text in quotes says, and the template that it is. */
export function nestedSource(image: string): {
  readonly text: string
  readonly source: string
  readonly isTemplate: boolean
  readonly hasLineComment: boolean
} {
  const quote = image[0] ?? '"'
  const content = quote === '"' ? withCharacterCodes(image.slice(1, -1)) : image.slice(1, -1)
  const text = content.replaceAll(quote + quote, quote)
  const isTemplate = quote === '"' && /[$#]/.test(image)
  // Behind a line comment nothing may be added; elsewhere a space ends what the text ends with.
  const hasLineComment = text.includes('##')
  return { text, source: hasLineComment ? text : `${text} `, isTemplate, hasLineComment }
}

/** `\u` and four digits stand for a character, wherever they are. */
function withCharacterCodes(text: string): string {
  return text.replaceAll(/\\u([\s\S]{0,4})/g, (_, digits: string) => {
    if (!/^[\da-fA-F]{4}$/.test(digits)) {
      throw new TemplateFailure('runtime', `\\u is not followed by four digits`)
    }
    return String.fromCharCode(Number.parseInt(digits, 16))
  })
}
