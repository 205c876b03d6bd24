import { readJsonLiteral } from '../json-document/read-json.ts'
import { compileSelectionPattern } from '../selection-pattern.ts'
import type { DocumentNode } from './document.ts'
import { JsonPathSyntaxError } from './json-path-error.ts'
import { innerContext, type ParseContext } from './parse-context.ts'
import { PathScanner, unescapeText } from './path-scanner.ts'
import {
  relationalOperators,
  type FilterCondition,
  type FilterOperand,
  type RelationalOperator,
} from './path-steps.ts'

/**
 * Compiles a filter, `(…)` with its parentheses.
 *
 * @throws {JsonPathSyntaxError}
 */
export function parseFilter(text: string, context: ParseContext): FilterCondition {
  const scanner = new PathScanner(text)
  const condition = readOr(scanner, context)
  if (scanner.skipBlanks().isInside) scanner.fail('A filter ends before its text does')
  return condition
}

function readOr(scanner: PathScanner, context: ParseContext): FilterCondition {
  return readChain(scanner, 'or', '||', () =>
    readChain(scanner, 'and', '&&', () => readOperand(scanner, context)),
  )
}

function readChain(
  scanner: PathScanner,
  kind: 'or' | 'and',
  sign: string,
  read: () => FilterCondition,
): FilterCondition {
  const first = read()
  const operands = [first]
  while (scanner.text.startsWith(sign, scanner.skipBlanks().position)) {
    scanner.position += sign.length
    operands.push(read())
  }
  return operands.length === 1 ? first : { kind, operands }
}

function readOperand(scanner: PathScanner, context: ParseContext): FilterCondition {
  const { current, position } = scanner.skipBlanks()
  if (context.depthLeft <= 0) scanner.fail('A filter is nested too deeply')
  const inner = innerContext(context)
  if (current === '!') {
    const next = scanner.at(scanner.significantAfter(position))
    // `!@.a` is read with its sign: the path then says that nothing is there.
    if (next === '$' || next === '@') return readExpression(scanner, context)
    scanner.position += 1
    return { kind: 'not', operand: readOperand(scanner, inner) }
  }
  if (current !== '(') return readExpression(scanner, context)
  scanner.position += 1
  const condition = readOr(scanner, inner)
  if (scanner.skipBlanks().current !== ')') scanner.fail("Expected ')'")
  scanner.position += 1
  return condition
}

function readExpression(scanner: PathScanner, context: ParseContext): FilterCondition {
  const isNegated = scanner.current === '!'
  if (isNegated) scanner.position = scanner.significantAfter(scanner.position)
  const left = readValue(scanner, context)
  const { position } = scanner
  const relation = tryReadRelation(scanner, left, context)
  if (relation !== undefined) return relation
  scanner.position = position
  if (left.kind !== 'path') scanner.fail('A value alone is no condition')
  const exists = { kind: 'exists', path: left.path } as const
  return isNegated ? { kind: 'not', operand: exists } : exists
}

/** Undefined: what follows is no operator with a value behind it, so that a path alone is meant. */
function tryReadRelation(
  scanner: PathScanner,
  left: FilterOperand,
  context: ParseContext,
): FilterCondition | undefined {
  try {
    const operator = readOperator(scanner)
    return { kind: 'relation', operator, left, right: readValue(scanner, context) }
  } catch (error) {
    if (error instanceof JsonPathSyntaxError) return undefined
    throw error
  }
}

function readOperator(scanner: PathScanner): RelationalOperator {
  const from = scanner.skipBlanks().position
  if (isOperatorSign(scanner.current)) {
    while (isOperatorSign(scanner.current)) scanner.position += 1
  } else while (scanner.isInside && scanner.current !== ' ') scanner.position += 1
  const text = scanner.text.slice(from, scanner.position).toUpperCase()
  const operator = relationalOperators.find((known) => known === text)
  return operator ?? scanner.fail(`There is no operator ${text}`)
}

