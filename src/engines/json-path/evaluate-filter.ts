import {
  compareDecimals,
  decimalTextOf,
  isDecimal,
  isList,
  isNumber,
  isObject,
  type DocumentNode,
} from './document.ts'
import type { FilterCondition, FilterOperand, RelationalOperator } from './path-steps.ts'
import { PathNotApplicable, PathNotFound, type Reading } from './reading.ts'

/** Stands for the value of a path that finds nothing: it equals nothing, not even itself. */
const nothing: unique symbol = Symbol('nothing')

type Operand = DocumentNode | typeof nothing | Extract<FilterOperand, { kind: 'pattern' }>

/** Whether a filter takes a value. */
export function holds(condition: FilterCondition, node: DocumentNode, reading: Reading): boolean {
  switch (condition.kind) {
    case 'or':
      return condition.operands.some((operand) => holds(operand, node, reading))
    case 'and':
      return condition.operands.every((operand) => holds(operand, node, reading))
    case 'not':
      return !holds(condition.operand, node, reading)
    case 'exists':
      return exists(condition, node, reading)
    case 'relation':
      return relates(condition, node, reading)
  }
}

function exists(
  { path }: Extract<FilterCondition, { kind: 'exists' }>,
  node: DocumentNode,
  reading: Reading,
): boolean {
  try {
    reading.readInner(path, node, { ...reading, requiresMembers: true })
    return true
  } catch (error) {
    if (error instanceof PathNotFound) return false
    throw error
  }
}

function relates(
  { operator, left, right }: Extract<FilterCondition, { kind: 'relation' }>,
  node: DocumentNode,
  reading: Reading,
): boolean {
  try {
    return relations[operator](valueOf(left, node, reading), valueOf(right, node, reading))
  } catch (error) {
    // What an operator cannot be applied to is not taken.
    if (error instanceof PathNotApplicable) return false
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
    ALL: hasAll,
    SIZE: hasSize,
    EMPTY: isEmpty,
    SUBSETOF: (left: Operand, right: Operand) => {
      const others = listOf(right)
      return listOf(left).every((element) => others.some((other) => equals(element, other)))
    },
    ANYOF: (left: Operand, right: Operand) => sharesAny(left, right),
    NONEOF: (left: Operand, right: Operand) => !sharesAny(left, right),
    // Only a program could name a type or a predicate to these.
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
  if (isNode(left) && isNumber(left)) {
    if (!isScalarText(right) || !isDecimal(textOf(right))) return false
    return compareDecimals(decimalTextOf(left), textOf(right)) === 0
  }
  return left === right || (isNode(left) && isNode(right) && isDeepEqual(left, right))
}

function equalsTyped(left: Operand, right: Operand): boolean {
  return kindOf(left) === kindOf(right) && equals(left, right)
}

function isDeepEqual(left: DocumentNode, right: DocumentNode): boolean {
  if (isList(left) && isList(right)) {
    if (left.length !== right.length) return false
    return left.every((element, index) => {
      const other = right[index]
      return other !== undefined && isDeepEqual(element, other)
    })
  }
  if (isObject(left) && isObject(right)) {
    if (left.size !== right.size) return false
    return left.entries().every(([name, value]) => {
      const other = right.get(name)
      return other !== undefined && isDeepEqual(value, other)
    })
  }
  if (isNumber(left) && isNumber(right)) return decimalTextOf(left) === decimalTextOf(right)
  return left === right
}

function ordered(isTaken: (order: number) => boolean) {
  return (left: Operand, right: Operand): boolean => {
    if (!isScalarText(left) || !isScalarText(right)) return false
    if (typeof left !== 'string' && typeof right !== 'string') {
      return isTaken(compareDecimals(textOf(left), textOf(right)))
    }
    const [a, b] = [textOf(left), textOf(right)]
    return isTaken(a < b ? -1 : a > b ? 1 : 0)
  }
}

/** A list matches when one of its elements does. */
function matches(left: Operand, right: Operand): boolean {
  const pattern = isPattern(left) ? left : right
  const subject = isPattern(left) ? right : left
  if (!isPattern(pattern) || isPattern(subject)) return false
  const subjects: readonly Operand[] = isNode(subject) && isList(subject) ? subject : [subject]
  return subjects.some((one) => pattern.pattern.match(matchedText(one)) === 'match')
}

function matchedText(subject: Operand): string {
  if (isScalarText(subject)) return textOf(subject)
  return typeof subject === 'boolean' ? String(subject) : ''
}

function isIn(left: Operand, right: Operand): boolean {
  if (isNode(right) && isObject(right)) return false
  return listOf(right).some((element) => equals(left, element))
}

function contains(left: Operand, right: Operand): boolean {
  if (typeof left === 'string') return typeof right === 'string' && left.includes(right)
  return isNode(left) && isList(left) && left.some((element) => equals(right, element))
}

function hasAll(left: Operand, right: Operand): boolean {
  const required = listOf(right)
  if (!isNode(left) || !(isList(left) || isObject(left))) return false
  if (isObject(left)) return true
  return required.every((one) => left.some((element) => equals(one, element)))
}

function hasSize(left: Operand, right: Operand): boolean {
  if (!isNode(right) || !isNumber(right)) return false
  const size = Math.trunc(Number(decimalTextOf(right)))
  if (typeof left === 'string') return left.length === size
  return isNode(left) && (isList(left) ? left.length === size : isObject(left) && size === -1)
}

function isEmpty(left: Operand, right: Operand): boolean {
  const measured = typeof left === 'string' ? left.length : sizeOf(left)
  if (measured === undefined) return false
  if (typeof right !== 'boolean') throw new PathNotApplicable('EMPTY takes true or false')
  return (measured === 0) === right
}

function sizeOf(operand: Operand): number | undefined {
  if (!isNode(operand)) return undefined
  if (isList(operand)) return operand.length
  return isObject(operand) ? operand.size : undefined
}

function sharesAny(left: Operand, right: Operand): boolean {
  const others = listOf(right)
  return listOf(left).some((element) => others.some((other) => equals(element, other)))
}

/** @throws {PathNotApplicable} for what is no list. */
function listOf(operand: Operand): readonly DocumentNode[] {
  if (isNode(operand) && isList(operand)) return operand
  throw new PathNotApplicable('Expected a list')
}

function isPattern(operand: Operand): operand is Extract<FilterOperand, { kind: 'pattern' }> {
  return typeof operand === 'object' && operand !== null && 'pattern' in operand
}

function isNode(operand: Operand): operand is DocumentNode {
  return operand !== nothing && !isPattern(operand)
}

function isScalarText(operand: Operand): operand is Exclude<DocumentNode, boolean | null> {
  return typeof operand === 'string' || (isNode(operand) && isNumber(operand))
}

function textOf(scalar: Exclude<DocumentNode, boolean | null>): string {
  if (typeof scalar === 'string') return scalar
  return isNumber(scalar) ? decimalTextOf(scalar) : ''
}

function kindOf(operand: Operand): string {
  if (operand === nothing || operand === null) return String(operand)
  if (isPattern(operand)) return 'pattern'
  if (isNumber(operand)) return 'number'
  return typeof operand
}
