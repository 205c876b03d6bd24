import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fuzzTemplates } from './templates.ts'

test('ten thousand broken templates crash nothing and hold nothing up', (t) => {
  const seed = Number(process.env['STAGEDOOR_TEST_SEED'] ?? Date.now() % 1_000_000)
  t.diagnostic(`seed ${seed}`)
  const report = fuzzTemplates({ cases: 10_000, seed })
  t.diagnostic(`${report.rendered} rendered, ${report.refused} refused, ${report.slowestMs} ms`)
  assert.deepEqual(report.broken, [])
  assert.ok(report.slowestMs < 1000, report.slowest)
  assert.ok(report.rendered > 1000)
})
