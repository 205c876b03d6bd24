import type { Quotas } from '../../../aws/limits.ts'
import { findTagProblem } from '../../tag-problems.ts'
import { refusals } from '../errors.ts'

/** The tag of CreateRestApi that chooses the API's id. */
const customIdTag = '_custom_id_'

const customId = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/**
 * Checks all tags that a resource shall have: how many, their keys and their values.
 *
 * @throws {ServiceError} BadRequestException, or LimitExceededException for too many.
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-tagging-supported-resources.html
 */
export function checkTags(tags: Readonly<Record<string, string>>, quotas: Quotas): void {
  const problem = findTagProblem(tags, quotas)
  if (problem === undefined) return
  switch (problem.kind) {
    case 'reserved':
      throw refusals.reservedTagKey()
    case 'key':
      throw refusals.tagKey(problem.text)
    case 'value':
      throw refusals.tagValue(problem.text)
    case 'count':
      throw refusals.tooManyTags()
  }
}

/**
 * The id that a new API shall have by its tags. Undefined: chance chooses.
 *
 * @throws {ServiceError} BadRequestException for an id that is no label of a host name in lower case.
 * Chosen: docs/decisions/0007-custom-api-ids.md
 */
export function customIdOf(tags: Readonly<Record<string, string>>): string | undefined {
  const id = Object.hasOwn(tags, customIdTag) ? tags[customIdTag] : undefined
  if (id !== undefined && !customId.test(id)) throw refusals.customId(id)
  return id
}
