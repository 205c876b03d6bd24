import { ownMember } from '../lookup.ts'

/**
 * The entries of a map that `before` does not have with the same value. What an update leaves alone is
 * not checked again: it may hang on something that has changed since it was put.
 *
 * Chosen: docs/decisions/0013-updates-where-aws-is-silent.md
 */
export function changedEntries<Value>(
  after: Readonly<Record<string, Value>> | undefined,
  before: Readonly<Record<string, Value>> | undefined,
): Readonly<Record<string, Value>> {
  const changed = Object.entries(after ?? {}).filter(
    ([name, value]) => before === undefined || ownMember(before, name) !== value,
  )
  return Object.fromEntries(changed)
}
