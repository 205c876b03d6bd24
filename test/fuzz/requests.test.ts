import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testSeed } from '../support/seeded-random.ts'
import { fuzzRequests } from './requests.ts'

test('ten thousand requests with broken heads and bodies are all answered', async (t) => {
  const seed = testSeed()
  t.diagnostic(`seed ${seed}`)
  const { answered, failed, longestMs } = await fuzzRequests({ cases: 10_000, seed })
  t.diagnostic(`${answered} answered, ${failed} failed, longest ${longestMs.toFixed(0)} ms`)
  assert.ok(answered > 3000 && failed < 7000)
})
