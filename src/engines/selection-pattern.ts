import { RE2JS } from 're2js'

/** A regular expression over the whole of a text, matched in time linear in the text. */
export interface SelectionPattern {
  /** As written. */
  readonly text: string
  matches(selector: string): boolean
}

/** What compiling a pattern came to. */
export type CompiledPattern =
  | { readonly outcome: 'compiled'; readonly pattern: SelectionPattern }
  /** Not a pattern, or one that linear-time matching cannot express. */
  | { readonly outcome: 'invalid'; readonly detail: string }

/**
 * Estimated instructions of a pattern. Repetition multiplies (`((a{99}){9}b){9}`), and each instruction
 * takes microseconds to compile: this many stay within a slice.
 */
const instructionsMax = 2_000

/**
 * Compiles the `selectionPattern` of an integration response: a Java regular expression that must match
 * the whole selector text.
 *
 * RE2 reads it, whose syntax is Java's without look-around, references, possessive and atomic groups;
 * those are refused here, as are sets within sets (`[a-z&&[^b]]`), which RE2 would take to mean something
 * else. `.` stops at a line feed as in Java, but not at Java's other line ends.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-integration-settings-integration-response.html
 * Chosen: docs/decisions/0020-paths-uris-and-patterns.md
 */
export function compileSelectionPattern(text: string): CompiledPattern {
  const complaint = findComplaint(text)
  if (complaint !== undefined) return Object.freeze({ outcome: 'invalid', detail: complaint })
  try {
    const expression = RE2JS.compile(text)
    const matches = (selector: string) => expression.matches(selector)
    return Object.freeze({ outcome: 'compiled', pattern: Object.freeze({ text, matches }) })
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    return Object.freeze({ outcome: 'invalid', detail })
  }
}

/** Why a pattern is not handed to RE2; undefined when it may be. */
function findComplaint(text: string): string | undefined {
  const sizes = [0]
  let atom = 0
  const add = (size: number) => {
    atom = size
    sizes.push((sizes.pop() ?? 0) + size)
  }
  for (let at = 0; at < text.length; at++) {
    const repetition = repetitionAt(text, at)
    const ch = text[at]
    if (ch === '\\') {
      add(1)
      at = escapeEnd(text, at)
    } else if (ch === '[') {
      const end = setEnd(text, at)
      if (end === undefined) return 'sets within sets are not supported'
      add(1)
      at = end
    } else if (ch === '(') {
      sizes.push(0)
    } else if (ch === ')') {
      add(sizes.length > 1 ? (sizes.pop() ?? 0) : 1)
    } else if (repetition !== undefined) {
      add(atom * (repetition.times - 1))
      at += repetition.length - 1
    } else {
      add(1)
    }
    if ((sizes.at(-1) ?? 0) > instructionsMax) return 'the pattern is too large'
  }
  return undefined
}

function repetitionAt(text: string, at: number): { times: number; length: number } | undefined {
  if (text[at] !== '{') return undefined
  const found = /^\{(\d+)(?:,(\d*))?\}/.exec(text.slice(at, at + 16))
  if (found === null) return undefined
  const [whole, least = '', most = ''] = found
  return { times: Math.max(1, Number(least), Number(most)), length: whole.length }
}

/** Offset of the last character of the escape at `at`: of `\E` for a quotation. */
function escapeEnd(text: string, at: number): number {
  if (text[at + 1] !== 'Q') return at + 1
  const end = text.indexOf('\\E', at + 2)
  return end === -1 ? text.length : end + 1
}

/** Offset of the bracket that closes the set at `at`; undefined when a set stands within it. */
function setEnd(text: string, at: number): number | undefined {
  let from = at + 1
  if (text[from] === '^') from++
  if (text[from] === ']') from++
  for (let i = from; i < text.length; i++) {
    if (text[i] === '\\') i++
    else if (text[i] === '[' || text.startsWith('&&', i)) return undefined
    else if (text[i] === ']') return i
  }
  return text.length
}
