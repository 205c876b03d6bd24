import { isFieldName } from './header-fields.ts'

/** What a table says of a header field, whatever the case its name is written in. */
export interface FieldTable<T> {
  /** Undefined: the table does not know the field. Cost: a few nanoseconds, nothing allocated. */
  find(name: string): T | undefined
}

interface Row<T> {
  readonly lowerCaseName: string
  /** The name as it is usually written: compared first. */
  readonly writtenName: string
  readonly value: T
}

const slotOf = (name: string): number => (name.length << 5) | (name.charCodeAt(0) & 31)

/**
 * A table of header fields, made once and asked for every field of every message.
 *
 * Rows lie by length and first letter, because those two tell nearly all known fields apart: a field that
 * is not in the table costs no comparison. Names are given as they are usually written.
 */
export function fieldTable<T>(rows: Iterable<readonly [name: string, value: T]>): FieldTable<T> {
  const slots: Row<T>[][] = []
  for (const [name, value] of rows) {
    const row = { lowerCaseName: name.toLowerCase(), writtenName: name, value }
    const slot = (slots[slotOf(name)] ??= [])
    slot.push(row)
  }
  // Holes would make every look-up of an unknown field walk the prototype chain.
  const dense = Array.from(slots, (slot: Row<T>[] | undefined) => slot)
  return {
    find(name) {
      const at = slotOf(name)
      const slot = at < dense.length ? dense[at] : undefined
      if (slot === undefined) return undefined
      for (const row of slot) {
        if (name === row.writtenName || isFieldName(name, row.lowerCaseName)) return row.value
      }
      return undefined
    },
  }
}
