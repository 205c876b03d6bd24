import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createOperatorApi, type OperatorContext } from './operator-api.ts'
import type { OperatorClock } from './operator-clock.ts'
import type { OperatorState } from './operator-metrics.ts'
import { noFigures } from '../workers/worker-figures.ts'

const state: OperatorState = {
  isReady: true,
  uptimeSeconds: 1,
  stagesServed: 2,
  workers: [],
  figures: noFigures,
  replacedByReason: new Map([['hung', 3]]),
  functions: undefined,
  functionThreadsReplaced: new Map(),
  connectionsRefused: 0,
  connectionsWaiting: 0,
  managementCalls: new Map([['2xx', 4]]),
  forgottenBuckets: 0,
  quotaKeeper: undefined,
  stageCaches: [],
  feedFailures: 0,
  droppedLogLines: 0,
  memory: { residentBytes: 1, heapUsedBytes: 1 },
  cpuSeconds: { user: 1, system: 0.5 },
}

async function ask(
  line: string,
  context: Partial<OperatorContext> = {},
  host = '127.0.0.1:4566',
  fields: readonly string[] = [],
) {
  const [method = '', target = ''] = line.split(' ')
  const operator = createOperatorApi({
    version: '1.2.3',
    hosts: [],
    notReadyBecause: () => undefined,
    collect: async () => state,
    collectFunctions: async () => undefined,
    findFunctionCode: async () => undefined,
    traces: undefined,
    stageSettings: async ({ restApiId, stageName }) =>
      restApiId === 'api1'
        ? { restApiId, stageName, deployments: [], unmatchedKeys: [] }
        : undefined,
    clock: undefined,
    reset: undefined,
    ...context,
  })
  const { status, body } = await operator({
    method,
    target,
    headers: ['Host', host, ...fields],
    body: new Uint8Array(),
    sourceIp: '127.0.0.1',
  })
  return { status, text: new TextDecoder().decode(body) }
}

