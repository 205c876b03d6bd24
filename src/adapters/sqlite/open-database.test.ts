import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, test } from 'node:test'
import { temporaryDirectory } from '../../../test/support/temporary-directory.ts'
import { StateStoreError } from '../../ports/state-store.ts'
import { migrate, migrationSteps, stateApplicationId } from './migrations.ts'
import { openDatabase } from './open-database.ts'
import { openSqliteStateStore } from './state-store.ts'

const fileName = 'state.sqlite'

/** Refuses to open, says all of `messages`, and leaves the file byte for byte. */
function assertRefused(dataDir: string, messages: readonly RegExp[]): void {
  const path = join(dataDir, fileName)
  const before = readFileSync(path)
  assert.throws(
    () => openDatabase(dataDir),
    (error) => {
      assert.ok(error instanceof StateStoreError)
      for (const message of messages) assert.match(error.message, message)
      return true
    },
  )
  assert.ok(readFileSync(path).equals(before), 'the file is as it was')
}

async function fill(dataDir: string): Promise<void> {
  const store = openSqliteStateStore({ dataDir })
  const writes = Array.from({ length: 200 }, (_, i) => ({
    key: ['k', String(i)],
    value: 'x'.repeat(200),
  }))
  await store.commit({ expected: [], writes })
  await store.close()
}

