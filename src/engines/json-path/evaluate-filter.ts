import { isNumber, type JavaNumber } from '../vtl/java-number.ts'
import { areEqual, JavaList, JavaMap } from '../vtl/values.ts'
import {
  compareDecimals,
  compareNumbers,
  decimalTextOf,
  elementsOf,
  isDecimal,
  toNumber,
  type DocumentNode,
} from './document.ts'
import type { FilterCondition, FilterOperand, RelationalOperator } from './path-steps.ts'
import {
  PathNotApplicable,
  PathNotFound,
  PathStepsExceeded,
  type Reading,
  type StepBudget,
} from './reading.ts'

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
      const left = valueOf(condition.left, node, reading)
      return relations[condition.operator](
        left,
        valueOf(condition.right, node, reading),
        reading.budget,
      )
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

type Relation = (left: Operand, right: Operand, budget: StepBudget) => boolean

function not(relation: Relation): Relation {
  return (left, right, budget) => !relation(left, right, budget)
}

const relations: Readonly<Record<RelationalOperator, Relation>> = Object.freeze({
  '==': equals,
  '!=': not(equals),
  '===': equalsTyped,
  '!==': not(equalsTyped),
  '<': ordered((order) => order < 0),
  '<=': ordered((order) => order <= 0),
  '>': ordered((order) => order > 0),
  '>=': ordered((order) => order >= 0),
  '=~': matches,
  IN: isIn,
  NIN: not(isIn),
  CONTAINS: contains,
  SIZE: hasSize,
  EMPTY: isEmpty,
  SUBSETOF: ofLists((left, isAmong) => left.every(isAmong)),
  ANYOF: ofLists((left, isAmong) => left.some(isAmong)),
  NONEOF: ofLists((left, isAmong) => !left.some(isAmong)),
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
function equals(left: Operand, right: Operand, budget: StepBudget): boolean {
  budget.spend()
  if (left === nothing || right === nothing) return false
  if (typeof left === 'string') return isScalarText(right) && left === textOf(right)
  if (isNumber(left)) {
    if (isNumber(right)) return compareNumbers(left, right) === 0
    if (!isScalarText(right) || !isDecimal(textOf(right))) return false
    return compareDecimals(decimalTextOf(left), textOf(right)) === 0
  }
  return left === right || (isNode(left) && isNode(right) && areEqual(left, right, budget))
}

function equalsTyped(left: Operand, right: Operand, budget: StepBudget): boolean {
  return kindOf(left) === kindOf(right) && equals(left, right, budget)
}

/** Two numbers, or two texts: others have no order. */
function ordered(isInOrder: (order: number) => boolean): Relation {
  return (left, right) => {
    if (isNumber(left) && isNumber(right)) return isInOrder(compareNumbers(left, right))
    if (typeof left !== 'string' || typeof right !== 'string') return false
    return isInOrder(left < right ? -1 : left > right ? 1 : 0)
  }
}

/** What a match that is tried step by step counts for. Chosen. */
const boundedMatchSteps = 1_000

/** What is neither a text, a number nor a boolean is matched as an empty text. */
function matches(left: Operand, right: Operand, budget: StepBudget): boolean {
  const pattern = isPattern(left) ? left : right
  const subject = isPattern(left) ? right : left
  if (!isPattern(pattern) || isPattern(subject)) return false
  const text = matchedText(subject)
  const { engine } = pattern.pattern
  budget.spend(engine === 'linear' ? text.length : boundedMatchSteps)
  const verdict = pattern.pattern.match(text)
  if (verdict === 'exceeded') throw new PathStepsExceeded('A pattern takes too many steps')
  return verdict === 'match'
}

function matchedText(subject: Operand): string {
  if (isScalarText(subject)) return textOf(subject)
  return typeof subject === 'boolean' ? String(subject) : ''
}

function isIn(left: Operand, right: Operand, budget: StepBudget): boolean {
  if (right instanceof JavaMap) return false
  return requiredElements(right).some((element) => equals(left, element, budget))
}

function contains(left: Operand, right: Operand, budget: StepBudget): boolean {
  if (typeof left === 'string') {
    budget.spend(left.length >> 6)
    return typeof right === 'string' && left.includes(right)
  }
  return left instanceof JavaList && left.items.some((element) => equals(right, element, budget))
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
function ofLists(
  isTrue: (left: Elements, isAmong: (element: DocumentNode) => boolean) => boolean,
): Relation {
  return (left, right, budget) => {
    if (right instanceof JavaMap) return false
    const others = requiredElements(right)
    if (left instanceof JavaMap) return false
    return isTrue(requiredElements(left), (element) =>
      others.some((other) => equals(element, other, budget)),
    )
  }
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
