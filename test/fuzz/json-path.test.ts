import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fuzzJsonPaths } from './json-path.ts'

test('ten thousand broken paths crash nothing', (t) => {
  const seed = Number(process.env['STAGEDOOR_TEST_SEED'] ?? Date.now() % 1_000_000)
  t.diagnostic(`seed ${seed}`)
  const { found, notFound, failed, refused, longestMs } = fuzzJsonPaths({ cases: 10_000, seed })
  t.diagnostic(`${found} found, ${notFound} not, ${failed} failed, ${refused} refused`)
  t.diagnostic(`longest step ${longestMs.toFixed(1)} ms`)
  assert.ok(found > 1_000 && refused > 1_000)
})
