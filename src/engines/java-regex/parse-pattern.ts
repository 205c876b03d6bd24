import { complementOf, rangeSet } from './code-point-set.ts'
import { readClass } from './class-parser.ts'
import { readEscape } from './escapes.ts'
import { characterSet } from './letter-case.ts'
import { lengthsOf } from './lengths.ts'
import { lineTerminators } from './named-sets.ts'
import { type PatternScanner, scanPattern } from './pattern-scanner.ts'
import { readRepetition } from './repetition.ts'
import {
  type Assertion,
  type CaseFolding,
  JavaRegexError,
  type ParsedPattern,
  type SyntaxNode,
} from './syntax-tree.ts'

/** UTF-16 units that a pattern may have. */
export const patternLengthMax = 4096
/** How deep groups may lie in one another. */
const depthMax = 100

/**
 * Reads a pattern of `java.util.regex`.
 *
 * Not built, and refused: `\N{…}`, `\X`, `\b{g}`, `(?U)`, canonical equivalence, and Unicode blocks beyond
 * the common ones.
 *
 * @throws {JavaRegexError} for what Java refuses, what is not built, and a pattern that is too long or deep.
 * Documented: https://docs.oracle.com/en/java/javase/17/docs/api/java.base/java/util/regex/Pattern.html
 */
export function parsePattern(pattern: string): ParsedPattern {
  if (pattern.length > patternLengthMax) {
    throw new JavaRegexError(`the pattern is longer than ${patternLengthMax}`, patternLengthMax)
  }
  const state = new ParserState(scanPattern(pattern))
  const root = readChoice(state)
  if (state.scanner.current() !== undefined) state.scanner.fail("Unmatched closing ')'")
  return { root, captureCount: state.captureCount }
}

/** Letters of inline flags that are built. */
type Flags = ReadonlySet<string>

class ParserState {
  readonly scanner: PatternScanner
  readonly names = new Map<string, number>()
  captureCount = 0
  depth = 0
  flags: Flags = new Set<string>()

  constructor(scanner: PatternScanner) {
    this.scanner = scanner
  }

  get folding(): CaseFolding {
    if (!this.flags.has('i')) return 'none'
    return this.flags.has('u') ? 'unicode' : 'ascii'
  }

  setFlags(flags: Flags): void {
    this.flags = flags
    this.scanner.setComments(flags.has('x'))
  }
}

/** Up to the `)` that closes it, or the end. */
function readChoice(state: ParserState): SyntaxNode {
  if (state.depth > depthMax) state.scanner.fail('groups are nested too deep')
  const options = [readSequence(state)]
  while (state.scanner.accept('|')) options.push(readSequence(state))
  const [only] = options
  return options.length === 1 && only !== undefined ? only : { kind: 'choice', options }
}

function readSequence(state: ParserState): SyntaxNode {
  const { scanner } = state
  const nodes: SyntaxNode[] = []
  for (;;) {
    const next = scanner.peek()
    if (scanner.current() === undefined || next === '|' || next === ')') break
    const atom = readAtom(state, next)
    if (atom !== undefined) nodes.push(repeated(scanner, atom))
  }
  const [only] = nodes
  return nodes.length === 1 && only !== undefined ? only : { kind: 'sequence', nodes }
}

/** `\R` that is repeated takes CR LF whole, each time. */
function repeated(scanner: PatternScanner, atom: SyntaxNode): SyntaxNode {
  const piece = readRepetition(scanner, atom)
  if (atom.kind !== 'line-break' || piece.kind !== 'repeat') return piece
  return { ...piece, node: { kind: 'atomic', node: atom } }
}

const nothing: SyntaxNode = Object.freeze({ kind: 'sequence', nodes: Object.freeze([]) })

/** One piece; undefined for one that only sets flags. */
function readAtom(state: ParserState, next: string): SyntaxNode | undefined {
  const { scanner, flags } = state
  switch (next) {
    case '(':
      return readGroup(state)
    case '[':
      return { kind: 'set', set: readClass(scanner, state.folding) }
    case '\\':
      scanner.take()
      return readEscaped(state)
    case '^':
      scanner.take()
      return asserted(lineBegin(flags))
    case '$':
      scanner.take()
      return asserted(lineEnd(flags))
    case '.':
      scanner.take()
      return { kind: 'set', set: anyCharacter(flags) }
    case '*':
    case '+':
    case '?':
      return scanner.fail(`Dangling meta character '${next}'`)
    case '{':
      // A counted repetition of nothing.
      return nothing
    default:
      return character(state, scanner.take()?.codePoint ?? 0)
  }
}

function character(state: ParserState, codePoint: number): SyntaxNode {
  return { kind: 'set', set: characterSet(codePoint, state.folding) }
}

function asserted(assertion: Assertion): SyntaxNode {
  return { kind: 'assertion', assertion }
}

function lineBegin(flags: Flags): Assertion {
  if (!flags.has('m')) return 'input-begin'
  return flags.has('d') ? 'unix-line-begin' : 'line-begin'
}

function lineEnd(flags: Flags): Assertion {
  if (!flags.has('m')) return flags.has('d') ? 'last-unix-line-end' : 'last-line-end'
  return flags.has('d') ? 'unix-line-end' : 'line-end'
}

function anyCharacter(flags: Flags) {
  if (flags.has('s')) return rangeSet(0, 0x10_ff_ff)
  return complementOf(flags.has('d') ? rangeSet(0x0a, 0x0a) : lineTerminators)
}

