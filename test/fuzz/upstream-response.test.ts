import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testSeed } from '../support/seeded-random.ts'
import { fuzzUpstreamResponses } from './upstream-response.ts'

test('whatever our parser takes for a response is the same response to Node’s', async (t) => {
  const seed = testSeed()
  t.diagnostic(`seed ${seed}`)
  const report = await fuzzUpstreamResponses({ cases: 2000, seed })
  t.diagnostic(`${report.accepted} accepted, ${report.refused} refused`)
  assert.deepEqual(report.disagreements, [])
  // A generator whose cases are all refused would prove nothing, and neither would one without breaches.
  assert.ok(report.accepted > 400 && report.refused > 400)
})