describe('createOperatorApi()', () => {
  const reset = async () => {}
  const traces = async (id = 'one') =>
    id === 'one' ? [{ requestId: 'one', time: '', status: 200 }] : []
  const codePath = `/_stagedoor/functions/code/${'0a'.repeat(32)}`
  const findFunctionCode = async () => new TextEncoder().encode('PK')
  const reading = { now: '2026-12-01T00:00:00.000Z', aheadMs: 1, frozen: true }
  const clock: OperatorClock = {
    read: () => reading,
    move: () => ({ outcome: 'moved', reading }),
  }
  const stuckClock: OperatorClock = {
    ...clock,
    move: () => ({ outcome: 'refused', reason: 'the clock never goes back' }),
  }
  const cases: readonly [
    line: string,
    status: number,
    context?: Partial<OperatorContext>,
    host?: string,
  ][] = [
    ['GET /_stagedoor/health', 200],
    ['HEAD /_stagedoor/health', 200],
    ['GET /_stagedoor/health?verbose', 200],
    ['POST /_stagedoor/health', 405],
    ['GET /_stagedoor/health', 200, { notReadyBecause: () => 'draining' }],
    ['GET /_stagedoor/requests', 404],
    ['GET /_stagedoor/requests', 200, { traces }],
    ['GET /_stagedoor/requests', 403, { traces }, 'evil.example'],
    ['GET /_stagedoor/requests/one', 200, { traces }],
    ['GET /_stagedoor/requests/other', 404, { traces }],
    ['POST /_stagedoor/requests', 405, { traces }],
    ['GET /_stagedoor/ready', 200],
    ['GET /_stagedoor/ready', 503, { notReadyBecause: () => 'loading' }],
    ['GET /_stagedoor/ready', 503, { notReadyBecause: () => 'draining' }],
    ['GET /_stagedoor/ready', 200, {}, 'stagedoor.internal'],
    ['GET /_stagedoor/version', 200],
    ['GET /_stagedoor/metrics', 200],
    ['GET /_stagedoor/metrics', 200, {}, '10.1.2.3:4566'],
    ['GET /_stagedoor/metrics', 200, {}, '[fd00::1]:4566'],
    ['GET /_stagedoor/metrics', 403, {}, 'evil.example'],
    ['GET /_stagedoor/metrics', 200, { hosts: ['stagedoor.internal'] }, 'stagedoor.internal'],
    ['GET /_stagedoor/functions', 200],
    ['GET /_stagedoor/functions', 200, {}, '10.1.2.3:4566'],
    ['GET /_stagedoor/functions', 403, {}, 'evil.example'],
    ['POST /_stagedoor/functions', 405],
    [`GET ${codePath}`, 404],
    [`GET ${codePath}`, 200, { findFunctionCode }],
    [`GET ${codePath}`, 403, { findFunctionCode }, 'evil.example'],
    [`POST ${codePath}`, 405, { findFunctionCode }],
    [`GET ${codePath}/..`, 404, { findFunctionCode }],
    ['GET /_stagedoor/functions/code/../../etc/passwd', 404, { findFunctionCode }],
    ['GET /_stagedoor/reset', 405, { reset }],
    ['POST /_stagedoor/reset', 403],
    ['POST /_stagedoor/reset', 200, { reset }],
    ['POST /_stagedoor/reset', 403, { reset }, '10.1.2.3'],
    ['POST /_stagedoor/reset', 403, { reset }, 'evil.example'],
    ['GET /_stagedoor/clock', 403],
    ['POST /_stagedoor/clock', 403],
    ['GET /_stagedoor/clock', 200, { clock }],
    ['POST /_stagedoor/clock', 200, { clock }],
    ['POST /_stagedoor/clock', 400, { clock: stuckClock }],
    ['PUT /_stagedoor/clock', 405, { clock }],
    ['GET /_stagedoor/clock', 403, { clock }, 'evil.example'],
    ['POST /_stagedoor/clock', 403, { clock }, 'evil.example'],
    ['GET /_stagedoor/stages/api1/prod/settings', 200],
    ['GET /_stagedoor/stages/api1/prod/settings', 403, {}, 'evil.example'],
    ['GET /_stagedoor/stages/api2/prod/settings', 404],
    ['POST /_stagedoor/stages/api1/prod/settings', 405],
    ['GET /_stagedoor/stages/api1/prod', 404],
    ['GET /_localstack/health', 200],
    ['GET /_stagedoor/console', 404],
    ['GET /_stagedoor', 404],
    ['GET /_localstack/init', 404],
  ]
  for (const [line, status, context = {}, host] of cases) {
    const why = [context.reset && 'with leave', context.notReadyBecause?.(), host].filter(Boolean)
    test(`answers ${status} to ${[line, ...why].join(', ')}`, async () => {
      assert.equal((await ask(line, context, host)).status, status)
    })
  }

  for (const path of [
    'requests',
    'requests/one',
    'metrics',
    'functions',
    'stages/api1/prod/settings',
  ]) {
    for (const host of ['127.0.0.1:4566', 'localhost:4566']) {
      test(`tells no page of a stage ${path}, at ${host}`, async () => {
        const line = `GET /_stagedoor/${path}`
        for (const site of ['same-origin', 'same-site', 'cross-site']) {
          const { status } = await ask(line, { traces }, host, ['Sec-Fetch-Site', site])
          assert.equal(status, 403, site)
        }
        const asked = await ask(line, { traces }, host, ['Origin', `http://${host}`])
        assert.equal(asked.status, 403)
      })
    }
  }

  test('shows metrics in a browser to whoever types its number', async () => {
    const { status } = await ask('GET /_stagedoor/metrics', {}, '127.0.0.1:4566', [
      'Sec-Fetch-Site',
      'none',
    ])
    assert.equal(status, 200)
  })

  test('says why it is not ready', async () => {
    const { text } = await ask('GET /_stagedoor/ready', { notReadyBecause: () => 'draining' })
    assert.deepEqual(JSON.parse(text), { ready: false, reason: 'draining' })
  })

  test('resets once, when it may', async () => {
    let count = 0
    const counting = async () => void (count += 1)
    await ask('POST /_stagedoor/reset', { reset: counting })
    await ask('GET /_stagedoor/reset', { reset: counting })
    assert.equal(count, 1)
  })

  test('tells metrics as Prometheus reads them', async () => {
    const { text } = await ask('GET /_stagedoor/metrics')
    for (const line of [
      'stagedoor_ready 1',
      'stagedoor_stages 2',
      'stagedoor_worker_replacements_total 3',
      'stagedoor_worker_replacements_by_reason_total{reason="hung"} 3',
      'stagedoor_management_calls_total{class="2xx"} 4',
      'process_cpu_seconds_total 1.5',
    ]) {
      assert.ok(text.split('\n').includes(line), line)
    }
    // Every name once, with its type before its samples.
    const names = [...text.matchAll(/^# TYPE (\w+) /gm)].map(([, name]) => name)
    assert.equal(new Set(names).size, names.length)
  })
})
