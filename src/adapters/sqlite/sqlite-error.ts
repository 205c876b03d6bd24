import { StateStoreError } from '../../ports/state-store.ts'

/** Primary result codes of SQLite. Documented: https://www.sqlite.org/rescode.html */
export const sqliteCodes = {
  busy: 5,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  tooBig: 18,
  notADatabase: 26,
} as const

/** What each code means to whoever runs the server. */
const meanings: Readonly<Record<number, string>> = {
  [sqliteCodes.busy]: 'another process holds it',
  [sqliteCodes.ioError]: 'the disk could not read or write',
  [sqliteCodes.corrupt]: 'the file is damaged',
  [sqliteCodes.full]: 'the disk is full',
  [sqliteCodes.cannotOpen]: 'the file cannot be opened',
  [sqliteCodes.tooBig]: 'a value is too large',
  [sqliteCodes.notADatabase]: 'the file is not a database',
}

/** The primary result code of an error that SQLite raised; undefined for any other error. */
export function sqliteCodeOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined
  return typeof error.errcode === 'number' ? error.errcode & 0xff : undefined
}

/** An error of SQLite as the port's error, with its cause; any other error as it is. */
export function toStateStoreError(error: unknown): unknown {
  const code = sqliteCodeOf(error)
  if (code === undefined || !(error instanceof Error)) return error
  const meaning = meanings[code] ?? 'the database failed'
  return new StateStoreError(`state store: ${meaning} (${error.message})`, { cause: error })
}
