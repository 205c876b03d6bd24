import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { temporaryDirectory } from '../../../test/support/temporary-directory.ts'
import { UnzippedTooLargeError } from './invalid-zip.ts'
import { unzippedBytesMax, zipEntriesMax } from './zip-bounds.ts'
import { writeTree } from './write-tree.ts'
import { zipFolder } from './zip-folder.ts'

describe('zipFolder()', () => {
  test('makes a zip of the very tree', async (t) => {
    const [folder, made] = [temporaryDirectory(t), join(temporaryDirectory(t), 'made')]
    mkdirSync(join(folder, 'node_modules/.bin'), { recursive: true })
    mkdirSync(join(folder, 'empty/er'), { recursive: true })
    writeFileSync(join(folder, 'bootstrap'), '#!/bin/sh', { mode: 0o700 })
    writeFileSync(join(folder, 'ünïcode.txt'), 'x'.repeat(600_000))
    writeFileSync(join(folder, 'nothing'), '')
    symlinkSync('../../bootstrap', join(folder, 'node_modules/.bin/run'))
    await writeTree(await zipFolder(folder), made)
    assert.equal(readFileSync(join(made, 'bootstrap'), 'utf8'), '#!/bin/sh')
    assert.equal(readFileSync(join(made, 'ünïcode.txt'), 'utf8'), 'x'.repeat(600_000))
    assert.equal(readFileSync(join(made, 'nothing'), 'utf8'), '')
    assert.equal(readlinkSync(join(made, 'node_modules/.bin/run')), '../../bootstrap')
    assert.ok(statSync(join(made, 'empty/er')).isDirectory())
    const executable = (name: string) => (statSync(join(made, name)).mode & 0o111) !== 0
    assert.deepEqual([executable('bootstrap'), executable('nothing')], [true, false])
  })

  test('makes a zip of an empty folder', async (t) => {
    const made = join(temporaryDirectory(t), 'made')
    await writeTree(await zipFolder(temporaryDirectory(t)), made)
    assert.ok(statSync(made).isDirectory())
  })

  test('refuses what is neither file, folder nor link, and opens none of it', async (t) => {
    if (process.platform === 'win32') return t.skip('Windows has no such files')
    const folder = temporaryDirectory(t)
    execFileSync('mkfifo', [join(folder, 'pipe')])
    await assert.rejects(zipFolder(folder), /the entry "pipe" is no file, folder or symbolic link/)
  })

  test('refuses more than a zip may hold before it reads it', async (t) => {
    const folder = temporaryDirectory(t)
    const large = join(folder, 'large')
    writeFileSync(large, '')
    truncateSync(large, unzippedBytesMax + 1)
    await assert.rejects(zipFolder(folder), UnzippedTooLargeError)
  })

  test('refuses a folder that does not stop changing', async (t) => {
    const folder = temporaryDirectory(t)
    const file = join(folder, 'log')
    writeFileSync(file, 'x')
    const isDone = new AbortController()
    const changing = changeUntil(isDone.signal, () => appendFileSync(file, 'x'))
    await assert.rejects(zipFolder(folder), /it changes while it is read/)
    isDone.abort()
    await changing
  })

  test('bounds the entries', () => {
    // The writer counts in 16 bits.
    assert.ok(zipEntriesMax < 0xffff)
  })
})

/** Changes at every turn of the event loop, so between any two looks at the disk. */
async function changeUntil(signal: AbortSignal, change: () => void): Promise<void> {
  while (!signal.aborted) {
    change()
    await new Promise((resolve) => setImmediate(resolve))
  }
}
