import { findMatch, type FoundMatch } from '../java-regex/matcher.ts'
import { parsePattern } from '../java-regex/parse-pattern.ts'
import { compileProgram, type Program } from '../java-regex/program.ts'
import { JavaRegexError } from '../java-regex/syntax-tree.ts'
import type { Budget } from './budget.ts'
import { TemplateFailure } from './vtl-error.ts'

/**
 * Regular expressions of Java for `replaceAll`, `replaceFirst`, `split` and `matches`. Each search costs
 * the rendering as many steps as it takes.
 *
 * @throws {TemplateFailure} for what is no pattern, and when the steps run out.
 */
export function matchesWhole(text: string, pattern: string, budget: Budget): boolean {
  const literal = literalOf(pattern)
  if (literal !== undefined) return text === literal
  return new Searcher(text, `(?:${pattern})\\z`, budget).find(0)?.begin === 0
}

/** Replaces every match, or the first alone. In the replacement `$1` is a group and `\` takes the next as it is. */
export function replaceMatches(
  text: string,
  replacing: { readonly pattern: string; readonly replacement: string; readonly isFirstOnly: boolean },
  budget: Budget,
): string {
  const { pattern, replacement, isFirstOnly } = replacing
  const pieces: string[] = []
  let length = 0
  let end = 0
  const add = (piece: string) => {
    pieces.push(piece)
    length += piece.length
    if (length > budget.limits.outputLengthMax) budget.checkLength(length)
  }
  for (const found of matchesIn(text, pattern, budget)) {
    add(text.slice(end, found.begin))
    add(expanded(replacement, found, text))
    end = found.end
    if (isFirstOnly) break
  }
  add(text.slice(end))
  budget.checkLength(length)
  return pieces.join('')
}

/** `String.split`: at most `limit` pieces when it is above 0; empty pieces at the end are left out at 0. */
export function splitText(text: string, pattern: string, limit: number, budget: Budget): string[] {
  const pieces: string[] = []
  let begin = 0
  for (const found of matchesIn(text, pattern, budget)) {
    if (limit > 0 && pieces.length === limit - 1) break
    // A match of nothing at the very begin splits nothing off.
    if (found.end === 0) continue
    pieces.push(text.slice(begin, found.begin))
    budget.checkMembers(pieces.length)
    begin = found.end
  }
  if (begin === 0 && pieces.length === 0) return [text]
  pieces.push(text.slice(begin))
  if (limit === 0) while (pieces.length > 0 && pieces.at(-1) === '') pieces.pop()
  return pieces
}

function* matchesIn(text: string, pattern: string, budget: Budget): Generator<FoundMatch> {
  const searcher = new Searcher(text, pattern, budget)
  let from = 0
  while (from <= text.length) {
    const found = searcher.find(from)
    if (found === undefined) return
    yield found
    from = found.end > found.begin ? found.end : found.end + 1
  }
}

class Searcher {
  readonly #text: string
  readonly #literal: string | undefined
  readonly #program: Program | undefined
  readonly #budget: Budget

  constructor(text: string, pattern: string, budget: Budget) {
    this.#text = text
    this.#budget = budget
    this.#literal = literalOf(pattern)
    if (this.#literal === undefined) this.#program = compile(pattern)
  }

  find(from: number): FoundMatch | undefined {
    if (this.#program === undefined) return this.#findLiteral(from)
    const stepsMax = this.#budget.stepsLeft
    const search = findMatch(this.#program, this.#text, { from, stepsMax })
    this.#budget.spend(search.isExceeded ? stepsMax + 1 : Math.ceil(search.steps / 10))
    return search.found
  }

  #findLiteral(from: number): FoundMatch | undefined {
    const literal = this.#literal ?? ''
    const begin = this.#text.indexOf(literal, from)
    this.#budget.spend(1)
    if (begin < 0) return undefined
    const group = (number: number) => (number === 0 ? literal : undefined)
    return { begin, end: begin + literal.length, group }
  }
}

function compile(pattern: string): Program {
  try {
    return compileProgram(parsePattern(pattern))
  } catch (error) {
    if (!(error instanceof JavaRegexError)) throw error
    throw new TemplateFailure('runtime', `${error.message} near index ${error.offset}`)
  }
}

/** What a pattern without any meta character matches; undefined for another. */
function literalOf(pattern: string): string | undefined {
  if (pattern === '') return undefined
  let literal = ''
  for (let i = 0; i < pattern.length; i += 1) {
    const unit = pattern[i] ?? ''
    if (unit === '\\') {
      const escaped = pattern[i + 1] ?? ''
      if (!/^[^A-Za-z0-9]$/.test(escaped)) return undefined
      literal += escaped
      i += 1
    } else if ('^$.|?*+()[]{}'.includes(unit)) return undefined
    else literal += unit
  }
  return literal
}

function expanded(replacement: string, found: FoundMatch, text: string): string {
  if (!/[\\$]/.test(replacement)) return replacement
  let result = ''
  for (let i = 0; i < replacement.length; i += 1) {
    const unit = replacement[i] ?? ''
    if (unit === '\\') {
      i += 1
      if (i === replacement.length) throw new TemplateFailure('runtime', 'character to be escaped is missing')
      result += replacement[i] ?? ''
    } else if (unit === '$') {
      const digit = /^\d/.exec(replacement.slice(i + 1))?.[0]
      if (digit === undefined) throw new TemplateFailure('runtime', 'Illegal group reference')
      const group = Number(digit)
      result += group === 0 ? text.slice(found.begin, found.end) : (found.group(group) ?? '')
      i += 1
    } else result += unit
  }
  return result
}
