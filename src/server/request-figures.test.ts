import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createRequestFigures } from './request-figures.ts'
import { addFigures, latencyBoundsSeconds, noFigures } from './worker-figures.ts'

const request = {
  restApiId: 'abc',
  stage: 'prod',
  resourcePath: '/',
  httpMethod: 'GET',
  status: 200,
  latencyMs: 1,
  integrationLatencyMs: undefined,
}

describe('createRequestFigures()', () => {
  test('counts by stage and status class', () => {
    const figures = createRequestFigures()
    for (const status of [200, 204, 302, 403, 404, 502]) figures.record({ ...request, status })
    figures.record({ ...request, stage: 'dev' })
    const [prod, dev] = figures.stages()
    assert.deepEqual(prod?.countByClass, [0, 2, 1, 2, 1])
    assert.deepEqual([dev?.stage, dev?.countByClass], ['dev', [0, 1, 0, 0, 0]])
  })

  test('puts a latency into the first bucket that holds it, and the longest above all', () => {
    const figures = createRequestFigures()
    for (const latencyMs of [0, 1, 1.1, 29_000, 31_000]) figures.record({ ...request, latencyMs })
    const [stage] = figures.stages()
    const bucketOf = (seconds: number) => stage?.latencyCounts[latencyBoundsSeconds.indexOf(seconds)]
    assert.deepEqual([bucketOf(0.001), bucketOf(0.0025), bucketOf(30)], [2, 1, 1])
    assert.equal(stage?.latencyCounts.at(-1), 1)
    assert.equal(stage?.latencySumMs, 60_002.1)
  })

  test('counts together what has no room of its own', () => {
    const figures = createRequestFigures()
    for (let i = 0; i < 5002; i += 1) figures.record({ ...request, stage: `s${i}` })
    assert.equal(figures.stages().length, 5000)
    assert.equal(figures.uncountedRequests(), 2)
  })
})

test('addFigures() sums the stages that two workers share and keeps the others', () => {
  const of = (stage: string, count: number) => ({
    restApiId: 'abc',
    stage,
    countByClass: [0, count, 0, 0, 0],
    latencyCounts: [count],
    latencySumMs: count,
  })
  const sum = addFigures(
    { ...noFigures, stages: [of('prod', 1), of('dev', 2)], droppedLogLines: 1 },
    { ...noFigures, stages: [of('prod', 3)], droppedLogLines: 2 },
  )
  assert.deepEqual(sum.stages, [of('prod', 4), of('dev', 2)])
  assert.equal(sum.droppedLogLines, 3)
})
