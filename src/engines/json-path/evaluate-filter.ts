import { isNumber, type JavaNumber } from '../vtl/java-number.ts'
import { areEqual, JavaList, JavaMap } from '../vtl/values.ts'
import {
  compareDecimals,
  decimalTextOf,
  elementsOf,
  isDecimal,
  toNumber,
  type DocumentNode,
} from './document.ts'
import type { FilterCondition, FilterOperand, RelationalOperator } from './path-steps.ts'
import { PathNotApplicable, PathNotFound, type Reading } from './reading.ts'

/** Stands for the value of a path that finds nothing: it equals nothing, not even itself. */
const nothing: unique symbol = Symbol('nothing')

type Operand = DocumentNode | typeof nothing | Extract<FilterOperand, { kind: 'pattern' }>

/** Whether a filter takes a value. Where an operator cannot be applied, it does not. */
export function isTaken(condition: FilterCondition, node: DocumentNode, reading: Reading): boolean {
  try {
    return holds(condition, node, reading)
  } catch (error) {
    if (error instanceof PathNotApplicable) return false
    throw error
  }
}

function holds(condition: FilterCondition, node: DocumentNode, reading: Reading): boolean {
  switch (condition.kind) {
    case 'or':
      return condition.operands.some((operand) => holds(operand, node, reading))
    case 'and':
      return condition.operands.every((operand) => holds(operand, node, reading))
    case 'not':
      return !holds(condition.operand, node, reading)
    case 'exists':
      return exists(condition, node, reading)
    case 'relation': {
      const { operator, left, right } = condition
      return relations[operator](valueOf(left, node, reading), valueOf(right, node, reading))
    }
  }
}

function exists(
  { path }: Extract<FilterCondition, { kind: 'exists' }>,
  node: DocumentNode,
  reading: Reading,
): boolean {
  try {
    // Jayway asks the value of the filter also where a path says that the document is meant.
    reading.readInner({ ...path, root: '@' }, node, { ...reading, requiresMembers: true })
    return true
  } catch (error) {
    if (error instanceof PathNotFound) return false
    throw error
  }
}

function valueOf(operand: FilterOperand, node: DocumentNode, reading: Reading): Operand {
  if (operand.kind === 'literal') return operand.value
  if (operand.kind === 'pattern') return operand
  try {
    return reading.readInner(operand.path, node, { ...reading, requiresMembers: false })
  } catch (error) {
    if (error instanceof PathNotFound) return nothing
    throw error
  }
}

const relations: Readonly<Record<RelationalOperator, (left: Operand, right: Operand) => boolean>> =
  Object.freeze({
    '==': equals,
    '!=': (left: Operand, right: Operand) => !equals(left, right),
    '===': equalsTyped,
    '!==': (left: Operand, right: Operand) => !equalsTyped(left, right),
    '<': ordered((order) => order < 0),
    '<=': ordered((order) => order <= 0),
    '>': ordered((order) => order > 0),
    '>=': ordered((order) => order >= 0),
    '=~': matches,
    IN: isIn,
    NIN: (left: Operand, right: Operand) => !isIn(left, right),
    CONTAINS: contains,
    SIZE: hasSize,
    EMPTY: isEmpty,
    SUBSETOF: ofLists((left, right) => left.every((element) => isAmong(element, right))),
    ANYOF: ofLists((left, right) => left.some((element) => isAmong(element, right))),
    NONEOF: ofLists((left, right) => !left.some((element) => isAmong(element, right))),
    // Jayway takes no list that is written in a path for ALL, and only a program could name a type or a
    // predicate to the others.
    ALL: refused,
    TYPE: refused,
    MATCHES: refused,
    EXISTS: refused,
  })

function refused(): boolean {
  throw new PathNotApplicable('The operator takes no text')
}

/** A text and a number are equal when the left one's kind says so: `'10' == 10`, not `'10.0' == 10`. */
function equals(left: Operand, right: Operand): boolean {
  if (left === nothing || right === nothing) return false
  if (typeof left === 'string') return isScalarText(right) && left === textOf(right)
  if (isNumber(left)) {
    if (!isScalarText(right) || !isDecimal(textOf(right))) return false
    return compareDecimals(decimalTextOf(left), textOf(right)) === 0
  }
  return left === right || (isNode(left) && isNode(right) && areEqual(left, right))
}

