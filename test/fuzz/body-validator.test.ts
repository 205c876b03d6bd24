import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fuzzBodies } from './body-validator.ts'

test('ten thousand broken bodies crash nothing', (t) => {
  const seed = Number(process.env['STAGEDOOR_TEST_SEED'] ?? Date.now() % 1_000_000)
  t.diagnostic(`seed ${seed}`)
  const { valid, invalid, unusable, longestMs } = fuzzBodies({ cases: 10_000, seed })
  t.diagnostic(`${valid} valid, ${invalid} invalid, ${unusable} unusable`)
  t.diagnostic(`longest step ${longestMs.toFixed(1)} ms`)
  assert.ok(valid > 500 && invalid > 1_000 && unusable > 500)
})