function readEscaped(state: ParserState): SyntaxNode {
  const { scanner, flags } = state
  const letter = scanner.ahead(0)
  const assertion = assertionOf(letter, flags)
  if (assertion !== undefined) {
    scanner.take()
    const isGrapheme = letter === 'b' && scanner.ahead(0) === '{' && scanner.ahead(1) === 'g'
    if (isGrapheme) scanner.fail('\\b{g} is not built')
    return asserted(assertion)
  }
  if (/^[1-9]$/.test(letter)) return readReference(state)
  if (letter === 'k') return readNamedReference(state)
  if (letter === 'X') scanner.fail('grapheme clusters (\\X) are not built')
  if (letter === 'R') {
    scanner.take()
    return { kind: 'line-break' }
  }
  const escape = readEscape(scanner, state.folding !== 'none')
  return escape.kind === 'set' ? escape : character(state, escape.codePoint)
}

function assertionOf(letter: string, flags: Flags): Assertion | undefined {
  switch (letter) {
    case 'A':
    // A match of the whole text begins where the last one ended: at its begin.
    case 'G':
      return 'input-begin'
    case 'z':
      return 'input-end'
    case 'Z':
      return flags.has('d') ? 'last-unix-line-end' : 'last-line-end'
    case 'b':
      return 'word-boundary'
    case 'B':
      return 'no-word-boundary'
    default:
      return undefined
  }
}

/** Further digits belong to the number as long as there are so many groups. */
function readReference(state: ParserState): SyntaxNode {
  const { scanner } = state
  let group = 0
  for (let digit = scanner.ahead(0); /^\d$/.test(digit); digit = scanner.ahead(0)) {
    const longer = group * 10 + Number(digit)
    if (group > 0 && longer > state.captureCount) break
    group = longer
    scanner.take()
  }
  return { kind: 'reference', group, folding: state.folding }
}

function readNamedReference(state: ParserState): SyntaxNode {
  const { scanner } = state
  scanner.take()
  if (scanner.ahead(0) !== '<') scanner.fail("\\k is not followed by '<' for named capturing group")
  scanner.take()
  const name = readName(scanner)
  const group =
    state.names.get(name) ?? scanner.fail(`named capturing group <${name}> does not exist`)
  return { kind: 'reference', group, folding: state.folding }
}

function readName(scanner: PatternScanner): string {
  let name = ''
  while (/^[a-z\d]$/i.test(scanner.ahead(0))) {
    name += scanner.ahead(0)
    scanner.take()
  }
  if (!/^[a-z]/i.test(name)) {
    scanner.fail('capturing group name does not start with a Latin letter')
  }
  if (scanner.ahead(0) !== '>') scanner.fail("named capturing group is missing trailing '>'")
  scanner.take()
  return name
}

function readGroup(state: ParserState): SyntaxNode | undefined {
  const { scanner, flags } = state
  scanner.take()
  if (scanner.ahead(0) !== '?') {
    state.captureCount += 1
    return closeGroup(state, flags, captured(state.captureCount))
  }
  scanner.take()
  const kind = scanner.ahead(0)
  scanner.take()
  switch (kind) {
    case ':':
      return closeGroup(state, flags, (node) => ({ kind: 'group', capture: undefined, node }))
    case '=':
    case '!':
      return closeGroup(state, flags, (node) => ({ kind: 'ahead', isNegative: kind === '!', node }))
    case '>':
      return closeGroup(state, flags, (node) => ({ kind: 'atomic', node }))
    case '<':
      return readNamedOrBehind(state, flags)
    default:
      return readFlagGroup(state, kind)
  }
}

type Wrap = (node: SyntaxNode) => SyntaxNode

function captured(capture: number): Wrap {
  return (node) => ({ kind: 'group', capture, node })
}

/** Flags set within a group end with it. */
function closeGroup(state: ParserState, flagsOutside: Flags, wrap: Wrap): SyntaxNode {
  state.depth += 1
  const node = readChoice(state)
  state.depth -= 1
  if (!state.scanner.accept(')')) state.scanner.fail('Unclosed group')
  state.setFlags(flagsOutside)
  return wrap(node)
}

function readNamedOrBehind(state: ParserState, flags: Flags): SyntaxNode {
  const { scanner, names } = state
  const kind = scanner.ahead(0)
  if (kind === '=' || kind === '!') {
    scanner.take()
    return closeGroup(state, flags, (node) => {
      const { min, max, isBounded } = lengthsOf(node)
      if (!isBounded) {
        scanner.fail('Look-behind group does not have an obvious maximum length')
      }
      return { kind: 'behind', isNegative: kind === '!', node, lengths: { min, max } }
    })
  }
  const name = readName(scanner)
  if (names.has(name)) scanner.fail(`Named capturing group <${name}> is already defined`)
  state.captureCount += 1
  names.set(name, state.captureCount)
  return closeGroup(state, flags, captured(state.captureCount))
}

/** `(?i-s)` changes the flags up to the end of the group around it, `(?i-s:…)` those of its own. */
function readFlagGroup(state: ParserState, first: string): SyntaxNode | undefined {
  const { scanner, flags: flagsOutside } = state
  const flags = new Set(flagsOutside)
  let adds = true
  for (let letter = first; ; letter = String.fromCodePoint(scanner.take()?.codePoint ?? 0)) {
    if (letter === ')' || letter === ':') {
      state.setFlags(flags)
      if (letter === ')') return undefined
      return closeGroup(state, flagsOutside, (node) => ({
        kind: 'group',
        capture: undefined,
        node,
      }))
    }
    if (letter === '-' && adds) adds = false
    else if (letter !== '' && 'dimsux'.includes(letter)) {
      if (adds) flags.add(letter)
      else flags.delete(letter)
    } else if (letter === 'U' || letter === 'c') scanner.fail(`(?${letter}) is not built`)
    else scanner.fail('Unknown inline modifier')
  }
}
