import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { createFunctionCode } from '../../src/adapters/function-code/function-code.ts'
import { seededRandom, testSeed } from '../support/seeded-random.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const writer = fileURLToPath(new URL('code-writer.ts', import.meta.url))

/** Lets the writer store as many zips as said, kills it, and answers the hashes that it printed. */
async function writeUntilKilled(root: string, zips: number): Promise<readonly string[]> {
  const child = spawn(process.execPath, [writer, root], { stdio: ['ignore', 'pipe', 'inherit'] })
  const stored: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    stored.push(line)
    if (stored.length === zips) child.kill('SIGKILL')
  }
  return stored
}

test('a killed process loses no stored zip and leaves neither zips nor folders half there', async (t) => {
  const random = seededRandom(testSeed())
  t.diagnostic(`seed ${random.seed}`)
  const root = temporaryDirectory(t)
  const code = createFunctionCode({ root })
  await code.sweep(() => true)
  const stored: string[] = []
  for (let round = 0; round < 5; round += 1) {
    stored.push(...(await writeUntilKilled(root, 1 + random.integer(40))))
    for (const name of readdirSync(join(root, 'zips')).filter((each) => each.endsWith('.zip'))) {
      const bytes = readFileSync(join(root, 'zips', name))
      assert.equal(`${createHash('sha256').update(bytes).digest('hex')}.zip`, name)
    }
    for (const name of readdirSync(join(root, 'unpacked')).filter(
      (each) => !each.startsWith('.'),
    )) {
      assert.equal(readdirSync(join(root, 'unpacked', name, 'lib')).length, 20)
    }
  }
  for (const sha256 of stored) assert.notEqual(await code.find(sha256), undefined)
  await code.sweep((sha256) => stored.includes(sha256))
  for (const place of ['zips', 'unpacked']) {
    const left = readdirSync(join(root, place)).map((name) => name.replace('.zip', ''))
    assert.ok(
      left.every((sha256) => stored.includes(sha256)),
      place,
    )
  }
})
