/** How a list is ordered and named, so that it can be read page by page. */
export interface Listing<Item> {
  /** Names the list, so that a position of another list is told apart: `restapis`. */
  readonly name: string
  /** Where an entry stands in the list, compared by code units; no two entries have the same. */
  readonly orderOf: (item: Item) => string
}

export interface PageRange {
  /** What `position` of the page before was made of. Absent: the first page. */
  readonly after: string | undefined
  readonly entriesMax: number
}

export interface ListPage<Item> {
  readonly items: readonly Item[]
  /** Where the next page begins behind; absent on the last page. */
  readonly last?: string
}

/**
 * One page of a list, in the list's order whatever the order of `items`.
 *
 * A page follows an entry, not a count: entries that come and go between two calls neither repeat nor
 * hide another one, and a page follows an entry that is gone as well.
 */
export function pageAfter<Item>(
  items: readonly Item[],
  { orderOf }: Listing<Item>,
  { after, entriesMax }: PageRange,
): ListPage<Item> {
  const ordered = items
    .map((item) => ({ item, order: orderOf(item) }))
    .filter(({ order }) => after === undefined || order > after)
    .toSorted((a, b) => (a.order < b.order ? -1 : 1))
  const page = ordered.slice(0, entriesMax)
  const last = page.at(-1)
  const shown = page.map(({ item }) => item)
  return page.length === ordered.length || last === undefined
    ? { items: shown }
    : { items: shown, last: last.order }
}

/** A position as a caller gets it: base64url, so that it goes into a query string as it is. */
export function encodePosition({ name }: Listing<never>, after: string): string {
  const text = btoa(encodeURIComponent(JSON.stringify([name, after])))
  return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** What a position was made of. Undefined: it is none, or one of another list. */
export function decodePosition({ name }: Listing<never>, position: string): string | undefined {
  const parsed = parsePosition(position)
  if (!Array.isArray(parsed) || parsed.length !== 2) return undefined
  const [listing, after]: readonly unknown[] = parsed
  return listing === name && typeof after === 'string' ? after : undefined
}

function parsePosition(position: string): unknown {
  try {
    return JSON.parse(decodeURIComponent(atob(position.replaceAll('-', '+').replaceAll('_', '/'))))
  } catch {
    return undefined
  }
}
