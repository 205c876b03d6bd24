import type { DatabaseSync } from 'node:sqlite'

/** Marks a SQLite file as Stagedoor's state: the letters `Sdor`. */
export const stateApplicationId = 0x53646f72

/**
 * The steps from an empty database to today's format, in order: step n makes format n. A step that was
 * released is never changed; a new format is a new step.
 *
 * Format 1: records by key bytes (see `key-bytes.ts`) with JSON text, blobs by hash, and the last
 * revision given, which outlives the records that carried it.
 */
export const migrationSteps: readonly string[] = [
  `
  CREATE TABLE records (
    key BLOB NOT NULL PRIMARY KEY,
    value TEXT NOT NULL,
    revision INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE blobs (
    hash TEXT NOT NULL PRIMARY KEY,
    bytes BLOB NOT NULL
  ) STRICT;
  CREATE TABLE revisions (last INTEGER NOT NULL) STRICT;
  INSERT INTO revisions (last) VALUES (0);
  `,
]

/**
 * Brings an open database from its format to the format of the last step, all in one transaction: after
 * a crash or a failed step it is in its old format.
 */
export function migrate(db: DatabaseSync, formatVersion: number, steps = migrationSteps): void {
  if (formatVersion >= steps.length) return
  db.exec('BEGIN EXCLUSIVE')
  try {
    for (const step of steps.slice(formatVersion)) db.exec(step)
    db.exec(`PRAGMA user_version = ${steps.length}`)
    db.exec('COMMIT')
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK')
    throw error
  }
}
