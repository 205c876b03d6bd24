import { tagKeyCharactersMax, tagValueCharactersMax, type Quotas } from '../aws/limits.ts'

/** What is wrong with the tags that a resource shall have. `text` is the key or the value. */
export type TagProblem =
  | { readonly kind: 'reserved' | 'key' | 'value'; readonly text: string }
  | { readonly kind: 'count' }

const allowed = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u

/**
 * The first thing that is wrong with tags, the same for every service; undefined when nothing is. Their
 * number comes before keys and values, so that nobody is kept waiting for a check of more than there may be.
 *
 * Documented: https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
 */
export function findTagProblem(
  tags: Readonly<Record<string, string>>,
  quotas: Quotas,
): TagProblem | undefined {
  if (Object.keys(tags).length > quotas.tagsPerResource) return { kind: 'count' }
  for (const [key, value] of Object.entries(tags)) {
    if (/^aws:/i.test(key)) return { kind: 'reserved', text: key }
    if (key === '' || key.length > tagKeyCharactersMax || !allowed.test(key)) {
      return { kind: 'key', text: key }
    }
    if (value.length > tagValueCharactersMax || !allowed.test(value)) {
      return { kind: 'value', text: value }
    }
  }
  return undefined
}
