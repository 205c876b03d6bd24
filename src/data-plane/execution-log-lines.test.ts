import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { executionLogLines, testInvokeLog } from './execution-log-lines.ts'
import type { ExecutionEvent } from './execution-log.ts'
import { recordedText } from './recorded-content.ts'

const timeMs = Date.UTC(2022, 2, 5, 15, 47, 32)
const body = recordedText('')
const none = { headers: [], body }

describe('executionLogLines()', () => {
  test('tells of a request of a stage in the order that was recorded', () => {
    const events: ExecutionEvent[] = [
      { timeMs, kind: 'received', extendedRequestId: 'X=' },
      { timeMs, kind: 'verifying-usage-plan', apiKey: '', apiStage: 'a1b2c3/prod' },
      {
        ...{ timeMs, kind: 'admitted', method: 'ANY /{resource+}', isKeyRequired: false },
        ...{ apiKey: '', apiStage: 'a1b2c3/prod' },
      },
      {
        ...{ timeMs, kind: 'method-request', httpMethod: 'GET', path: '/all_state' },
        ...{ pathParameters: { resource: 'all_state' }, query: {}, body },
        headers: ['A', 'b', 'C', 'd', 'A', 'e'],
      },
      { timeMs, kind: 'endpoint-request', method: 'GET', uri: 'https://x.example/', ...none },
      { timeMs, kind: 'request-sent', uri: 'https://x.example/' },
      { timeMs, kind: 'endpoint-response', status: 200, latencyMs: 12, ...none },
      { timeMs, kind: 'method-response', status: 200, headers: ['x-amzn-RequestId', 'r'], body },
      { timeMs, kind: 'completed', status: 200 },
    ]
    const lines = executionLogLines(events, 'r1')
    assert.deepEqual(
      lines.map(({ text }) => text),
      [
        'Extended Request Id: X=',
        'Verifying Usage Plan for request: r1. API Key:  API Stage: a1b2c3/prod',
        "API Key  authorized because method 'ANY /{resource+}' does not require API Key. " +
          'Request will not contribute to throttle or quota limits',
        'Usage Plan check succeeded for API Key  and API Stage a1b2c3/prod',
        'Starting execution for request: r1',
        'HTTP Method: GET, Resource Path: /all_state',
        'Method request path: {resource=all_state}',
        'Method request query string: {}',
        'Method request headers: {A=b,e, C=d}',
        'Method request body before transformations: ',
        'Endpoint request URI: https://x.example/',
        'Endpoint request headers: {}',
        'Endpoint request body after transformations: ',
        'Sending request to https://x.example/',
        'Received response. Status: 200, Integration latency: 12 ms',
        'Endpoint response headers: {}',
        'Endpoint response body before transformations: ',
        'Method response body after transformations: ',
        'Method response headers: {}',
        'Successfully completed execution',
        'Method completed with status: 200',
      ],
    )
    assert.ok(lines.every(({ level }) => level === 'INFO'))
  })

  test('knows which lines a stage that logs errors alone has', () => {
    const failed: ExecutionEvent = {
      ...{ timeMs, kind: 'failed', errorName: 'FUNCTION_FAILURE', callerMessage: 'no' },
      ...{
        detail: 'Execution failed due to configuration error: Malformed Lambda proxy response: {',
      },
      isBug: false,
    }
    const lines = executionLogLines([failed, { timeMs, kind: 'completed', status: 502 }], 'r1')
    assert.deepEqual(
      lines.map(({ level, text }) => `${level} ${text}`),
      [
        'ERROR Execution failed due to configuration error: Malformed Lambda proxy response',
        'ERROR Stagedoor: {',
        'INFO Method completed with status: 502',
      ],
    )
  })

  test('cuts a line at 1,024 characters', () => {
    const event = { timeMs, kind: 'request-sent', uri: 'x'.repeat(2000) } as const
    const [line] = executionLogLines([event], 'r1')
    assert.equal(
      line?.text,
      `${`Sending request to ${'x'.repeat(2000)}`.slice(0, 1024)} [TRUNCATED]`,
    )
  })
})

describe('testInvokeLog()', () => {
  test('begins each line with a date of Java', () => {
    const log = testInvokeLog([{ timeMs, kind: 'completed', status: 200 }], 'r1')
    assert.equal(
      log,
      'Execution log for request r1\n' +
        'Sat Mar 05 15:47:32 UTC 2022 : Successfully completed execution\n' +
        'Sat Mar 05 15:47:32 UTC 2022 : Method completed with status: 200\n',
    )
  })
})
