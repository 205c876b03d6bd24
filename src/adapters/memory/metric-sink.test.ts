import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { RequestMetric } from '../../ports/metric-sink.ts'
import { addMetrics } from './add-metrics.ts'
import { latencyBoundsMs } from './histogram.ts'
import { MemoryMetricSink } from './metric-sink.ts'

function request(changes: Partial<RequestMetric> = {}): RequestMetric {
  return {
    restApiId: 'abcdefghij',
    stage: 'prod',
    resourcePath: '/pets',
    httpMethod: 'GET',
    status: 200,
    latencyMs: 3,
    integrationLatencyMs: undefined,
    ...changes,
  }
}

describe('MemoryMetricSink', () => {
  test('has nothing to say before the first request', () => {
    assert.deepEqual(new MemoryMetricSink().snapshot(), [])
  })

  test('counts requests and their errors by stage', () => {
    const sink = new MemoryMetricSink()
    for (const status of [200, 302, 400, 403, 499, 500, 504]) sink.record(request({ status }))
    sink.record(request({ stage: 'dev' }))
    const [prod, dev] = sink.snapshot()
    assert.equal(prod?.stage, 'prod')
    assert.equal(prod.count, 7)
    assert.equal(prod.clientErrorCount, 3)
    assert.equal(prod.serverErrorCount, 2)
    assert.deepEqual(prod.countByClass, [0, 1, 1, 3, 2])
    assert.equal(dev?.count, 1)
    assert.equal(dev.restApiId, 'abcdefghij')
  })

  test('counts a latency in the bucket whose bound it does not exceed', () => {
    const sink = new MemoryMetricSink()
    for (const latencyMs of [0, 1, 1.1, 30_000, 30_001]) sink.record(request({ latencyMs }))
    const [prod] = sink.snapshot()
    assert.ok(prod)
    const { latency } = prod
    assert.equal(latency.counts.length, latencyBoundsMs.length + 1)
    assert.deepEqual(latency.counts.slice(0, 3), [2, 1, 0])
    assert.deepEqual(latency.counts.slice(-2), [1, 1])
    assert.equal(latency.count, 5)
    assert.equal(latency.sumMs, 60_003.1)
  })

  test('counts the latency of integrations only where one was called', () => {
    const sink = new MemoryMetricSink()
    sink.record(request())
    sink.record(request({ integrationLatencyMs: 12 }))
    const [prod] = sink.snapshot()
    assert.equal(prod?.integrationLatency.count, 1)
    assert.equal(prod.integrationLatency.sumMs, 12)
  })

  test('gives a snapshot that stays as it was and can be sent', () => {
    const sink = new MemoryMetricSink()
    sink.record(request())
    const before = sink.snapshot()
    const copy = structuredClone(before)
    sink.record(request())
    assert.deepEqual(before, copy)
  })

  test('forgets the stage seen first above its bound', () => {
    const sink = new MemoryMetricSink(2)
    for (const stage of ['a', 'b', 'c']) sink.record(request({ stage }))
    assert.deepEqual(
      sink.snapshot().map(({ stage }) => stage),
      ['b', 'c'],
    )
  })
})

test('addMetrics() says what one sink would have said', () => {
  const [left, right, both] = [1, 2, 3].map(() => new MemoryMetricSink())
  assert.ok(left && right && both)
  const requests = [
    request({ latencyMs: 3, integrationLatencyMs: 2 }),
    request({ status: 500, latencyMs: 700 }),
    request({ stage: 'dev', status: 404 }),
    request({ latencyMs: 64 }),
  ]
  for (const [i, one] of requests.entries()) {
    both.record(one)
    const sink = i % 2 === 0 ? left : right
    sink.record(one)
  }
  assert.deepEqual(
    addMetrics([left.snapshot(), right.snapshot()]).toSorted((a, b) =>
      a.stage < b.stage ? 1 : -1,
    ),
    both.snapshot(),
  )
})
