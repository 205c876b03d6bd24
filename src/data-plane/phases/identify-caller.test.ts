import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { definitionOf, snapshotOf, testApiId } from '../../../test/support/compiled-stage.ts'
import {
  recordingLog,
  recordingMetrics,
  standingClock,
} from '../../../test/support/recording-sinks.ts'
import { neverCalled, scriptedUpstream } from '../../../test/support/scripted-upstream.ts'
import { seededRandom } from '../../../test/support/seeded-random.ts'
import { createContentCoder } from '../../adapters/node/content-coder.ts'
import type { AccountId, Region, StageName } from '../../aws/identifiers.ts'
import { emptyBody } from '../../base/body.ts'
import { createAccountTable } from '../account-table.ts'
import { findExecuteApiAddress, readRequestTarget } from '../address.ts'
import { createRequestTraces } from '../request-traces.ts'
import { createExecuteApi } from '../server.ts'

const value = 'apikey1234abcdefghij'
const masked = '**************efghij'

/** The lines about the key in the log of a request, between its receipt and the method, or its failure. */
async function linesOf(keys: readonly string[], { isRequired = true } = {}) {
  const clock = standingClock(Date.UTC(2026, 10, 22))
  const log = recordingLog()
  const requestTraces = createRequestTraces(1)
  const integrations = {
    'GET /pets': { type: 'MOCK' as const, requestTemplates: { 'application/json': '{}' } },
  }
  const definition = definitionOf({
    integrations,
    methods: isRequired ? { 'GET /pets': { apiKeyRequired: true } } : {},
  })
  const stage = snapshotOf({ definition })
  const accounts = createAccountTable()
  const scope = { account: '123456789012' as AccountId, region: 'us-east-1' as Region, revision: 1 }
  const usagePlanDays = { p1: '2026-11-22' }
  const key = { ...scope, id: 'k1', value, isEnabled: true, usagePlanIds: ['p1'], usagePlanDays }
  const stageOfPlan = { restApiId: testApiId, stageName: 'prod' as StageName, methodThrottles: {} }
  const plan = { ...scope, id: 'p1', throttle: undefined, quota: undefined }
  accounts.apply({ kind: 'declared', of: 'api-key', declaration: key })
  accounts.apply({
    ...{ kind: 'declared', of: 'usage-plan' },
    declaration: { ...plan, apiStages: [stageOfPlan] },
  })
  const executeApi = createExecuteApi({
    ...{ clock, log, requestTraces, accounts, metrics: recordingMetrics() },
    stages: { find: () => stage },
    upstream: scriptedUpstream(neverCalled),
    contentCoder: createContentCoder(),
    random: seededRandom(5),
  })
  const target = `/_aws/execute-api/${testApiId}/prod/pets`
  const address = findExecuteApiAddress(readRequestTarget({ hostField: 'localhost', target }))
  assert.ok(address !== undefined)
  const headers = keys.flatMap((each) => ['x-api-key', each])
  const sent = { method: 'GET', headers, body: emptyBody, sourceIp: '::1', signal: undefined }
  await executeApi.respond(sent, address, 'localhost')
  const [trace] = requestTraces.list()
  const found = JSON.stringify(requestTraces.find(trace?.requestId ?? ''))
  for (const secret of [value, ...keys.filter((each) => each !== '')]) {
    assert.ok(!found.includes(secret), 'a trace has no whole key')
    assert.ok(!JSON.stringify(log.lines).includes(secret), 'a log has no whole key')
  }
  const { log: lines } = JSON.parse(found) as { log: readonly (string | { text: string })[] }
  const texts = lines.map((line) => (typeof line === 'string' ? line : line.text))
  const from = texts.findIndex((text) => text.includes('Verifying Usage Plan'))
  const to = texts.findIndex((text) => /Starting execution|Method completed/.test(text))
  return texts.slice(from, to).map((text) => text.replace(trace?.requestId ?? '', 'ID'))
}

describe('identifyCaller(), in the execution log,', () => {
  const apiStage = `${testApiId}/prod`
  const verifying = (key: string) =>
    `Verifying Usage Plan for request: ID. API Key: ${key} API Stage: ${apiStage}`

  test('names a key that lets a request in by its end', async () => {
    assert.deepEqual(await linesOf([value]), [
      verifying(masked),
      `Usage Plan check succeeded for API Key ${masked} and API Stage ${apiStage}`,
    ])
  })

  test('says that a method requires no key, and which one came nevertheless', async () => {
    const unasked =
      "authorized because method 'GET /pets' does not require API Key. " +
      'Request will not contribute to throttle or quota limits'
    assert.deepEqual(await linesOf([], { isRequired: false }), [
      verifying(''),
      `API Key  ${unasked}`,
      `Usage Plan check succeeded for API Key  and API Stage ${apiStage}`,
    ])
    const [, line] = await linesOf([value], { isRequired: false })
    assert.equal(line, `API Key ${masked} ${unasked}`)
  })

  test('says why a key is refused, without the key', async () => {
    assert.deepEqual(await linesOf([]), [
      verifying(''),
      'Forbidden',
      'Stagedoor: the request has no x-api-key header',
    ])
    assert.deepEqual(await linesOf(['nobody1234567890abcdef']), [
      verifying('****************abcdef'),
      'Forbidden',
      'Stagedoor: no API key has the value of x-api-key',
    ])
  })
})
