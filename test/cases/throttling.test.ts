import assert from 'node:assert/strict'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { runThrottleCase, type ThrottleCase } from '../support/throttle-case.ts'

const folder = join(dirname(fileURLToPath(import.meta.url)), 'rest', 'throttling')
const files = globSync('*.json', { cwd: folder }).toSorted()
const isUpdate = process.env['STAGEDOOR_UPDATE_CASES'] === '1'

describe('throttles and quotas', () => {
  for (const file of files) {
    const path = join(folder, file)
    const given = JSON.parse(readFileSync(path, 'utf8')) as ThrottleCase

    test(`${basename(file, '.json')}: ${given.behaviour}`, async () => {
      assert.match(given.provenance.kind, /^(Documented|Observed|Chosen)$/)
      const came = await runThrottleCase(given)
      if (isUpdate) writeFileSync(path, `${JSON.stringify({ ...given, steps: came }, null, 2)}\n`)
      else assert.deepEqual(came, given.steps)
    })
  }
})

test('there are cases', () => assert.ok(files.length >= 20, `${files.length}`))
