import { RE2JS } from 're2js'
import { linearForm } from './java-regex/linear-form.ts'
import { matchWhole, type MatchVerdict } from './java-regex/matcher.ts'
import { parsePattern } from './java-regex/parse-pattern.ts'
import { compileProgram } from './java-regex/program.ts'
import { JavaRegexError } from './java-regex/syntax-tree.ts'

/** A regular expression over the whole of a text. */
export interface SelectionPattern {
  /** As written. */
  readonly text: string
  /** `linear`: matched in time linear in the text; `bounded`: step by step, up to `stepsMax`. */
  readonly engine: 'linear' | 'bounded'
  /** Never throws. */
  match(selector: string): MatchVerdict
}

/** What compiling a pattern came to. */
export type CompiledPattern =
  | { readonly outcome: 'compiled'; readonly pattern: SelectionPattern }
  /** Java has no such pattern, or it is larger than is allowed, or it uses what is not built. */
  | { readonly outcome: 'invalid'; readonly detail: string }

/** Steps of the bounded matcher for one text: a few milliseconds. */
export const stepsMax = 100_000

/**
 * Compiles the `selectionPattern` of an integration response: a Java regular expression that must match
 * the whole selector text.
 *
 * RE2 matches what it can express with the same meaning; the rest (look-around, references, possessive and
 * atomic pieces, Unicode properties) goes through a matcher that counts its steps.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-integration-settings-integration-response.html
 * Chosen: docs/decisions/0018-selection-patterns-of-java.md
 */
export function compileSelectionPattern(text: string): CompiledPattern {
  try {
    return Object.freeze({ outcome: 'compiled', pattern: Object.freeze(compile(text)) })
  } catch (error) {
    if (!(error instanceof JavaRegexError)) throw error
    return Object.freeze({ outcome: 'invalid', detail: `${error.message} at ${error.offset}` })
  }
}

function compile(text: string): SelectionPattern {
  const parsed = parsePattern(text)
  const linear = linearForm(parsed.root)
  if (linear !== undefined) {
    const expression = RE2JS.compile(linear)
    const match = (selector: string) => (expression.matches(selector) ? 'match' : 'no-match')
    return { text, engine: 'linear', match }
  }
  const program = compileProgram(parsed)
  return { text, engine: 'bounded', match: (selector) => matchWhole(program, selector, stepsMax) }
}
