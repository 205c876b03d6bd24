import type { Budget } from './budget.ts'
import {
  calculate,
  compareNumbers,
  isNumber,
  JavaBigDecimal,
  JavaBigInteger,
} from './java-number.ts'
import { areEqual, className, comparisonsMax, type Value } from './values.ts'
import { textOf } from './value-text.ts'

/** The operators that compare by size. */
export type Ordering = 'less' | 'greater' | 'less-or-equal' | 'greater-or-equal'
/** The operators of numbers. */
export type Arithmetic = 'add' | 'subtract' | 'multiply' | 'divide' | 'modulo'

/** `==` of Velocity 1.7: numbers by their value, values of one class by `equals`, others by their texts. */
export function equals(left: Value, right: Value, budget: Budget): boolean {
  if (typeof left === 'string' && typeof right === 'string') {
    if (left.length > 1000) budget.spend(left.length >> 10)
    return left === right
  }
  if (isNumber(left) && isNumber(right)) {
    chargeNumbers(left, right, budget)
    return compareNumbers(left, right) === 0
  }
  if (left !== null && right !== null && className(left) === className(right)) {
    return areEqualWithin(left, right, budget)
  }
  return textOf(left, budget) === textOf(right, budget)
}

/** `equals`, whose comparisons count. */
export function areEqualWithin(left: Value, right: Value, budget: Budget): boolean {
  const comparisons = { left: comparisonsMax }
  const result = areEqual(left, right, comparisons)
  budget.spend((comparisonsMax - comparisons.left) >> 1)
  return result
}

/** Numbers that are no integers of JavaScript take long, and those of thousands of digits very long. */
function chargeNumbers(left: Value, right: Value, budget: Budget): void {
  if (typeof left === 'number' && typeof right === 'number') return
  budget.spend(isLarge(left) || isLarge(right) ? 100 : 5)
}

function isLarge(value: Value): boolean {
  return value instanceof JavaBigInteger || value instanceof JavaBigDecimal
}

type Sides = readonly [Value, Value]

/** Only numbers have an order; anything else does not hold. */
export function isOrdered(ordering: Ordering, [left, right]: Sides, budget: Budget): boolean {
  if (!isNumber(left) || !isNumber(right)) return false
  chargeNumbers(left, right, budget)
  const order = compareNumbers(left, right)
  switch (ordering) {
    case 'less':
      return order < 0
    case 'greater':
      return order > 0
    case 'less-or-equal':
      return order <= 0
    case 'greater-or-equal':
      return order >= 0
  }
}

/**
 * What an operator comes to; null for what is no number and for division by zero.
 *
 * @throws {TemplateFailure} for numbers that are too large, and the remainder of decimals.
 */
export function arithmetic(operator: Arithmetic, [left, right]: Sides, budget: Budget): Value {
  if (!isNumber(left) || !isNumber(right)) return null
  chargeNumbers(left, right, budget)
  return calculate(operator, left, right) ?? null
}
