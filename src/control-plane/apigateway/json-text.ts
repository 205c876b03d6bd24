import { jsonTextCharactersMax } from '../../aws/limits.ts'

/**
 * The value of JSON that a member holds as a text. What such a text may hold is bounded by its length, because the
 * bounds of a request's own JSON do not see into it.
 *
 * @throws {SyntaxError} for what is no JSON, and for a text that is too long.
 * Chosen: docs/decisions/0005-wire-where-aws-is-silent.md
 */
export function parseJsonText(text: string): unknown {
  if (text.length > jsonTextCharactersMax) throw new SyntaxError('The text is too long')
  return JSON.parse(text)
}
