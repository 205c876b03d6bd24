import {
  type CodePointSet,
  complementOf,
  intersectionOf,
  rangeSet,
  unionOf,
} from './code-point-set.ts'
import { readEscape } from './escapes.ts'
import { characterRange } from './letter-case.ts'
import type { PatternScanner } from './pattern-scanner.ts'
import type { CaseFolding } from './syntax-tree.ts'

/** How deep classes may lie in one another. */
const depthMax = 100

/**
 * Reads a character class from its `[` on: unions, ranges, and intersections as Java has them, where `&&`
 * takes all that stands before it together with the operand behind it.
 *
 * @throws {JavaRegexError}
 */
export function readClass(scanner: PatternScanner, folding: CaseFolding, depth = 0): CodePointSet {
  scanner.take()
  if (depth > depthMax) scanner.fail('character classes are nested too deep')
  const isComplement = scanner.ahead(0) === '^'
  if (isComplement) scanner.take()
  const set = readMembers(scanner, folding, depth)
  scanner.take()
  return isComplement ? complementOf(set) : set
}

/** Members up to the `]` that closes the class; at least one. */
function readMembers(scanner: PatternScanner, folding: CaseFolding, depth: number): CodePointSet {
  let members: CodePointSet[] = []
  for (;;) {
    const next = scanner.peek()
    if (scanner.current() === undefined) scanner.fail('Unclosed character class')
    if (next === ']' && members.length > 0) return unionOf(...members)
    if (next === '&' && isIntersection(scanner)) {
      members = [readIntersection(scanner, folding, depth, unionOfSome(members))]
    } else {
      members.push(
        next === '[' ? readClass(scanner, folding, depth + 1) : readMember(scanner, folding),
      )
    }
  }
}

function unionOfSome(members: readonly CodePointSet[]): CodePointSet | undefined {
  return members.length === 0 ? undefined : unionOf(...members)
}

function isIntersection(scanner: PatternScanner): boolean {
  return scanner.ahead(1) === '&'
}

/** `left` with what stands behind `&&`, up to the next `&` or the end of the class. */
function readIntersection(
  scanner: PatternScanner,
  folding: CaseFolding,
  depth: number,
  left: CodePointSet | undefined,
): CodePointSet {
  scanner.take()
  scanner.take()
  const operands: CodePointSet[] = []
  for (let next = scanner.peek(); next !== ']' && next !== '&'; next = scanner.peek()) {
    if (scanner.current() === undefined) scanner.fail('Unclosed character class')
    operands.push(
      next === '[' ? readClass(scanner, folding, depth + 1) : readMembers(scanner, folding, depth),
    )
  }
  const right = unionOfSome(operands)
  if (right === undefined) return left ?? scanner.fail('Bad class syntax')
  return left === undefined ? right : intersectionOf(left, right)
}

function readMember(scanner: PatternScanner, folding: CaseFolding): CodePointSet {
  const low = readEnd(scanner, folding)
  if (typeof low !== 'number') return low
  const isRange = scanner.peek() === '-' && scanner.ahead(1) !== '[' && scanner.ahead(1) !== ']'
  if (!isRange) return characterRange(low, low, folding)
  scanner.take()
  if (scanner.peek() === '\\' && scanner.ahead(1) === 'v') {
    scanner.take()
    scanner.take()
    return rangeOf(scanner, low, 0x0b, folding)
  }
  const high = readEnd(scanner, folding)
  return rangeOf(scanner, low, typeof high === 'number' ? high : -1, folding)
}

function rangeOf(
  scanner: PatternScanner,
  low: number,
  high: number,
  folding: CaseFolding,
): CodePointSet {
  if (high < low) scanner.fail('Illegal character range')
  return low === high ? rangeSet(low, low) : characterRange(low, high, folding)
}

/** One character, or the set of an escape. */
function readEnd(scanner: PatternScanner, folding: CaseFolding): number | CodePointSet {
  if (scanner.peek() === '\\') {
    scanner.take()
    const escape = readEscape(scanner, folding !== 'none')
    return escape.kind === 'set' ? escape.set : escape.codePoint
  }
  return (scanner.take() ?? scanner.fail('Unclosed character class')).codePoint
}
