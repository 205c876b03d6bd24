import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { bytesBody, textBody } from '../base/body.ts'
import { standingClock } from '../../test/support/recording-sinks.ts'
import type { Call } from './call.ts'
import { ExecutionLog } from './execution-log.ts'
import { createRequestTraces } from './request-traces.ts'

const response = { status: 200, headers: [], body: textBody('') }

/** As much of a call as a trace looks at. */
function callOf(requestId: string): Call {
  return {
    ...{ requestId, extendedRequestId: 'x=', startMs: 0, httpMethod: 'GET', route: undefined },
    incoming: { path: '/', headers: ['Cookie', 'a-long-secret-cookie'] },
    stage: { declaration: { restApiId: 'a', stageName: 'b' } },
    variant: { deploymentId: 'c', deployment: { gatewayResponses: new Map() } },
    error: undefined,
    integrationLatencyMs: undefined,
  } as unknown as Call
}

function logOf(size: number): ExecutionLog {
  const log = new ExecutionLog(standingClock(0))
  const body = bytesBody(Buffer.alloc(size, 'x'))
  log.watchMethodResponse({ status: 200, headers: ['Set-Cookie', 'a-long-secret-cookie'], body })
  return log
}

describe('createRequestTraces()', () => {
  test('keeps the last requests, the newest first', () => {
    const traces = createRequestTraces(2)
    for (const id of ['one', 'two', 'three']) traces.keep(callOf(id), logOf(1), response)
    assert.deepEqual(
      traces.list().map(({ requestId }) => requestId),
      ['three', 'two'],
    )
    assert.equal(traces.find('one'), undefined)
    assert.equal(traces.find('two')?.['requestId'], 'two')
    traces.clear()
    assert.deepEqual(traces.list(), [])
  })

  test('keeps no more bytes than it may', () => {
    const traces = createRequestTraces(100, 40_000)
    for (let i = 0; i < 50; i++) traces.keep(callOf(`${i}`), logOf(10_000), response)
    assert.equal(traces.list().length, 3)
  })

  test('shows no secret', () => {
    const traces = createRequestTraces(1)
    traces.keep(callOf('one'), logOf(1), response)
    assert.ok(!JSON.stringify(traces.find('one')).includes('long-secret'))
  })
})
