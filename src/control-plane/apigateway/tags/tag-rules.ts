import { tagKeyCharactersMax, tagValueCharactersMax } from '../../../aws/limits.ts'
import type { Quotas } from '../../../aws/limits.ts'
import { refusals } from '../errors.ts'

const allowed = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u

/** The tag of CreateRestApi that chooses the API's id. */
export const customIdTag = '_custom_id_'

const customId = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/**
 * Checks all tags that a resource shall have: how many, their keys and their values.
 *
 * @throws {ServiceError} BadRequestException, or LimitExceededException for too many.
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-tagging-supported-resources.html
 */
export function checkTags(tags: Readonly<Record<string, string>>, quotas: Quotas): void {
  for (const [key, value] of Object.entries(tags)) {
    if (/^aws:/i.test(key)) throw refusals.reservedTagKey()
    if (key === '' || key.length > tagKeyCharactersMax || !allowed.test(key)) {
      throw refusals.tagKey(key)
    }
    if (value.length > tagValueCharactersMax || !allowed.test(value)) throw refusals.tagValue(value)
  }
  if (Object.keys(tags).length > quotas.tagsPerResource) throw refusals.tooManyTags()
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
