import { closeSync, fsyncSync, mkdirSync, openSync, readSync, fstatSync, existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StateStoreError } from '../../ports/state-store.ts'
import { migrate, migrationSteps, stateApplicationId } from './migrations.ts'
import { sqliteCodeOf, sqliteCodes, toStateStoreError } from './sqlite-error.ts'

const stateFileName = 'state.sqlite'

/** How long the lock of a process that is just ending is waited for. Chosen. */
const lockWaitMs = 100

const fileHeader = 'SQLite format 3\u0000'
const fileHeaderBytes = 100
/** Offset of the application id in the header. Documented: https://www.sqlite.org/fileformat.html */
const applicationIdOffset = 68

/**
 * The database of a data directory, locked for this process, checked and in today's format.
 *
 * The directory and the file are made when absent, readable by their owner alone. The order: refuse
 * what is not ours by its bytes; take the lock, which lasts until `close` or the end of the process
 * (the operating system releases it, so a crash leaves none); look whether the file is whole; write.
 * A refused file keeps its content; only a log that a crash left beside it is merged into it.
 *
 * @throws {StateStoreError} when another process holds it, or the file is not ours, newer or damaged.
 */
export function openDatabase(dataDir: string): DatabaseSync {
  const directory = resolve(dataDir)
  const path = join(directory, stateFileName)
  try {
    makeDirectory(directory)
    makeFile(path)
    refuseForeignFile(path)
    return openLocked(path)
  } catch (error) {
    throw refusal(error, directory, path)
  }
}

function openLocked(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { timeout: lockWaitMs })
  try {
    db.exec('PRAGMA locking_mode = EXCLUSIVE')
    db.exec('PRAGMA cell_size_check = ON')
    // A commit that returned is on the disk, also where fsync alone leaves it in the disk's cache.
    db.exec('PRAGMA synchronous = FULL')
    db.exec('PRAGMA fullfsync = ON')
    db.exec('PRAGMA checkpoint_fullfsync = ON')
    // Takes the lock; in this locking mode the end of the transaction does not release it.
    db.exec('BEGIN EXCLUSIVE')
    const formatVersion = claim(db, path)
    db.exec('COMMIT')
    db.exec('PRAGMA journal_mode = WAL')
    // A log that one large write made long is cut when it was merged.
    db.exec('PRAGMA journal_size_limit = 16777216')
    migrate(db, formatVersion)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/** Looks whether the open file is ours and whole, marks a new one, and answers its format. */
function claim(db: DatabaseSync, path: string): number {
  const applicationId = numberOf(db, 'application_id')
  const isNew = applicationId === 0 && numberOf(db, 'schema_version') === 0
  // The mark goes in before the log mode is set, so that the file itself always shows it.
  if (isNew) db.exec(`PRAGMA application_id = ${stateApplicationId}`)
  else if (applicationId !== stateApplicationId) throw notOurs(path)
  const formatVersion = numberOf(db, 'user_version')
  if (formatVersion > migrationSteps.length) throw tooNew(path, formatVersion)
  const verdict = db.prepare('PRAGMA quick_check(1)').get()?.['quick_check']
  if (verdict !== 'ok') throw damaged(path, String(verdict))
  return formatVersion
}

function numberOf(db: DatabaseSync, pragma: string): number {
  return Number(db.prepare(`PRAGMA ${pragma}`).get()?.[pragma])
}

/**
 * Makes the directory so that it outlives a power loss, its new parents too. One by one: in a directory
 * where nothing can be made, such as /proc, the recursive `mkdirSync` of Node never returns.
 */
function makeDirectory(directory: string): void {
  const parent = dirname(directory)
  if (existsSync(directory) || parent === directory) return
  makeDirectory(parent)
  try {
    mkdirSync(directory, { mode: 0o700 })
  } catch (error) {
    // Another process made it just now.
    if (!existsSync(directory)) throw error
  }
  // Windows opens no directories, and needs no such call.
  if (process.platform !== 'win32') syncDirectory(parent)
}

function syncDirectory(directory: string): void {
  const opened = openSync(directory, 'r')
  try {
    fsyncSync(opened)
  } finally {
    closeSync(opened)
  }
}

function makeFile(path: string): void {
  closeSync(openSync(path, 'a', 0o600))
}

/** Refuses by the bytes alone, so that SQLite never touches a file that is not ours. */
function refuseForeignFile(path: string): void {
  const header = Buffer.alloc(fileHeaderBytes)
  const file = openSync(path, 'r')
  try {
    if (fstatSync(file).size === 0) return
    readSync(file, header, 0, fileHeaderBytes, 0)
  } finally {
    closeSync(file)
  }
  if (header.toString('latin1', 0, fileHeader.length) !== fileHeader) throw notOurs(path)
  // A file that a crash left half made has its journal beside it, and is empty once that is undone.
  if (existsSync(`${path}-journal`)) return
  if (header.readInt32BE(applicationIdOffset) !== stateApplicationId) throw notOurs(path)
}

function notOurs(path: string): StateStoreError {
  return new StateStoreError(
    `${path} is not a state file of Stagedoor; it was left as it is. ` +
      'Move it away, or start with another data directory (--data-dir)',
  )
}

function tooNew(path: string, formatVersion: number): StateStoreError {
  return new StateStoreError(
    `${path} has format ${formatVersion}; this version of Stagedoor knows ${migrationSteps.length} ` +
      'and older. Run the version that wrote it, or start with another data directory (--data-dir)',
  )
}

function damaged(path: string, detail: string): StateStoreError {
  return new StateStoreError(
    `${path} is damaged (${detail.replaceAll(/\s+/g, ' ')}); it was left as it is. ` +
      'Put a backup in its place, or start with another data directory (--data-dir)',
  )
}

function refusal(error: unknown, directory: string, path: string): unknown {
  const code = sqliteCodeOf(error)
  if (code === sqliteCodes.busy) {
    return new StateStoreError(
      `the data directory ${directory} is in use by another process. ` +
        'Stop that one, or start this one with another data directory (--data-dir)',
      { cause: error },
    )
  }
  if (code === sqliteCodes.corrupt || code === sqliteCodes.notADatabase) {
    return damaged(path, error instanceof Error ? error.message : '')
  }
  if (code !== undefined || error instanceof StateStoreError) return toStateStoreError(error)
  const reason = error instanceof Error ? error.message : String(error)
  return new StateStoreError(`the data directory ${directory} cannot be used: ${reason}`, {
    cause: error,
  })
}
