import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testSeed } from '../support/seeded-random.ts'
import { runGatewayCrashRounds } from './gateway-crash-rounds.ts'

test('a gateway killed while it writes keeps every acknowledged write, whole, and serves it', async (t) => {
  const seed = testSeed()
  const report = await runGatewayCrashRounds(8, seed)
  t.diagnostic(`seed ${seed}: ${report.acknowledged} acknowledged writes`)
  assert.deepEqual(report.failures, [])
  assert.ok(report.acknowledged > 0)
})
