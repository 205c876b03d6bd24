import { pageEntriesDefault, pageEntriesMax } from '../../aws/limits.ts'
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

export interface Listing<Item> {
  /** Names the list, so that a position of another list is told apart: `restapis`. */
  readonly name: string
  /** Where an entry stands in the list, compared by code units; no two entries have the same. */
  readonly orderOf: (item: Item) => string
}

/**
 * One page of a list, in the list's order whatever the order of `items`.
 *
 * A position names the entry it follows, not a count: entries that come and go between two calls
 * neither repeat nor hide another one, and a position stays good when its entry is gone.
 *
 * @throws {ServiceError} BadRequestException for a position that is not of this list.
 * Documented: https://docs.aws.amazon.com/apigateway/latest/api/API_GetResources.html (25 and 500)
 * Observed: a limit of -1 is accepted.
 * Chosen: docs/decisions/0008-definitions-where-aws-is-silent.md
 */
export function pageOf<Item>(
  items: readonly Item[],
  listing: Listing<Item>,
  request: PageRequest,
): Page<Item> {
  const after = request.position ? decode(listing.name, request.position) : undefined
  const ordered = items
    .map((item) => ({ item, order: listing.orderOf(item) }))
    .filter(({ order }) => after === undefined || order > after)
    .toSorted((a, b) => (a.order < b.order ? -1 : 1))
  const page = ordered.slice(0, entriesOf(request.limit))
  const last = page.at(-1)
  const shown = page.map(({ item }) => item)
  return page.length === ordered.length || last === undefined
    ? { items: shown }
    : { items: shown, position: encode(listing.name, last.order) }
}

function entriesOf(limit: number | undefined): number {
  if (limit === undefined || limit < 1) return pageEntriesDefault
  return Math.min(limit, pageEntriesMax)
}

/** Base64url, so that it goes into a query string as it is. */
function encode(listing: string, after: string): string {
  const text = btoa(encodeURIComponent(JSON.stringify([listing, after])))
  return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

function decode(listing: string, position: string): string {
  const parsed = parsePosition(position)
  if (!Array.isArray(parsed) || parsed.length !== 2) throw refusals.position()
  const [name, after]: readonly unknown[] = parsed
  if (name !== listing || typeof after !== 'string') throw refusals.position()
  return after
}

function parsePosition(position: string): unknown {
  try {
    return JSON.parse(decodeURIComponent(atob(position.replaceAll('-', '+').replaceAll('_', '/'))))
  } catch {
    throw refusals.position()
  }
}
