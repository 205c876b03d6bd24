import { listEntriesMax, managementJsonMembersMax } from '../../aws/limits.ts'
import { refusals } from './errors.ts'

/**
 * The list that was given, when it has no more entries than a record keeps of any.
 *
 * @throws {ServiceError} BadRequestException for a longer one.
 * Chosen: docs/decisions/0013-updates-where-aws-is-silent.md
 */
export function checkedList<List extends readonly unknown[] | undefined>(list: List): List {
  if (list !== undefined && list.length > listEntriesMax) throw refusals.longList()
  return list
}

/**
 * The map that was given, when it has no more entries than one request may bring: updates add no more to it.
 *
 * @throws {ServiceError} BadRequestException for a larger one.
 * Chosen: docs/decisions/0013-updates-where-aws-is-silent.md
 */
export function checkedMap<Entries extends object | undefined>(map: Entries): Entries {
  if (map !== undefined && Object.keys(map).length > managementJsonMembersMax) {
    throw refusals.largeMap()
  }
  return map
}
