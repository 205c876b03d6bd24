import {
  decimalTextOf,
  isList,
  isNumber,
  isObject,
  type DocumentNode,
  type DocumentNumber,
} from './document.ts'
import type { FunctionParameter, PathStep } from './path-steps.ts'
import { PathNotApplicable, type Reading } from './reading.ts'

type FunctionStep = Extract<PathStep, { kind: 'function' }>
type PathFunction = (node: DocumentNode, parameters: readonly DocumentNode[]) => DocumentNode

/**
 * What a function of a path makes of a value.
 *
 * Documented: https://github.com/json-path/JsonPath (Functions)
 *
 * @throws {PathNotApplicable} for a function that there is not, and for a number of nothing.
 */
export function applyFunction(
  { name, parameters }: FunctionStep,
  node: DocumentNode,
  reading: Reading,
): DocumentNode {
  const run = Object.hasOwn(functions, name) ? functions[name] : undefined
  if (run === undefined) throw new PathNotApplicable(`Function with name: ${name} does not exist.`)
  return run(
    node,
    parameters.map((parameter) => parameterValue(parameter, node, reading)),
  )
}

function parameterValue(
  parameter: FunctionParameter,
  node: DocumentNode,
  reading: Reading,
): DocumentNode {
  if (parameter.kind === 'value') return parameter.value
  return reading.readInner(parameter.path, node, reading)
}

const functions: Readonly<Record<string, PathFunction>> = Object.freeze({
  min: aggregate((numbers) => numbers.reduce((a, b) => Math.min(a, b))),
  max: aggregate((numbers) => numbers.reduce((a, b) => Math.max(a, b))),
  sum: aggregate(sum),
  avg: aggregate((numbers) => sum(numbers) / numbers.length),
  stddev: aggregate(standardDeviation),
  length: (node, [first]) => lengthOf(first ?? node),
  size: (node, [first]) => lengthOf(first ?? node),
  keys: (node) => (isObject(node) ? [...node.keys()] : null),
  first: (node) => elementAt(node, 0),
  last: (node) => elementAt(node, -1),
  index: (node, [position]) => elementAt(node, numberOf(position)),
  append: (node, added) => (isList(node) ? [...node, ...added] : node),
  concat: (node, added) => {
    const own = isList(node) ? node.filter((element) => typeof element === 'string') : []
    return [...own, ...added.flatMap((value) => (isList(value) ? value : [value]))]
      .map(concatenated)
      .join('')
  },
})

function aggregate(of: (numbers: readonly number[]) => number): PathFunction {
  return (node, parameters) => {
    const own = isList(node) ? node : []
    const all = [...own, ...parameters.flatMap((value) => (isList(value) ? value : [value]))]
    const numbers = all.filter(isNumber).map(toNumber)
    if (numbers.length > 0) return of(numbers)
    throw new PathNotApplicable('An aggregation of no numbers has no value')
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0)
}

function standardDeviation(numbers: readonly number[]): number {
  const { length } = numbers
  const squares = sum(numbers.map((number) => number * number))
  return Math.sqrt(squares / length - (sum(numbers) / length) ** 2)
}

function lengthOf(node: DocumentNode): DocumentNode {
  if (isList(node)) return node.length
  return isObject(node) ? node.size : null
}

/** @throws {PathNotApplicable} for what is no list or too short. */
function elementAt(node: DocumentNode, position: number): DocumentNode {
  const element = isList(node) ? node.at(position) : undefined
  if (element !== undefined) return element
  throw new PathNotApplicable(`There is no element ${position}`)
}

function numberOf(node: DocumentNode | undefined): number {
  if (node !== undefined && isNumber(node)) return Math.trunc(toNumber(node))
  throw new PathNotApplicable('A number is expected')
}

function toNumber(number: DocumentNumber): number {
  return Number(decimalTextOf(number))
}

function concatenated(value: DocumentNode): string {
  if (isNumber(value)) return decimalTextOf(value)
  return typeof value === 'string' ? value : JSON.stringify(value)
}
