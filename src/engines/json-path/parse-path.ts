import { parseFilter } from './parse-filter.ts'
import type { ParseContext } from './parse-context.ts'
import { parametersOf, parseParameters } from './parse-parameters.ts'
import { PathScanner, unescapeText } from './path-scanner.ts'
import { isDefinitePath, type CompiledPath, type PathStep } from './path-steps.ts'

/** How deep paths may be within filters and functions of paths. Chosen. */
const depthMax = 32

/** Steps of one path. Chosen: deeper than documents are. */
const stepsMax = 2_000

/**
 * Compiles the text of a path. One that begins with neither `$` nor `@` is read behind `$.`.
 *
 * @throws {JsonPathSyntaxError}
 */
export function parsePath(text: string): CompiledPath {
  return parseWithin(text, { depthLeft: depthMax, parseInner: parseWithin })
}

function parseWithin(text: string, context: ParseContext): CompiledPath {
  const trimmed = text.replace(/ +$/, '')
  const isRooted = trimmed.startsWith('$') || trimmed.startsWith('@')
  const scanner = new PathScanner(isRooted ? trimmed : `$.${trimmed}`)
  if (context.depthLeft <= 0) scanner.fail('Paths are nested too deeply')
  if (scanner.text.endsWith('.')) scanner.fail("Path must not end with a '.' or '..'")
  const root = scanner.current === '@' ? '@' : '$'
  const steps = scanner.isAtTail ? [] : readSteps(scanner, context)
  return Object.freeze({ root, ...functionOverScan(steps) })
}

function readSteps(scanner: PathScanner, context: ParseContext): PathStep[] {
  scanner.position = 1
  if (scanner.current !== '.' && scanner.current !== '[') {
    scanner.fail("Illegal character, expected '.' or '['")
  }
  const steps: PathStep[] = []
  // The last character ends a path whatever it is: what stands alone behind a step is not looked at.
  do {
    readStep(scanner, steps, context)
    if (steps.length > stepsMax) scanner.fail('A path has too many steps')
  } while (!scanner.isAtTail)
  return steps
}

function readStep(scanner: PathScanner, steps: PathStep[], context: ParseContext): void {
  if (scanner.current === '.') readDots(scanner, steps)
  if (scanner.current === '[') steps.push(readBrackets(scanner, context))
  else if (scanner.current === '*') {
    scanner.position += 1
    steps.push({ kind: 'wildcard' })
  } else steps.push(readName(scanner, context))
}

function readDots(scanner: PathScanner, steps: PathStep[]): void {
  scanner.position += 1
  if (scanner.current === '.') {
    scanner.position += 1
    steps.push({ kind: 'scan' })
  }
  if (scanner.current === '.') scanner.fail("Character '.' is not valid")
}

/** `name` or `name(…)`, up to the next `.` or `[`. */
function readName(scanner: PathScanner, context: ParseContext): PathStep {
  const from = scanner.position
  if (!scanner.isInside || scanner.current === ' ') scanner.fail('A name is expected')
  while (scanner.isInside && !'.[('.includes(scanner.current)) {
    if (scanner.current === ' ') scanner.fail('A name with blanks is written in brackets')
    scanner.position += 1
  }
  const name = scanner.text.slice(from, scanner.position)
  if (scanner.current !== '(') return { kind: 'property', names: [name] }
  return {
    kind: 'function',
    name,
    parameters: parametersOf(name, parseParameters(scanner, context)),
  }
}

function readBrackets(scanner: PathScanner, context: ParseContext): PathStep {
  const inside = scanner.at(scanner.significantAfter(scanner.position))
  if (inside === "'" || inside === '"') return readQuotedNames(scanner, inside)
  if (/[\d:-]/.test(inside)) return readPositions(scanner)
  if (inside === '*') return readWildcard(scanner)
  if (inside === '?') return readFilter(scanner, context)
  return scanner.fail("Expected ?, ', 0-9 or * in brackets")
}

