import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import type { FunctionCode, StoredCode } from '../../src/ports/function-code.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { zipOf } from '../support/zip.ts'

const absent = 'a'.repeat(64)

/** What `put()` stored; fails when it did not. */
export async function storedCode(
  code: FunctionCode,
  zip: Uint8Array,
): Promise<Extract<StoredCode, { outcome: 'stored' }>> {
  const stored = await code.put(zip)
  assert.ok(stored.outcome === 'stored', JSON.stringify(stored))
  return stored
}

/** Every sentence of the `FunctionCode` port, as tests. `open` makes an empty store. */
export function functionCodeContract(name: string, open: (t: TestContext) => FunctionCode): void {
  describe(name, () => {
    storing(open)
    deleting(open)
    foldersOfTheMachine(open)
    frozenFolders(open)
  })
}

function storing(open: (t: TestContext) => FunctionCode): void {
  test('put() names a zip by its SHA-256 and counts its bytes', async (t) => {
    const zip = zipOf({ 'index.js': 'x'.repeat(5_000), 'lib/a.js': 'abc' })
    assert.deepEqual(await open(t).put(zip), {
      outcome: 'stored',
      sha256: createHash('sha256').update(zip).digest('hex'),
      zippedBytes: zip.length,
      unzippedBytes: 5_003,
    })
  })

  test('find() gives back the very bytes', async (t) => {
    const code = open(t)
    const zip = zipOf({ 'index.js': 'text' }, { comment: 'kept' })
    const { sha256 } = await storedCode(code, zip)
    assert.deepEqual(Buffer.from((await code.find(sha256)) ?? []), Buffer.from(zip))
  })

  test('find() has nothing under another name', async (t) => {
    const code = open(t)
    await storedCode(code, zipOf({ a: 'a' }))
    for (const sha256 of [absent, '', '..', `../zips/${absent}`, absent.toUpperCase()]) {
      assert.equal(await code.find(sha256), undefined)
    }
  })

  test('put() of the same zip does nothing, also at the same time', async (t) => {
    const code = open(t)
    const zip = zipOf({ a: 'a' })
    const stored = await Promise.all([code.put(zip), code.put(zip), code.put(zip)])
    assert.deepEqual(stored, [stored[0], stored[0], stored[0]])
    assert.deepEqual(await code.put(zip), stored[0])
    assert.equal(await code.sweep(() => false), 1)
  })

  test('put() stores nothing of what is no zip', async (t) => {
    const code = open(t)
    for (const bytes of [new Uint8Array(0), Buffer.from('text'), zipOf({ a: 'a' }).subarray(1)]) {
      const answer = await code.put(bytes)
      assert.equal(answer.outcome, 'invalid')
    }
    assert.equal(await code.sweep(() => false), 0)
  })
}

function deleting(open: (t: TestContext) => FunctionCode): void {
  test('sweep() deletes what nobody claims and says how much that was', async (t) => {
    const code = open(t)
    const kept = await storedCode(code, zipOf({ a: 'a' }))
    const dropped = await storedCode(code, zipOf({ b: 'b' }))
    assert.equal(await code.sweep((sha256) => sha256 === kept.sha256), 1)
    assert.equal(await code.find(dropped.sha256), undefined)
    assert.notEqual(await code.find(kept.sha256), undefined)
  })

  test('sweep() of an empty store does nothing', async (t) => {
    assert.equal(await open(t).sweep(() => true), 0)
  })

  test('reset() deletes everything, and the store goes on', async (t) => {
    const code = open(t)
    await code.reset()
    const { sha256 } = await storedCode(code, zipOf({ a: 'a' }))
    await code.reset()
    assert.equal(await code.find(sha256), undefined)
    await storedCode(code, zipOf({ a: 'a' }))
    assert.notEqual(await code.find(sha256), undefined)
  })
}

function foldersOfTheMachine(open: (t: TestContext) => FunctionCode): void {
  test('findFolder() finds folders by their absolute path alone', async (t) => {
    const code = open(t)
    const folder = temporaryDirectory(t)
    mkdirSync(join(folder, 'code'))
    writeFileSync(join(folder, 'file'), '')
    assert.equal(await code.findFolder(folder), true)
    assert.equal(await code.findFolder(join(folder, 'code')), true)
    for (const path of [join(folder, 'file'), join(folder, 'absent'), 'src', '', `${folder}\0`]) {
      assert.equal(await code.findFolder(path), false, path)
    }
  })
}

/** What `freezeFolder()` stored; fails when it did not. */
async function frozen(code: FunctionCode, folder: string) {
  const stored = await code.freezeFolder(folder)
  assert.ok(stored.outcome === 'stored', JSON.stringify(stored))
  return stored
}

/** A folder with files under their paths. */
function folderOf(t: TestContext, files: Readonly<Record<string, string>>): string {
  const folder = temporaryDirectory(t)
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
  return folder
}

function frozenFolders(open: (t: TestContext) => FunctionCode): void {
  const files = { 'index.js': 'one', 'lib/a.js': 'two' }

  test('freezeFolder() stores what a folder holds as a zip', async (t) => {
    const code = open(t)
    const stored = await frozen(code, folderOf(t, files))
    const zip = (await code.find(stored.sha256)) ?? new Uint8Array()
    assert.equal(stored.sha256, createHash('sha256').update(zip).digest('hex'))
    assert.deepEqual([stored.zippedBytes, stored.unzippedBytes], [zip.length, 6])
    assert.deepEqual(await code.put(zip), stored)
  })

  test('freezeFolder() of the same content elsewhere and later is the same', async (t) => {
    const code = open(t)
    const folder = folderOf(t, files)
    const before = await frozen(code, folder)
    utimesSync(join(folder, 'index.js'), 1_000_000, 1_000_000)
    chmodSync(join(folder, 'index.js'), 0o600)
    assert.deepEqual(await frozen(code, folder), before)
    assert.deepEqual(await frozen(code, folderOf(t, files)), before)
  })

  test('freezeFolder() sees every other content, name, executable bit and link', async (t) => {
    const code = open(t)
    const folder = folderOf(t, files)
    const hashes = [(await frozen(code, folder)).sha256]
    const changes = [
      () => writeFileSync(join(folder, 'index.js'), 'new'),
      () => writeFileSync(join(folder, 'lib/b.js'), ''),
      () => chmodSync(join(folder, 'index.js'), 0o755),
      () => symlinkSync('index.js', join(folder, 'link.js')),
      () => mkdirSync(join(folder, 'empty')),
    ]
    for (const change of changes) {
      change()
      hashes.push((await frozen(code, folder)).sha256)
    }
    assert.equal(new Set(hashes).size, hashes.length)
  })

  test('freezeFolder() leaves .git out', async (t) => {
    const code = open(t)
    const git = { '.git/HEAD': 'ref', 'lib/.git': 'gitdir: elsewhere', '.gitignore': 'kept' }
    const stored = await frozen(code, folderOf(t, { ...files, ...git }))
    assert.deepEqual(stored, await frozen(code, folderOf(t, { ...files, '.gitignore': 'kept' })))
  })

  test('freezeFolder() refuses what is no folder, and links that leave it', async (t) => {
    const code = open(t)
    const leaving = folderOf(t, files)
    symlinkSync('../elsewhere', join(leaving, 'out'))
    for (const path of [join(leaving, 'absent'), join(leaving, 'index.js'), 'src', leaving]) {
      assert.equal((await code.freezeFolder(path)).outcome, 'invalid', path)
    }
    assert.equal(await code.sweep(() => false), 0)
  })
}
