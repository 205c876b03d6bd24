import { RE2JS } from 're2js'
import { linearForm } from '../java-regex/linear-form.ts'
import { findMatch, type MatchVerdict } from '../java-regex/matcher.ts'
import { compileProgram } from '../java-regex/program.ts'
import type { SyntaxNode } from '../java-regex/syntax-tree.ts'
import { anyText, EcmaPatternError, parseEcmaPattern } from './parse-ecma-pattern.ts'
import { unitText } from './unit-set.ts'

/** A regular expression that may match anywhere in a text. */
export interface EcmaPattern {
  /** As written. */
  readonly text: string
  /** `linear`: searched in time linear in the text; `bounded`: step by step, up to `stepsMax`. */
  readonly engine: 'linear' | 'bounded'
  /** Never throws. */
  search(text: string): PatternSearch
  /** What searching a text costs beforehand, in steps of some 100 ns. */
  costOf(text: string): number
  /** What it holds in memory, in instructions of some 100 bytes. */
  readonly size: number
}

/** What a search came to, and what it cost. */
export interface PatternSearch {
  /** `exceeded`: it would have taken more steps than it may, so nothing is known. */
  readonly verdict: MatchVerdict
  readonly steps: number
}

/** What compiling a pattern came to. */
export type CompiledEcmaPattern =
  | { readonly outcome: 'compiled'; readonly pattern: EcmaPattern }
  /** ECMAScript has no such pattern, or it is larger than is allowed. */
  | { readonly outcome: 'invalid'; readonly detail: string }

/** Steps of the bounded matcher for one text: a few milliseconds. */
const stepsMax = 100_000
/** Chosen: UTF-16 units of a text that is searched at all: some tens of milliseconds. */
const textLengthMax = 500_000

/**
 * Compiles a `pattern` of JSON Schema: a regular expression of ECMAScript 5, never run by JavaScript's own
 * engine, which knows no bound.
 *
 * RE2 searches what it can express with the same meaning; the rest (look-ahead, references, word boundaries)
 * goes through the matcher that counts its steps.
 *
 * Chosen: docs/decisions/0032-bodies-by-a-validator-of-our-own.md
 */
export function compileEcmaPattern(text: string): CompiledEcmaPattern {
  try {
    return Object.freeze({ outcome: 'compiled', pattern: Object.freeze(compile(text)) })
  } catch (error) {
    if (!(error instanceof EcmaPatternError)) throw error
    return Object.freeze({ outcome: 'invalid', detail: `${error.message} at ${error.offset}` })
  }
}

/** Whether ECMAScript has such a pattern. */
export function isEcmaPattern(text: string): boolean {
  try {
    return parseEcmaPattern(text) !== undefined
  } catch (error) {
    if (error instanceof EcmaPatternError) return false
    throw error
  }
}

const exceeded: PatternSearch = Object.freeze({ verdict: 'exceeded', steps: stepsMax })

function compile(text: string): EcmaPattern {
  const parsed = parseEcmaPattern(text)
  const linear = linearForm(searchForm(parsed.root))
  if (linear !== undefined) {
    const expression = RE2JS.compile(linear)
    const search = (searched: string): PatternSearch => {
      if (searched.length > textLengthMax) return exceeded
      const verdict = expression.matches(unitText(searched)) ? 'match' : 'no-match'
      return { verdict, steps: searched.length }
    }
    const instructionsCount = expression.programSize()
    const costOf = ({ length }: string) => Math.ceil((length * (4 + instructionsCount)) / 4)
    return { text, engine: 'linear', search, costOf, size: instructionsCount }
  }
  const program = compileProgram(parsed)
  const search = (searched: string): PatternSearch => {
    if (searched.length > textLengthMax) return exceeded
    const { found, isExceeded, steps } = findMatch(program, unitText(searched), {
      from: 0,
      stepsMax,
    })
    if (isExceeded) return exceeded
    return { verdict: found === undefined ? 'no-match' : 'match', steps }
  }
  const costOf = ({ length }: string) => length >> 4
  return { text, engine: 'bounded', search, costOf, size: text.length }
}

/** A piece that matches the whole of a text that the given one matches anywhere in. */
function searchForm(node: SyntaxNode): SyntaxNode {
  if (node.kind === 'choice') return { kind: 'choice', options: node.options.map(searchForm) }
  if (node.kind !== 'sequence') return { kind: 'sequence', nodes: [anyText, node, anyText] }
  const [first] = node.nodes
  const last = node.nodes.at(-1)
  if (first?.kind === 'group' && node.nodes.length === 1) return searchForm(first.node)
  const nodes = [...node.nodes]
  if (!isAsserted(first, 'input-begin')) nodes.unshift(anyText)
  if (!isAsserted(last, 'input-end')) nodes.push(anyText)
  return { kind: 'sequence', nodes }
}

function isAsserted(node: SyntaxNode | undefined, assertion: string): boolean {
  return node?.kind === 'assertion' && node.assertion === assertion
}
