import type { ParsedPattern, SyntaxNode } from '../java-regex/syntax-tree.ts'
import { readUnitClass, readUnitEscape } from './units-in-patterns.ts'
import { anyUnits, lineEndUnits, otherUnits, unitSet, wordUnits } from './unit-set.ts'

/** A pattern that ECMAScript would refuse, or that is too long or deep. `offset`: where, in UTF-16 units. */
export class EcmaPatternError extends Error {
  override readonly name = 'EcmaPatternError'
  readonly offset: number

  constructor(message: string, offset: number) {
    super(message)
    this.offset = offset
  }
}

/** Chosen: UTF-16 units that a pattern may have, and how deep groups may lie in one another. */
export const patternLengthMax = 4096
const depthMax = 100

/** A place in a pattern. */
export interface PatternPlace {
  readonly pattern: string
  at: number
  /** Capturing groups of the whole pattern. */
  readonly groupCount: number
}

/**
 * Reads a regular expression of ECMAScript 5, without flags, as Java's validator of JSON Schema reads it:
 * no look-behind, no named groups, no Unicode properties; what is no quantifier or escape stands for itself.
 *
 * @throws {EcmaPatternError}
 * Documented: https://262.ecma-international.org/5.1/#sec-15.10
 * Observed: cases/json-schema/patterns
 */
export function parseEcmaPattern(pattern: string): ParsedPattern {
  if (pattern.length > patternLengthMax) throw new EcmaPatternError('too long', patternLengthMax)
  const reader = new Reader(pattern)
  const root = reader.readChoice()
  if (reader.place.at < pattern.length) reader.fail("Unmatched ')'")
  return { root, captureCount: reader.place.groupCount }
}

function countGroups(pattern: string): number {
  const pieces = pattern.matchAll(/\\.|\[(?:\\.|[^\]\\])*\]|\((?!\?)/gs)
  return [...pieces].filter(([piece]) => piece === '(').length
}

class Reader {
  readonly place: PatternPlace
  #depth = 0
  #groups = 0

  constructor(pattern: string) {
    this.place = { pattern, at: 0, groupCount: countGroups(pattern) }
  }

  fail(message: string): never {
    throw new EcmaPatternError(message, this.place.at)
  }

  readChoice(): SyntaxNode {
    if (++this.#depth > depthMax) this.fail('Groups are nested too deep')
    const options = [this.#readSequence()]
    while (this.#accept('|')) options.push(this.#readSequence())
    this.#depth -= 1
    const [only] = options
    return options.length === 1 && only !== undefined ? only : { kind: 'choice', options }
  }

  #peek(): string {
    return this.place.pattern[this.place.at] ?? ''
  }

  #accept(text: string): boolean {
    if (!this.place.pattern.startsWith(text, this.place.at)) return false
    this.place.at += text.length
    return true
  }

  #readSequence(): SyntaxNode {
    const nodes: SyntaxNode[] = []
    for (let next = this.#peek(); next !== '' && next !== '|' && next !== ')'; next = this.#peek())
      nodes.push(this.#readTerm(next))
    return { kind: 'sequence', nodes }
  }

  #readTerm(next: string): SyntaxNode {
    const assertion = this.#readAssertion(next)
    if (assertion !== undefined) return assertion
    return this.#repeated(this.#readAtom(next))
  }

  #readAssertion(next: string): SyntaxNode | undefined {
    if (next === '^') return this.#asserted('^', { kind: 'assertion', assertion: 'input-begin' })
    if (next === '$') return this.#asserted('$', { kind: 'assertion', assertion: 'input-end' })
    if (this.#accept(String.raw`\b`)) return wordBoundary(true)
    if (this.#accept(String.raw`\B`)) return wordBoundary(false)
    return undefined
  }

  #asserted(sign: string, node: SyntaxNode): SyntaxNode {
    this.#accept(sign)
    return node
  }

  #readAtom(next: string): SyntaxNode {
    switch (next) {
      case '(':
        return this.#readGroup()
      case '.':
        this.place.at += 1
        return { kind: 'set', set: unitSet(otherUnits(lineEndUnits)) }
      case '[':
        this.place.at += 1
        return { kind: 'set', set: unitSet(readUnitClass(this.place, this)) }
      case '\\':
        this.place.at += 1
        return readUnitEscape(this.place, this)
      case '*':
      case '+':
      case '?':
        return this.fail('Nothing to repeat')
      default:
        this.place.at += 1
        return { kind: 'set', set: unitSet([next.charCodeAt(0), next.charCodeAt(0)]) }
    }
  }

  #readGroup(): SyntaxNode {
    if (this.#accept('(?:')) return this.#closed({ kind: 'group', capture: undefined })
    if (this.#accept('(?=')) return this.#closed({ kind: 'ahead', isNegative: false })
    if (this.#accept('(?!')) return this.#closed({ kind: 'ahead', isNegative: true })
    if (this.#accept('(?')) this.fail('Invalid group')
    this.place.at += 1
    this.#groups += 1
    return this.#closed({ kind: 'group', capture: this.#groups })
  }

  #closed(
    group:
      | { readonly kind: 'group'; readonly capture: number | undefined }
      | { readonly kind: 'ahead'; readonly isNegative: boolean },
  ): SyntaxNode {
    const node = this.readChoice()
    if (!this.#accept(')')) this.fail('Unclosed group')
    return { ...group, node }
  }

  #repeated(node: SyntaxNode): SyntaxNode {
    const bounds = this.#readBounds()
    if (bounds === undefined) return node
    const mode = this.#accept('?') ? 'lazy' : 'greedy'
    return { kind: 'repeat', node, ...bounds, mode, isCounted: true }
  }

  #readBounds(): { readonly min: number; readonly max: number } | undefined {
    if (this.#accept('*')) return { min: 0, max: Infinity }
    if (this.#accept('+')) return { min: 1, max: Infinity }
    if (this.#accept('?')) return { min: 0, max: 1 }
    counted.lastIndex = this.place.at
    const found = counted.exec(this.place.pattern)
    if (found === null) return undefined
    this.place.at = counted.lastIndex
    const min = countOf(found[1] ?? '')
    const max =
      found[2] === undefined ? min : found[2] === ',' ? Infinity : countOf(found[2].slice(1))
    if (max < min) this.fail('Numbers out of order')
    return { min, max }
  }
}

const counted = /\{(\d+)(,\d*)?\}/y

/** No text is longer than what is counted to. */
function countOf(digits: string): number {
  return Math.min(Number(digits), 0x7f_ff_ff_ff)
}

function wordBoundary(isBoundary: boolean): SyntaxNode {
  const word: SyntaxNode = { kind: 'set', set: unitSet(wordUnits) }
  const lengths = { min: 1, max: 1 }
  const side = (isWordBehind: boolean, isWordAhead: boolean): SyntaxNode => ({
    kind: 'sequence',
    nodes: [
      { kind: 'behind', isNegative: !isWordBehind, node: word, lengths },
      { kind: 'ahead', isNegative: !isWordAhead, node: word },
    ],
  })
  return {
    kind: 'choice',
    options: [side(true, !isBoundary), side(false, isBoundary)],
  }
}

/** A text of any length, of anything. */
export const anyText: SyntaxNode = Object.freeze({
  kind: 'repeat',
  node: Object.freeze({ kind: 'set', set: unitSet(anyUnits) }),
  min: 0,
  max: Infinity,
  mode: 'greedy',
  isCounted: false,
})
