import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startGateway } from '../support/running-gateway.ts'
import { fuzzRawHttp } from './raw-http.ts'
import { publishFuzzTarget } from './target.ts'

test('ten thousand broken requests crash nothing and leave no socket hanging', async (t) => {
  const seed = Number(process.env['STAGEDOOR_TEST_SEED'] ?? Date.now() % 1_000_000)
  t.diagnostic(`seed ${seed}`)
  await using gateway = await startGateway({ arguments: ['--memory'] })
  const target = await publishFuzzTarget(gateway)
  const report = await fuzzRawHttp({ port: target.port, cases: 10_000, seed })
  t.diagnostic(`${report.answered} answered, ${report.closed} closed`)
  assert.deepEqual(report.hanging, [])
  await target.assertUnharmed()
})
