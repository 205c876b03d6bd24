import { lambdaPageEntriesMax } from '../../aws/limits.ts'
import { decodePosition, encodePosition, pageAfter, type Listing } from '../list-positions.ts'
import { refusals } from './errors.ts'

/** What a caller says about the page it wants, in AWS's members, and of which list. */
export interface PageRequest<Item> {
  readonly listing: Listing<Item>
  /** The `NextMarker` of the page before; absent or empty: the first page. */
  readonly Marker: string | undefined
  /** Above 50, and absent: 50. */
  readonly MaxItems: number | undefined
}

export interface MarkedPage<Item> {
  readonly items: readonly Item[]
  /** Undefined on the last page. */
  readonly NextMarker: string | undefined
}

/**
 * One page of a list, in the list's order whatever the order of `items`.
 *
 * @throws {ServiceError} InvalidParameterValueException for a marker that is not of this list.
 * Documented: https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html (50 at most)
 */
export function functionPage<Item>(
  items: readonly Item[],
  { listing, Marker, MaxItems = lambdaPageEntriesMax }: PageRequest<Item>,
): MarkedPage<Item> {
  const after = Marker ? decodePosition(listing, Marker) : undefined
  if (Marker && after === undefined) throw refusals.marker()
  const entriesMax = Math.min(MaxItems, lambdaPageEntriesMax)
  const page = pageAfter(items, listing, { after, entriesMax })
  return {
    items: page.items,
    NextMarker: page.last === undefined ? undefined : encodePosition(listing, page.last),
  }
}
