import { writeJsonDocument } from '../json-document/write-json.ts'
import { isNumber, JavaDouble, numberText } from '../vtl/java-number.ts'
import { elementsOf, listOf, membersOf, toNumber, type DocumentNode } from './document.ts'
import type { FunctionParameter, PathStep } from './path-steps.ts'
import { PathFailed, PathNotApplicable, type Reading } from './reading.ts'

type FunctionStep = Extract<PathStep, { kind: 'function' }>
type PathFunction = (node: DocumentNode, parameters: readonly DocumentNode[]) => DocumentNode

/**
 * What a function of a path makes of a value.
 *
 * Documented: https://github.com/json-path/JsonPath (Functions)
 *
 * @throws {PathNotApplicable} for a function that there is not.
 * @throws {PathFailed} for a number of nothing.
 */
export function applyFunction(
  { name, parameters }: FunctionStep,
  node: DocumentNode,
  reading: Reading,
): DocumentNode {
  const run = Object.hasOwn(functions, name) ? functions[name] : undefined
  if (run === undefined) throw new PathNotApplicable(`Function with name: ${name} does not exist.`)
  const values = parameters.map((parameter) => parameterValue(parameter, node, reading))
  for (const value of [node, ...values]) reading.budget.spend(sizeOf(value))
  return run(node, values)
}

/** What going over a value counts for. */
function sizeOf(value: DocumentNode): number {
  return elementsOf(value)?.length ?? membersOf(value)?.values.size ?? 1
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
  // Jayway begins at the smallest number above zero.
  max: aggregate((numbers) => numbers.reduce((a, b) => Math.max(a, b), Number.MIN_VALUE)),
  sum: aggregate(sum),
  avg: aggregate((numbers) => sum(numbers) / numbers.length),
  stddev: aggregate(standardDeviation),
  length: (node, [first]) => elementsOf(first ?? null)?.length ?? lengthOf(node),
  size: (node, [first]) => elementsOf(first ?? null)?.length ?? lengthOf(node),
  keys: (node) => {
    const members = membersOf(node)
    return members === undefined ? null : listOf(members.keys())
  },
  first: (node) => elementAt(node, 0),
  last: (node) => elementAt(node, -1),
  index: (node, [position]) => elementAt(node, numberOf(position)),
  append: (node, added) => {
    const elements = elementsOf(node)
    return elements === undefined ? node : listOf([...elements, ...added])
  },
  concat: (node, added) => {
    const own = (elementsOf(node) ?? []).filter((element) => typeof element === 'string')
    return [...own, ...added.flatMap(textsOf)].join('')
  },
})

function aggregate(of: (numbers: readonly number[]) => number): PathFunction {
  return (node, parameters) => {
    const all = [...(elementsOf(node) ?? []), ...flattened(parameters)]
    const numbers = all.filter(isNumber).map(toNumber)
    if (numbers.length > 0) return new JavaDouble(of(numbers))
    throw new PathFailed('An aggregation of no numbers has no value')
  }
}

/** The values, of a list those that are in it. */
function flattened(values: readonly DocumentNode[]): readonly DocumentNode[] {
  return values.flatMap((value) => elementsOf(value) ?? [value])
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
  return elementsOf(node)?.length ?? membersOf(node)?.values.size ?? null
}

/** @throws {PathNotApplicable} for what is no list or too short. */
function elementAt(node: DocumentNode, position: number): DocumentNode {
  const element = elementsOf(node)?.at(position)
  if (element !== undefined) return element
  throw new PathNotApplicable(`There is no element ${position}`)
}

function numberOf(node: DocumentNode | undefined): number {
  if (node !== undefined && isNumber(node)) return Math.trunc(toNumber(node))
  throw new PathNotApplicable('A number is expected')
}

/** Of a list all that is in it, of anything else only a text. */
function textsOf(value: DocumentNode): readonly string[] {
  const elements = elementsOf(value)
  if (elements === undefined) return typeof value === 'string' ? [value] : []
  return elements.map(concatenated)
}

function concatenated(value: DocumentNode): string {
  if (isNumber(value)) return numberText(value)
  if (typeof value === 'string') return value
  return value === null ? '' : writeJsonDocument(value)
}
