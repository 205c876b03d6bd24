import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { readCacheKey } from './cache-key-file.ts'

describe('readCacheKey()', () => {
  const cases: readonly [name: string, content: Uint8Array | string, isKey: boolean][] = [
    ['64 hexadecimal digits', `${'0a'.repeat(32)}\n`, true],
    ['32 bytes', new Uint8Array(32).fill(200), true],
    ['63 digits', '0'.repeat(63), false],
    ['64 letters', 'g'.repeat(64), false],
    ['nothing', '', false],
  ]
  for (const [name, content, isKey] of cases) {
    test(`${isKey ? 'reads' : 'refuses'} ${name}`, async () => {
      const directory = await mkdtemp(join(tmpdir(), 'stagedoor-'))
      try {
        const file = join(directory, 'key')
        await writeFile(file, content)
        if (isKey) assert.equal((await readCacheKey(file))?.length, 32)
        else await assert.rejects(readCacheKey(file), /--cache-key-file .*expected 64 hexadecimal/)
      } finally {
        await rm(directory, { recursive: true })
      }
    })
  }

  test('refuses a file that is not there, and reads none where none is named', async () => {
    await assert.rejects(readCacheKey('/nowhere/key'), /--cache-key-file .*ENOENT/)
    assert.equal(await readCacheKey(undefined), undefined)
  })
})