function readQuotedNames(scanner: PathScanner, quote: string): PathStep {
  const names: string[] = []
  let isExpected = true
  let index = scanner.significantAfter(scanner.position)
  for (; scanner.at(index) !== ']'; index = scanner.significantAfter(index)) {
    const character = scanner.at(index)
    if (character === ',' && !isExpected) isExpected = true
    else if (character === quote && isExpected) {
      const end = endOfName(scanner, quote, index)
      names.push(unescapeText(scanner.text.slice(index + 1, end)))
      isExpected = false
      index = end
    } else scanner.fail('Names in brackets are quoted, and separated by commas')
  }
  if (isExpected) scanner.fail('A name is empty')
  scanner.position = index + 1
  return { kind: 'property', names }
}

function endOfName(scanner: PathScanner, quote: string, from: number): number {
  for (let index = from + 1; index < scanner.text.length; index += 1) {
    if (scanner.at(index) === '\\') index += 1
    else if (scanner.at(index) === quote) return index
  }
  return scanner.fail(`A name misses its closing ${quote}`)
}

function readPositions(scanner: PathScanner): PathStep {
  const end = scanner.text.indexOf(']', scanner.position)
  if (end === -1) scanner.fail('Brackets are not closed')
  const text = scanner.text.slice(scanner.position + 1, end).trim()
  if (!/^[\d,:\- ]+$/.test(text)) scanner.fail("Expected ?, ', 0-9 or * in brackets")
  const step = text.includes(':') ? readSlice(scanner, text) : readIndexes(scanner, text)
  scanner.position = end + 1
  return step
}

function readSlice(scanner: PathScanner, text: string): PathStep {
  const [, from = '', to = ''] =
    /^(-?\d*):(-?\d*)(?::[\d:-]*)?$/.exec(text) ?? scanner.fail('No valid slice')
  if (from === '' && to === '') scanner.fail('No valid slice')
  return { kind: 'slice', from: integer(scanner, from), to: integer(scanner, to) }
}

function readIndexes(scanner: PathScanner, text: string): PathStep {
  const indexes = text.split(/ *, */).map((index) => {
    return integer(scanner, index) ?? scanner.fail('An index is empty')
  })
  return { kind: 'index', indexes }
}

/** Undefined for an empty text. Bound: what Java's int holds. */
function integer(scanner: PathScanner, text: string): number | undefined {
  if (text === '') return undefined
  const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN
  if (!(Math.abs(value) < 2 ** 31)) scanner.fail(`${text} is no index`)
  return value
}

function readWildcard(scanner: PathScanner): PathStep {
  const star = scanner.significantAfter(scanner.position)
  const end = scanner.significantAfter(star)
  if (scanner.at(end) !== ']') scanner.fail("Expected wildcard to end with ']'")
  scanner.position = end + 1
  return { kind: 'wildcard' }
}

function readFilter(scanner: PathScanner, context: ParseContext): PathStep {
  const open = scanner.significantAfter(scanner.significantAfter(scanner.position))
  if (scanner.at(open) !== '(') scanner.fail('A filter is written [?(…)]')
  const close = scanner.closingOf(open, { skipPatterns: true })
  const end = close === -1 ? -1 : scanner.significantAfter(close)
  if (end === -1 || scanner.at(end) !== ']') scanner.fail('A filter is not closed')
  const condition = parseFilter(scanner.text.slice(open, close + 1), context)
  scanner.position = end + 1
  return { kind: 'filter', condition }
}

/**
 * A function of a path that begins with a scan takes all that the scan finds: `$..a.sum()` is `$.sum($..a)`. Every other
 * function is applied to each value by itself.
 */
function functionOverScan(steps: PathStep[]): Pick<CompiledPath, 'steps' | 'isDefinite'> {
  const last = steps.at(-1)
  if (last?.kind === 'function' && steps[0]?.kind === 'scan') {
    const scanned = Object.freeze(steps.slice(0, -1))
    const path: CompiledPath = { root: '$', steps: scanned, isDefinite: false }
    const parameters = parametersOf(last.name, [{ kind: 'path', path }])
    return { steps: [{ ...last, parameters }], isDefinite: true }
  }
  return { steps: Object.freeze(steps), isDefinite: isDefinitePath(steps) }
}
