import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testSeed } from '../support/seeded-random.ts'
import { runCrashRounds } from './crash-rounds.ts'

test('a killed process loses no acknowledged write and leaves none half there', async (t) => {
  const seed = testSeed()
  t.diagnostic(`seed ${seed}`)
  const report = await runCrashRounds(10, seed)
  t.diagnostic(`${report.acknowledged} acknowledged, ${report.unacknowledged} more found`)
  assert.deepEqual(report.failures, [])
  assert.ok(report.acknowledged > 0)
})