function equalsTyped(left: Operand, right: Operand): boolean {
  return kindOf(left) === kindOf(right) && equals(left, right)
}

/** Two numbers, or two texts: others have no order. */
function ordered(isInOrder: (order: number) => boolean) {
  return (left: Operand, right: Operand): boolean => {
    if (isNumber(left) && isNumber(right)) {
      return isInOrder(compareDecimals(decimalTextOf(left), decimalTextOf(right)))
    }
    if (typeof left !== 'string' || typeof right !== 'string') return false
    return isInOrder(left < right ? -1 : left > right ? 1 : 0)
  }
}

/** A list matches when one of its elements does, an empty one as an empty text. */
function matches(left: Operand, right: Operand): boolean {
  const pattern = isPattern(left) ? left : right
  const subject = isPattern(left) ? right : left
  if (!isPattern(pattern) || isPattern(subject)) return false
  const isList = subject instanceof JavaList && subject.items.length > 0
  const subjects: readonly Operand[] = isList ? subject.items : [subject]
  return subjects.some((one) => pattern.pattern.match(matchedText(one)) === 'match')
}

function matchedText(subject: Operand): string {
  if (isScalarText(subject)) return textOf(subject)
  return typeof subject === 'boolean' ? String(subject) : ''
}

function isIn(left: Operand, right: Operand): boolean {
  if (right instanceof JavaMap) return false
  return requiredElements(right).some((element) => equals(left, element))
}

function contains(left: Operand, right: Operand): boolean {
  if (typeof left === 'string') return typeof right === 'string' && left.includes(right)
  return left instanceof JavaList && left.items.some((element) => equals(right, element))
}

function hasSize(left: Operand, right: Operand): boolean {
  if (!isNumber(right)) return false
  const size = Math.trunc(toNumber(right))
  if (typeof left === 'string') return left.length === size
  if (left instanceof JavaList) return left.items.length === size
  return left instanceof JavaMap && size === -1
}

function isEmpty(left: Operand, right: Operand): boolean {
  const measured = typeof left === 'string' ? left.length : sizeOf(left)
  if (measured === undefined) return false
  if (typeof right !== 'boolean') throw new PathNotApplicable('EMPTY takes true or false')
  return (measured === 0) === right
}

function sizeOf(operand: Operand): number | undefined {
  if (operand instanceof JavaList) return operand.items.length
  return operand instanceof JavaMap ? operand.values.size : undefined
}

type Elements = readonly DocumentNode[]

/** Of two lists; an object is none, and anything else cannot be asked. */
function ofLists(isTrue: (left: Elements, right: Elements) => boolean) {
  return (left: Operand, right: Operand): boolean => {
    if (right instanceof JavaMap) return false
    const others = requiredElements(right)
    return left instanceof JavaMap ? false : isTrue(requiredElements(left), others)
  }
}

function isAmong(element: DocumentNode, elements: Elements): boolean {
  return elements.some((other) => equals(element, other))
}

/** @throws {PathNotApplicable} for what is no list. */
function requiredElements(operand: Operand): readonly DocumentNode[] {
  const elements = isNode(operand) ? elementsOf(operand) : undefined
  if (elements !== undefined) return elements
  throw new PathNotApplicable('Expected a list')
}

function isPattern(operand: Operand): operand is Extract<FilterOperand, { kind: 'pattern' }> {
  return typeof operand === 'object' && operand !== null && 'pattern' in operand
}

function isNode(operand: Operand): operand is DocumentNode {
  return operand !== nothing && !isPattern(operand)
}

function isScalarText(operand: Operand): operand is string | JavaNumber {
  return typeof operand === 'string' || isNumber(operand)
}

function textOf(scalar: string | JavaNumber): string {
  return typeof scalar === 'string' ? scalar : decimalTextOf(scalar)
}

function kindOf(operand: Operand): string {
  if (operand === nothing || operand === null) return String(operand)
  if (isPattern(operand)) return 'pattern'
  if (isNumber(operand)) return 'number'
  return typeof operand
}
