import type { PatternScanner } from './pattern-scanner.ts'
import type { RepeatMode, SyntaxNode } from './syntax-tree.ts'

/** What Java counts to. */
const countMax = 0x7f_ff_ff_ff

/** The piece, repeated as the quantifier behind it says, if there is one. @throws {JavaRegexError} */
export function readRepetition(scanner: PatternScanner, node: SyntaxNode): SyntaxNode {
  const isCounted = scanner.peek() === '{'
  const bounds = readBounds(scanner)
  if (bounds === undefined) return node
  return { kind: 'repeat', node, ...bounds, mode: readMode(scanner), isCounted }
}

interface Bounds {
  readonly min: number
  readonly max: number
}

function readBounds(scanner: PatternScanner): Bounds | undefined {
  switch (scanner.peek()) {
    case '?':
      scanner.take()
      return { min: 0, max: 1 }
    case '*':
      scanner.take()
      return { min: 0, max: Infinity }
    case '+':
      scanner.take()
      return { min: 1, max: Infinity }
    case '{':
      return readCounts(scanner)
    default:
      return undefined
  }
}

function readCounts(scanner: PatternScanner): Bounds {
  if (!/^\d$/.test(scanner.ahead(1))) scanner.fail('Illegal repetition')
  scanner.take()
  const min = readCount(scanner)
  let max = min
  if (scanner.ahead(0) === ',') {
    scanner.take()
    max = scanner.ahead(0) === '}' ? Infinity : readCount(scanner)
  }
  if (scanner.ahead(0) !== '}') scanner.fail('Unclosed counted closure')
  if (max < min) scanner.fail('Illegal repetition range')
  scanner.take()
  return { min, max }
}

function readCount(scanner: PatternScanner): number {
  let count = 0
  for (let digit = scanner.ahead(0); /^\d$/.test(digit); digit = scanner.ahead(0)) {
    count = count * 10 + Number(digit)
    if (count > countMax) scanner.fail('Illegal repetition range')
    scanner.take()
  }
  return count
}

function readMode(scanner: PatternScanner): RepeatMode {
  if (scanner.accept('?')) return 'lazy'
  return scanner.accept('+') ? 'possessive' : 'greedy'
}
