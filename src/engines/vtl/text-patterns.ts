import { findMatch, type FoundMatch } from '../java-regex/matcher.ts'
import { parsePattern } from '../java-regex/parse-pattern.ts'
import { compileProgram, type Program } from '../java-regex/program.ts'
import { JavaRegexError, type ParsedPattern } from '../java-regex/syntax-tree.ts'
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
  replacing: {
    readonly pattern: string
    readonly replacement: string
    readonly isFirstOnly: boolean
  },
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
  const searcher = new Searcher(text, pattern, budget)
  for (const found of matchesIn(searcher, text)) {
    add(text.slice(end, found.begin))
    add(expanded(replacement, { found, text, groupCount: searcher.groupCount }))
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
  for (const found of matchesIn(new Searcher(text, pattern, budget), text)) {
    if (limit > 0 && pieces.length === limit - 1) break
    // A match of nothing at the very begin splits nothing off.
    if (found.end === 0) continue
    pieces.push(text.slice(begin, found.begin))
    budget.checkMembers(pieces.length, 1)
    begin = found.end
  }
  if (begin === 0 && pieces.length === 0) return [text]
  pieces.push(text.slice(begin))
  if (limit === 0) while (pieces.length > 0 && pieces.at(-1) === '') pieces.pop()
  return pieces
}

function* matchesIn(searcher: Searcher, text: string): Generator<FoundMatch> {
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
  /** Groups that the pattern has. */
  readonly groupCount: number

  constructor(text: string, pattern: string, budget: Budget) {
    this.#text = text
    this.#budget = budget
    // A pattern is read and compiled anew each time.
    budget.spend(40 + pattern.length * 16)
    this.#literal = literalOf(pattern)
    const parsed = this.#literal === undefined ? parse(pattern) : undefined
    this.groupCount = parsed?.captureCount ?? 0
    if (parsed !== undefined) this.#program = compileProgram(parsed)
  }

  find(from: number): FoundMatch | undefined {
    if (this.#program === undefined) return this.#findLiteral(from)
    const stepsMax = this.#budget.stepsLeft
    const search = findMatch(this.#program, this.#text, { from, stepsMax })
    this.#budget.spend(search.isExceeded ? stepsMax + 1 : Math.ceil(search.steps / 3))
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

function parse(pattern: string): ParsedPattern {
  try {
    return parsePattern(pattern)
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

interface Replaced {
  readonly found: FoundMatch
  readonly text: string
  readonly groupCount: number
}

/** `\\` takes the next as it is; `$` and a number stand for a group. */
function expanded(replacement: string, replaced: Replaced): string {
  if (!/[\\$]/.test(replacement)) return replacement
  return replacement.replaceAll(
    /\\([\s\S]?)|\$(\d*)/g,
    (sign, escaped?: string, digits?: string) => {
      if (sign.startsWith('\\')) {
        if (escaped !== undefined && escaped !== '') return escaped
        throw new TemplateFailure('runtime', 'character to be escaped is missing')
      }
      return groupText(digits ?? '', replaced)
    },
  )
}

/** Further digits belong to the number as long as there are so many groups. */
function groupText(digits: string, { found, text, groupCount }: Replaced): string {
  let length = 1
  while (length < digits.length && Number(digits.slice(0, length + 1)) <= groupCount) length += 1
  const group = digits === '' ? Number.POSITIVE_INFINITY : Number(digits.slice(0, length))
  if (group > groupCount) throw new TemplateFailure('runtime', 'Illegal group reference')
  const taken = group === 0 ? text.slice(found.begin, found.end) : (found.group(group) ?? '')
  return taken + digits.slice(length)
}
