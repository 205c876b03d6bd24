import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fuzzJsonPaths } from './json-path.ts'

test('ten thousand broken paths neither crash nor hang', (t) => {
  const seed = Number(process.env['STAGEDOOR_TEST_SEED'] ?? Date.now() % 1_000_000)
  t.diagnostic(`seed ${seed}`)
  const { found, notFound, failed, refused, slowest } = fuzzJsonPaths({ cases: 10_000, seed })
  t.diagnostic(`${found} found, ${notFound} not, ${failed} failed, ${refused} refused`)
  t.diagnostic(`slowest ${slowest.milliseconds.toFixed(1)} ms: ${slowest.path.slice(0, 80)}`)
  assert.ok(found > 1_000 && refused > 1_000)
})
