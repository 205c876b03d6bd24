import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testSeed } from '../support/seeded-random.ts'
import { fuzzTemplates } from './templates.ts'

test('ten thousand broken templates crash nothing and show nothing of JavaScript', (t) => {
  const seed = testSeed()
  t.diagnostic(`seed ${seed}`)
  const { rendered, refused, broken, longestMs } = fuzzTemplates({ cases: 10_000, seed })
  t.diagnostic(`${rendered} rendered, ${refused} refused, longest step ${longestMs.toFixed(0)} ms`)
  assert.deepEqual(broken, [])
  assert.ok(rendered > 1000)
})
