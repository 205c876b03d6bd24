import assert from 'node:assert/strict'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, test } from 'node:test'
import {
  comparableLog,
  parseExecutionLogCase,
  runExecutionLogCase,
} from '../support/execution-log-case.ts'

const folder = fileURLToPath(new URL('execution-log/', import.meta.url))
const isUpdate = process.env['STAGEDOOR_UPDATE_CASES'] === '1'
const paths = globSync('*.txt', { cwd: folder }).toSorted()

describe('the execution log of a test', () => {
  for (const path of paths) {
    test(path.replace(/\.txt$/, ''), async () => {
      const text = readFileSync(`${folder}${path}`, 'utf8')
      const { provenance, given, log } = parseExecutionLogCase(text)
      const came = await runExecutionLogCase(given)
      if (isUpdate && provenance.startsWith('Chosen')) {
        writeFileSync(`${folder}${path}`, text.slice(0, text.length - log.length) + came)
        return
      }
      // What was recorded differs in what is another's; what is chosen is ours to the letter.
      const comparable = provenance.startsWith('Chosen') ? (same: string) => same : comparableLog
      assert.equal(comparable(came), comparable(log))
    })
  }

  test('has cases', () => assert.ok(paths.length >= 8, `${paths.length}`))
})
