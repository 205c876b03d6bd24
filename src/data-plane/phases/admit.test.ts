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
import type { ResourceId } from '../../aws/identifiers.ts'
import { emptyBody } from '../../base/body.ts'
import type { Charge, ChargeOutcome } from '../../ports/counters.ts'
import { encodeDefinition } from '../../snapshot/definition-codec.ts'
import { findExecuteApiAddress, readRequestTarget } from '../address.ts'
import { createRequestTraces } from '../request-traces.ts'
import { createExecuteApi } from '../server.ts'

/** A stage whose one method charges `counters`, by which everything is `taken` unless it says otherwise. */
function serving(charge: (charge: Charge) => ChargeOutcome | Promise<ChargeOutcome>) {
  const clock = standingClock(Date.UTC(2026, 10, 22))
  const log = recordingLog()
  const requestTraces = createRequestTraces(1)
  const mock = {
    type: 'MOCK' as const,
    requestTemplates: { 'application/json': '{"statusCode": 200}' },
    integrationResponses: { '200': {} },
  }
  const definition = definitionOf({ integrations: { 'POST /pets': mock } })
  const stage = snapshotOf({ definition })
  const executeApi = createExecuteApi({
    stages: { find: () => stage },
    upstream: scriptedUpstream(neverCalled),
    contentCoder: createContentCoder(),
    clock,
    stageClock: clock,
    random: seededRandom(5),
    metrics: recordingMetrics(),
    log,
    requestTraces,
    counters: { charge },
    accountThrottle: { rateLimit: 1, burstLimit: 1 },
  })
  const target = readRequestTarget({
    hostField: 'localhost',
    target: `/_aws/execute-api/${testApiId}/prod/pets`,
  })
  const address = findExecuteApiAddress(target)
  assert.ok(address !== undefined)
  const sent = { method: 'POST', headers: [], body: emptyBody, sourceIp: '::1', signal: undefined }
  return {
    log,
    test: () =>
      executeApi.tester.test({
        ...{ account: stage.declaration.account, region: stage.declaration.region },
        restApiId: testApiId,
        resourceId: 'res001' as ResourceId,
        ...{ resourcePath: '/pets', httpMethod: 'POST', path: '/pets', rawQuery: '' },
        ...{ headers: [], body: '', stageVariables: {} },
        definition: encodeDefinition(definition),
      }),
    respond: () => executeApi.respond(sent, address, target.host),
    /** Without their time. */
    logged(): readonly string[] {
      const found = requestTraces.find(requestTraces.list()[0]?.requestId ?? '')
      const lines = found?.['log']
      assert.ok(Array.isArray(lines))
      return lines.map((line) => String(line).replace(/^.*? : /, ''))
    },
  }
}

describe('admit()', () => {
  // Observed: an execution log of API Gateway that its owner printed.
  test('says in the execution log what was exceeded, right after the usage plan was asked', async () => {
    const { respond, logged, log } = serving(() => ({ outcome: 'throttled', index: 0 }))
    assert.equal((await respond()).status, 429)
    const lines = logged()
    const at = lines.findIndex((line) => line.startsWith('Verifying Usage Plan'))
    assert.equal(
      lines[at + 1],
      `Key throttle limit exceeded for RestApi ${testApiId}, Stage prod, Resource res001, ` +
        'HttpMethod POST. Limit: 1.00 Burst: 1',
    )
    assert.match(lines[at + 2] ?? '', /^Stagedoor: the limit of account 123456789012/)
    assert.equal(lines.at(-1), 'Method completed with status: 429')
    assert.deepEqual(
      log.lines.map(({ event, fields }) => [event, fields['bucket']]),
      [['throttled', 'account/123456789012/us-east-1']],
    )
  })

  test('tells the operator of each bucket that is used up once a minute', async () => {
    const { respond, log } = serving(() => ({ outcome: 'throttled', index: 0 }))
    for (let i = 0; i < 5; i += 1) await respond()
    assert.equal(log.lines.length, 1)
  })

  test('waits for counters that answer later', async () => {
    const outcomes: ChargeOutcome[] = [{ outcome: 'taken' }, { outcome: 'throttled', index: 0 }]
    const { respond } = serving(() => Promise.resolve(outcomes.shift() ?? { outcome: 'taken' }))
    assert.equal((await respond()).status, 200)
    assert.equal((await respond()).status, 429)
    assert.equal((await respond()).status, 200)
  })

  test('lets nobody in where nothing can be counted and the operator wants it so', async () => {
    const detail = 'the store of the counters is gone'
    const { respond, log } = serving(() => ({ outcome: 'unavailable', detail }))
    assert.equal((await respond()).status, 429)
    assert.deepEqual(
      log.lines.map(({ event, fields }) => [event, fields['detail']]),
      [['request-failed', detail]],
    )
  })

  test('is not asked when a method is tested', async () => {
    const outcome = await serving(() => ({ outcome: 'throttled', index: 0 })).test()
    assert.equal(outcome.outcome === 'answered' ? outcome.status : 0, 200)
  })

  test('asks for the same charge each time', async () => {
    const charges: Charge[] = []
    const { respond } = serving((charge) => {
      charges.push(charge)
      return { outcome: 'taken' }
    })
    await respond()
    await respond()
    assert.equal(charges[0], charges[1])
    assert.deepEqual(charges[0], {
      buckets: [{ key: 'account/123456789012/us-east-1', ratePerSecond: 1, burst: 1 }],
      quota: undefined,
    })
  })
})
