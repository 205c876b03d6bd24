import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import { machineToken } from '../../adapters/sandboxes/process-table.ts'
import { openFunctionDirectory, removeAbandonedCode } from './function-directory.ts'

describe('openFunctionDirectory()', () => {
  test('is below the directory of the state, and stays', async () => {
    const directory = openFunctionDirectory({ kind: 'sqlite', directory: '/nowhere/at/all' })
    assert.equal(directory.path, '/nowhere/at/all/functions')
    await directory.close()
  })

  test('is a temporary one of its own for state in memory, and goes with all that is in it', async () => {
    const [one, other] = [1, 2].map(() => openFunctionDirectory({ kind: 'memory' }))
    assert.ok(one !== undefined && other !== undefined)
    assert.notEqual(one.path, other.path)
    mkdirSync(join(one.path, 'unpacked'))
    writeFileSync(join(one.path, 'unpacked', 'index.mjs'), '')
    await one.close()
    assert.equal(existsSync(one.path), false)
    assert.equal(existsSync(other.path), true)
    await other.close()
  })
})

describe('removeAbandonedCode()', () => {
  test('deletes what servers that are gone left, and nothing else', async () => {
    const root = mkdtempSync(join(tmpdir(), 'stagedoor-abandoned-'))
    const mine = openFunctionDirectory({ kind: 'memory' })
    const gone = `code-4194303-1.${machineToken()}-abcdef`
    const kept = [
      basename(mine.path),
      'code-4194303-1.12345678.elsewhere-abcdef',
      'run-4194303-0-1',
      'code-x',
    ]
    for (const name of [gone, ...kept]) mkdirSync(join(root, name))
    await removeAbandonedCode(root)
    assert.equal(existsSync(join(root, gone)), false)
    for (const name of kept) assert.ok(existsSync(join(root, name)), name)
    assert.ok(existsSync(dirname(mine.path)))
    await mine.close()
    await rm(root, { recursive: true })
  })

  test('does nothing where nothing was ever kept', async () => {
    await removeAbandonedCode('/nowhere/at/all')
  })
})
