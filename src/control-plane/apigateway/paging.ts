import { pageEntriesDefault, pageEntriesMax } from '../../aws/limits.ts'
import { decodePosition, encodePosition, pageAfter, type Listing } from '../list-positions.ts'
import { refusals } from './errors.ts'

/** What a caller says about the page it wants, in AWS's members. */
export interface PageRequest {
  /** 1 to 500; absent or below 1: 25; above 500: 500. */
  readonly limit?: number | undefined
  /** The `position` of the page before; absent or empty: the first page. */
  readonly position?: string | undefined
}

export interface Page<Item> {
  readonly items: readonly Item[]
  /** Absent on the last page. */
  readonly position?: string
}

/**
 * One page of a list, in the list's order whatever the order of `items`. A position stays good when the
 * entry it follows is gone.
 *
 * @throws {ServiceError} BadRequestException for a position that is not of this list.
 * Documented: https://docs.aws.amazon.com/apigateway/latest/api/API_GetResources.html (25 and 500)
 * Observed: a limit of -1 is accepted.
 * Chosen: docs/decisions/0008-definitions-where-aws-is-silent.md
 */
export function pageOf<Item>(
  items: readonly Item[],
  listing: Listing<Item>,
  { limit, position }: PageRequest,
): Page<Item> {
  const after = position ? decodePosition(listing, position) : undefined
  if (position && after === undefined) throw refusals.position()
  const page = pageAfter(items, listing, { after, entriesMax: entriesOf(limit) })
  return page.last === undefined
    ? { items: page.items }
    : { items: page.items, position: encodePosition(listing, page.last) }
}

function entriesOf(limit: number | undefined): number {
  if (limit === undefined || limit < 1) return pageEntriesDefault
  return Math.min(limit, pageEntriesMax)
}