describe('openDatabase()', () => {
  test('makes the directory with its parents, for its owner alone', (t) => {
    const dataDir = join(temporaryDirectory(t), 'a', 'b')
    openDatabase(dataDir).close()
    if (process.platform === 'win32') return
    assert.equal(statSync(dataDir).mode & 0o777, 0o700)
    assert.equal(statSync(join(dataDir, fileName)).mode & 0o777, 0o600)
  })

  test('gives up where no directory can be made, and says which', { timeout: 60_000 }, () => {
    if (process.platform !== 'linux') return
    // In a process of its own, which can be ended if it never gives up.
    const source = JSON.stringify(new URL('open-database.ts', import.meta.url).href)
    const script = `import(${source}).then(({ openDatabase }) => openDatabase('/proc/none/a'))`
    const ended = spawnSync(process.execPath, ['--eval', script], {
      encoding: 'utf8',
      timeout: 20_000,
      killSignal: 'SIGKILL',
    })
    assert.equal(ended.status, 1)
    assert.match(
      ended.stderr,
      /StateStoreError: the data directory \/proc\/none\/a cannot be used: ENOENT/,
    )
  })

  test('waits for the disk at each commit and keeps a log', (t) => {
    const db = openDatabase(temporaryDirectory(t))
    t.after(() => db.close())
    const setting = (name: string) => db.prepare(`PRAGMA ${name}`).get()?.[name]
    assert.equal(setting('synchronous'), 2)
    assert.equal(setting('journal_mode'), 'wal')
    assert.equal(setting('locking_mode'), 'exclusive')
    assert.equal(setting('fullfsync'), 1)
    assert.equal(setting('application_id'), stateApplicationId)
    assert.equal(setting('user_version'), migrationSteps.length)
  })

  test('refuses a directory that is open already, and opens it once that is closed', (t) => {
    const dataDir = temporaryDirectory(t)
    const first = openDatabase(dataDir)
    assertRefused(dataDir, [/in use by another process/, /--data-dir/, new RegExp(dataDir)])
    first.close()
    openDatabase(dataDir).close()
  })

  test('refuses a file that is no database', (t) => {
    const dataDir = temporaryDirectory(t)
    writeFileSync(join(dataDir, fileName), 'my shopping list\n'.repeat(50))
    assertRefused(dataDir, [/not a state file of Stagedoor/, /left as it is/, /--data-dir/])
    assert.ok(!existsSync(join(dataDir, `${fileName}-wal`)))
  })

  test('refuses a file shorter than a header', (t) => {
    const dataDir = temporaryDirectory(t)
    writeFileSync(join(dataDir, fileName), 'SQLite format 3')
    assertRefused(dataDir, [/not a state file of Stagedoor/])
  })

  test('refuses the database of another program', (t) => {
    const dataDir = temporaryDirectory(t)
    for (const applicationId of [0, 0x12345678]) {
      const foreign = new DatabaseSync(join(dataDir, fileName))
      foreign.exec(`PRAGMA application_id = ${applicationId}; CREATE TABLE IF NOT EXISTS t (x)`)
      foreign.close()
      assertRefused(dataDir, [/not a state file of Stagedoor/])
    }
  })

  test('refuses a newer format', (t) => {
    const dataDir = temporaryDirectory(t)
    const db = openDatabase(dataDir)
    db.exec(`PRAGMA user_version = ${migrationSteps.length + 1}`)
    db.close()
    assertRefused(dataDir, [/has format 2/, /knows 1 and older/, /Run the version that wrote it/])
  })

  test('refuses a file with damaged pages', async (t) => {
    const dataDir = temporaryDirectory(t)
    await fill(dataDir)
    const path = join(dataDir, fileName)
    const bytes = readFileSync(path)
    bytes.fill(0xff, 4096 * 4, 4096 * 6)
    writeFileSync(path, bytes)
    assertRefused(dataDir, [/is damaged/, /left as it is/, /backup/])
  })

  test('refuses a file that was cut off', async (t) => {
    const dataDir = temporaryDirectory(t)
    await fill(dataDir)
    const path = join(dataDir, fileName)
    writeFileSync(path, readFileSync(path).subarray(0, 4096 * 3))
    assertRefused(dataDir, [/is damaged/])
  })

  test('refuses a directory that is a file', (t) => {
    const path = join(temporaryDirectory(t), 'file')
    writeFileSync(path, '')
    assert.throws(
      () => openDatabase(path),
      (error) => error instanceof StateStoreError && /cannot be used/.test(error.message),
    )
  })

  test('merges the log that a crash left', async (t) => {
    const dataDir = temporaryDirectory(t)
    const copyDir = temporaryDirectory(t)
    const store = openSqliteStateStore({ dataDir })
    await store.commit({ expected: [], writes: [{ key: ['a'], value: 'kept' }] })
    // What a killed process leaves: the file and its log as they are.
    for (const name of [fileName, `${fileName}-wal`]) {
      copyFileSync(join(dataDir, name), join(copyDir, name))
    }
    await store.close()
    const reopened = openSqliteStateStore({ dataDir: copyDir })
    assert.equal((await reopened.get(['a']))?.value, 'kept')
    await reopened.close()
  })

  test('opens an empty file, as a crash while making it leaves one', (t) => {
    const dataDir = temporaryDirectory(t)
    writeFileSync(join(dataDir, fileName), '')
    openDatabase(dataDir).close()
  })
})

describe('migrate()', () => {
  const older = ['CREATE TABLE one (x)']
  const newer = [...older, "INSERT INTO one VALUES ('two'); CREATE TABLE two (x)"]
  const tables = (db: DatabaseSync) =>
    db
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
      .all()
      .map((row) => row['name'])

  test('runs the steps that are missing, and none twice', () => {
    const db = new DatabaseSync(':memory:')
    migrate(db, 0, older)
    assert.deepEqual(tables(db), ['one'])
    migrate(db, 1, newer)
    migrate(db, 2, newer)
    assert.deepEqual(tables(db), ['one', 'two'])
    assert.equal(db.prepare('PRAGMA user_version').get()?.['user_version'], 2)
    assert.equal(db.prepare('SELECT count(*) AS n FROM one').get()?.['n'], 1)
  })

  test('leaves the old format when a step fails', () => {
    const db = new DatabaseSync(':memory:')
    migrate(db, 0, older)
    assert.throws(() => migrate(db, 1, [...newer, 'CREATE TABLE one (y)']))
    assert.deepEqual(tables(db), ['one'])
    assert.equal(db.prepare('PRAGMA user_version').get()?.['user_version'], 1)
    assert.ok(!db.isTransaction)
  })
})