function isOperatorSign(character: string): boolean {
  return character !== '' && '<>=~!'.includes(character)
}

function readValue(scanner: PathScanner, context: ParseContext): FilterOperand {
  switch (scanner.skipBlanks().current) {
    case '$':
    case '@':
      return readPath(scanner, context)
    case "'":
    case '"':
      return { kind: 'literal', value: readQuoted(scanner, scanner.current) }
    case '/':
      return readPattern(scanner)
    case '{':
    case '[':
      return { kind: 'literal', value: readJson(scanner) }
    case 't':
      return readWord(scanner, 'true', true)
    case 'f':
      return readWord(scanner, 'false', false)
    case 'n':
      return readWord(scanner, 'null', null)
    default:
      return { kind: 'literal', value: readNumber(scanner) }
  }
}

/** Up to a blank, a sign of an operator, or the parenthesis that closes a group. */
function readPath(scanner: PathScanner, context: ParseContext): FilterOperand {
  const from = scanner.position
  scanner.position += 1
  while (scanner.isInside) {
    if (scanner.current === '[') {
      const end = scanner.closingOf(scanner.position, { skipPatterns: false })
      if (end === -1) scanner.fail('Brackets are not closed')
      scanner.position = end + 1
      continue
    }
    const endsGroup = scanner.current === ')' && !closesCall(scanner, from)
    if (endsGroup || scanner.current === ' ' || isOperatorSign(scanner.current)) break
    scanner.position += 1
  }
  const text = scanner.text.slice(from, scanner.position)
  return { kind: 'path', path: context.parseInner(text, innerContext(context)) }
}

/** `()` behind a name. */
function closesCall(scanner: PathScanner, from: number): boolean {
  if (scanner.significantBefore() !== '(') return false
  return scanner.text.slice(from, scanner.position).includes('.')
}

function readQuoted(scanner: PathScanner, quote: string): string {
  const end = scanner.unescaped(quote, scanner.position + 1)
  if (end === -1) scanner.fail(`A text misses its closing ${quote}`)
  const text = scanner.text.slice(scanner.position + 1, end)
  scanner.position = end + 1
  return unescapeText(text)
}

/** The flags of Java's patterns, as they are written behind the second slash. */
const patternFlags = /[dixmsuU]*/y

function readPattern(scanner: PathScanner): FilterOperand {
  const end = scanner.unescaped('/', scanner.position + 1)
  if (end === -1) scanner.fail('A pattern is not closed')
  const source = scanner.text.slice(scanner.position + 1, end)
  patternFlags.lastIndex = end + 1
  const flags = patternFlags.exec(scanner.text)?.[0] ?? ''
  const compiled = compileSelectionPattern(flags === '' ? source : `(?${flags})${source}`)
  if (compiled.outcome === 'invalid') scanner.fail(compiled.detail)
  scanner.position = end + 1 + flags.length
  return { kind: 'pattern', pattern: compiled.pattern }
}

function readJson(scanner: PathScanner): DocumentNode {
  const end = scanner.closingOf(scanner.position, { skipPatterns: false })
  if (end === -1) scanner.fail('JSON in a filter is not closed')
  const json = scanner.text.slice(scanner.position, end + 1)
  scanner.position = end + 1
  try {
    return readJsonLiteral(json)
  } catch {
    return scanner.fail('JSON in a filter cannot be read')
  }
}

function readWord(scanner: PathScanner, word: string, value: boolean | null): FilterOperand {
  if (!scanner.text.startsWith(word, scanner.position)) scanner.fail(`Expected ${word}`)
  scanner.position += word.length
  return { kind: 'literal', value }
}

function readNumber(scanner: PathScanner): DocumentNode {
  const from = scanner.position
  while (/[\d.eE-]/.test(scanner.current)) scanner.position += 1
  const text = scanner.text.slice(from, scanner.position)
  try {
    return readJsonLiteral(text)
  } catch {
    return scanner.fail('Expected a value')
  }
}
