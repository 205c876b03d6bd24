import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createContentCoder } from '../adapters/node/content-coder.ts'
import {
  definitionOf,
  snapshotOf,
  testApiId,
  testStageName,
} from '../../test/support/compiled-stage.ts'
import {
  recordingLog,
  recordingMetrics,
  standingClock,
} from '../../test/support/recording-sinks.ts'
import { scriptedUpstream, type UpstreamScript } from '../../test/support/scripted-upstream.ts'
import { seededRandom } from '../../test/support/seeded-random.ts'
import { emptyBody, textBody } from '../base/body.ts'
import type { MetricSink } from '../ports/metric-sink.ts'
import type { StageSnapshot } from '../snapshot/stage-snapshot.ts'
import { createExecuteApi, type ExecuteApiRequest } from './server.ts'

const proxy = {
  type: 'HTTP_PROXY',
  httpMethod: 'GET',
  uri: 'http://${stageVariables.host}/x',
} as const
const mock = {
  type: 'MOCK',
  requestTemplates: { 'application/json': '{"statusCode": 200}' },
  integrationResponses: { 200: {} },
} as const

const definition = definitionOf({ integrations: { 'GET /pets': proxy, 'GET /mock': mock } })

function stageWith(host: string): StageSnapshot {
  return snapshotOf({ definition, declaration: { variables: { host } } })
}

function setUp(
  more: {
    readonly script?: UpstreamScript
    readonly metrics?: MetricSink
    readonly find?: () => StageSnapshot | undefined
  } = {},
) {
  const clock = standingClock(1_000)
  const log = recordingLog()
  const metrics = recordingMetrics()
  const stage = stageWith('a.example')
  const answer: UpstreamScript = ({ request }) => {
    clock.advance(40)
    const body = textBody(request.origin.hostname)
    return { outcome: 'response', status: 200, headers: [], body }
  }
  const upstream = scriptedUpstream(more.script ?? answer)
  const executeApi = createExecuteApi({
    stages: {
      find:
        more.find ??
        ((id, name) => (id === testApiId && name === testStageName ? stage : undefined)),
    },
    upstream,
    contentCoder: createContentCoder(),
    clock,
    random: seededRandom(1),
    metrics: more.metrics ?? metrics,
    log,
  })
  const get = (path: string, watched: Pick<ExecuteApiRequest, 'signal'> = { signal: undefined }) =>
    executeApi.respond(
      {
        method: 'GET',
        headers: [],
        body: emptyBody,
        sourceIp: '192.0.2.7',
        get signal() {
          return watched.signal
        },
      },
      {
        restApiId: testApiId,
        stageName: testStageName,
        path,
        contextPath: `/prod${path}`,
        rawQuery: '',
      },
      'localhost',
    )
  return { get, executeApi, clock, log, metrics, upstream }
}

describe('createExecuteApi()', () => {
  test('gives every request ids of its own', async () => {
    const { get } = setUp()
    const [one, other] = [await get('/mock'), await get('/mock')]
    for (const name of ['x-amzn-RequestId', 'x-amz-apigw-id']) {
      const idOf = (headers: readonly string[]) => headers[headers.indexOf(name) + 1]
      assert.notEqual(idOf(one.headers), idOf(other.headers))
    }
  })

  test('records what a request took, and what its integration did', async () => {
    const { get, metrics } = setUp()
    await get('/pets')
    await get('/mock')
    await get('/nothing')
    const rows = metrics.records.map((metric) => [
      metric.resourcePath,
      metric.status,
      metric.latencyMs,
      metric.integrationLatencyMs,
    ])
    assert.deepEqual(rows, [
      ['/pets', 200, 40, 40],
      ['/mock', 200, 0, 0],
      [undefined, 403, 0, undefined],
    ])
    assert.deepEqual(metrics.records[0], {
      restApiId: testApiId,
      stage: 'prod',
      resourcePath: '/pets',
      httpMethod: 'GET',
      status: 200,
      latencyMs: 40,
      integrationLatencyMs: 40,
      isCacheHit: undefined,
    })
  })

  test('records the latency of an integration that failed', async () => {
    const { get, metrics } = setUp({ script: () => ({ outcome: 'timeout' }) })
    await get('/pets')
    assert.equal(metrics.records[0]?.status, 504)
    assert.equal(metrics.records[0]?.integrationLatencyMs, 0)
  })

  test('records nothing for a stage that does not exist', async () => {
    const { get, metrics } = setUp({ find: () => undefined })
    assert.equal((await get('/pets')).status, 403)
    assert.deepEqual(metrics.records, [])
  })

  test('answers and logs when the metric sink throws', async () => {
    const metrics = {
      record: () => {
        throw new Error('disk full')
      },
    }
    const { get, log } = setUp({ metrics })
    assert.equal((await get('/mock')).status, 200)
    assert.equal(log.lines[0]?.event, 'call-not-finished')
  })

  test('answers 500 and logs the stack when a port throws', async () => {
    const { get, log } = setUp({
      script: () => {
        throw new TypeError('x is not a function')
      },
    })
    const response = await get('/pets')
    assert.equal(response.status, 500)
    assert.equal(
      Buffer.from(response.body.bytes ?? []).toString(),
      '{"message": "Internal server error"}',
    )
    const [line] = log.lines
    assert.equal(line?.level, 'error')
    assert.equal(line?.event, 'request-failed')
    assert.match(String(line?.fields['stack']), /TypeError: x is not a function/)
  })

  test('writes one line however often a method fails', async () => {
    const { get, log, clock } = setUp({
      script: () => ({ outcome: 'refused', detail: 'ECONNREFUSED' }),
    })
    for (let i = 0; i < 10; i += 1) await get('/pets')
    assert.equal(log.lines.length, 1)
    assert.equal(log.lines[0]?.fields['source'], 'upstream')
    clock.advance(60_000)
    await get('/pets')
    assert.equal(log.lines[1]?.fields['repeatedCount'], 9)
  })

  test('lets a request end on the snapshot it began with', async () => {
    let current = stageWith('old.example')
    const called = Promise.withResolvers<void>()
    const release = Promise.withResolvers<void>()
    const { get, upstream } = setUp({
      find: () => current,
      script: async ({ request }) => {
        called.resolve()
        await release.promise
        const body = textBody(request.origin.hostname)
        return { outcome: 'response', status: 200, headers: [], body }
      },
    })
    const first = get('/pets')
    await called.promise
    current = stageWith('new.example')
    const second = get('/pets')
    release.resolve()
    await Promise.all([first, second])
    assert.deepEqual(
      upstream.recorded.map(({ request }) => request.origin.hostname),
      ['old.example', 'new.example'],
    )
  })

  test('asks for the signal only when an endpoint is called, and hands it on', async () => {
    const { get, upstream } = setUp()
    const { signal } = new AbortController()
    let askedCount = 0
    const watched = {
      get signal() {
        askedCount += 1
        return signal
      },
    }
    await get('/mock', watched)
    await get('/nothing', watched)
    assert.equal(askedCount, 0)
    await get('/pets', watched)
    assert.equal(upstream.recorded[0]?.request.signal, signal)
  })
})
