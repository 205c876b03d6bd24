import type { Quotas } from '../../aws/limits.ts'
import { findTagProblem } from '../tag-problems.ts'
import { refusals } from './errors.ts'

/**
 * Checks all tags that a function shall have: how many, their keys and their values.
 *
 * @throws {ServiceError} InvalidParameterValueException.
 * Documented: https://docs.aws.amazon.com/lambda/latest/dg/configuration-tags.html
 */
export function checkFunctionTags(tags: Readonly<Record<string, string>>, quotas: Quotas): void {
  const problem = findTagProblem(tags, quotas)
  if (problem === undefined) return
  switch (problem.kind) {
    case 'reserved':
    case 'key':
      throw refusals.tagKey(problem.text)
    case 'value':
      throw refusals.tagValue(problem.text)
    case 'count':
      throw refusals.tooManyTags()
  }
}
