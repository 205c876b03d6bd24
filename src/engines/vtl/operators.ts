import type { Budget } from './budget.ts'
import { calculate, compareNumbers, isNumber } from './java-number.ts'
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
  if (isNumber(left) && isNumber(right)) return compareNumbers(left, right) === 0
  if (left !== null && right !== null && className(left) === className(right)) {
    const comparisons = { left: comparisonsMax }
    const result = areEqual(left, right, comparisons)
    budget.spend((comparisonsMax - comparisons.left) >> 2)
    return result
  }
  return textOf(left, budget) === textOf(right, budget)
}

/** Only numbers have an order; anything else does not hold. */
export function isOrdered(ordering: Ordering, left: Value, right: Value): boolean {
  if (!isNumber(left) || !isNumber(right)) return false
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
export function arithmetic(operator: Arithmetic, left: Value, right: Value): Value {
  if (!isNumber(left) || !isNumber(right)) return null
  return calculate(operator, left, right) ?? null
}
