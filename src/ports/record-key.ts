import { invariant } from '../base/invariant.ts'
import type { RecordKey } from './state-store.ts'

const separator = '\u0000'
/** The least text above every key that begins with a prefix: one code unit above the separator. */
const aboveSeparator = '\u0001'

/**
 * A key as one text: its segments joined by U+0000. Texts compared by code units order as the keys do,
 * segment by segment, because no segment contains the separator and nothing is below it.
 *
 * @throws {InvariantError} for no segment, an empty one, or one that contains U+0000.
 */
export function recordKeyText(key: RecordKey): string {
  invariant(key.length > 0, 'a record key has at least one segment')
  return joinSegments(key)
}

/** The key of a text that `recordKeyText` made. */
export function parseRecordKey(text: string): RecordKey {
  return Object.freeze(text.split(separator))
}

/** Texts of the keys that begin with a prefix: at least `from`, and below `below` if it is there. */
export interface RecordKeyRange {
  readonly from: string
  readonly below: string | undefined
}

/**
 * Where the keys lie that begin with `prefix` (whole segments; the key that equals it is one of them).
 * An empty prefix covers every key.
 *
 * @throws {InvariantError} for an empty segment, or one that contains U+0000.
 */
export function recordKeyRange(prefix: RecordKey): RecordKeyRange {
  if (prefix.length === 0) return { from: '', below: undefined }
  const from = joinSegments(prefix)
  return { from, below: from + aboveSeparator }
}

function joinSegments(key: RecordKey): string {
  for (const segment of key) {
    invariant(segment !== '', 'a segment of a record key is not empty')
    invariant(!segment.includes(separator), 'a segment of a record key has no U+0000')
  }
  return key.join(separator)
}
