import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createContentCoder } from '../adapters/node/content-coder.ts'
import { definitionOf, snapshotOf } from '../../test/support/compiled-stage.ts'
import {
  recordingLog,
  recordingMetrics,
  standingClock,
} from '../../test/support/recording-sinks.ts'
import { scriptedUpstream } from '../../test/support/scripted-upstream.ts'
import { seededRandom } from '../../test/support/seeded-random.ts'
import { LongTaskRefused } from '../base/long-task-refused.ts'
import { textBody } from '../base/body.ts'
import type { LongTasks } from './long-tasks.ts'
import { longTasksHere } from './long-tasks-here.ts'
import { createExecuteApi } from './server.ts'

const http = { type: 'HTTP', httpMethod: 'POST', uri: 'http://backend.example/' } as const
const passes = { integrationResponses: { 200: {} } }

/** An endpoint that answers with what it got, a header of it too, and the kinds of long tasks that there were. */
function setUp(longTasks: LongTasks = longTasksHere()) {
  const kinds: string[] = []
  const definition = definitionOf({
    integrations: {
      'POST /part': {
        ...http,
        ...passes,
        requestTemplates: { 'application/json': `$input.json('$.x')` },
      },
      'POST /whole': {
        ...http,
        ...passes,
        requestTemplates: { 'application/json': `{"n":"$context.stage","b":$input.body}` },
      },
      'POST /answer': {
        ...http,
        integrationResponses: {
          200: { responseTemplates: { 'application/json': `$input.path('$.x').size()` } },
        },
      },
      'POST /loop': {
        ...http,
        ...passes,
        requestTemplates: {
          'application/json':
            '#set($context.requestOverride.header.n = "7")#foreach($i in [1..500])#foreach($j in [1..100])#set($k = $i)#end#end{"k": $k}',
        },
      },
      'POST /mapped': {
        ...http,
        requestParameters: {
          'integration.request.header.first': 'method.request.body.x[0]',
          'integration.request.header.none': 'method.request.body.y',
        },
        integrationResponses: {
          200: {
            responseParameters: {
              'method.response.header.second': 'integration.response.body.x[1]',
            },
          },
        },
      },
      'POST /validated': { ...http, type: 'HTTP_PROXY' },
    },
    methods: {
      'POST /validated': { requestValidatorId: 'v1', requestModels: { 'application/json': 'Big' } },
    },
    api: {
      models: {
        Big: {
          contentType: 'application/json',
          schema: JSON.stringify({ properties: { x: { items: { type: 'integer' } } } }),
        },
      },
      requestValidators: {
        v1: { name: 'body', validateRequestBody: true, validateRequestParameters: false },
      },
    },
  })
  const stage = snapshotOf({ definition })
  const upstream = scriptedUpstream(({ request, body }) => ({
    outcome: 'response',
    status: 200,
    headers: ['Content-Type', 'application/json', 'first', String(request.headers)],
    body: textBody(Buffer.from(body).toString()),
  }))
  const executeApi = createExecuteApi({
    stages: { find: () => stage },
    upstream,
    contentCoder: createContentCoder(),
    clock: standingClock(1_000),
    random: seededRandom(1),
    metrics: recordingMetrics(),
    log: recordingLog(),
    longTasks: {
      run: (task) => {
        kinds.push(task.kind)
        return longTasks.run(task)
      },
    },
  })
  const post = async (path: string, content: string) => {
    const response = await executeApi.respond(
      {
        method: 'POST',
        headers: ['Content-Type', 'application/json'],
        body: textBody(content),
        sourceIp: '192.0.2.7',
        signal: undefined,
      },
      {
        restApiId: 'a1b2c3d4e5',
        stageName: 'prod',
        path,
        contextPath: `/prod${path}`,
        rawQuery: '',
      },
      'host.example',
    )
    const { status, headers } = response
    return { status, headers, body: Buffer.from(await response.body.readAll(20e6)).toString() }
  }
  return { post, kinds, upstream }
}

/** Four million characters. */
const numbers = Array.from({ length: 500_000 }, (_, i) => 1_000_000 + i)
const large = JSON.stringify({ x: numbers })

describe('what takes long at once is done elsewhere', () => {
  test('a part of a large body', async () => {
    const { post, kinds } = setUp()
    const { status, body } = await post('/part', large)
    assert.equal(status, 200)
    assert.equal(body, JSON.stringify(numbers))
    assert.deepEqual(kinds, ['render'])
  })

  test('a template that takes many steps, with what it overrides', async () => {
    const { post, kinds, upstream } = setUp()
    const { body } = await post('/loop', '{}')
    assert.equal(body, '{"k": 500}')
    const { headers } = upstream.recorded[0]?.request ?? assert.fail('nothing was sent')
    assert.equal(headers[headers.indexOf('n') + 1], '7')
    assert.deepEqual(kinds, ['render'])
  })

  test('a large answer', async () => {
    const { post, kinds } = setUp()
    assert.equal((await post('/answer', large)).body, '500000')
    assert.deepEqual(kinds, ['render'])
  })

  test('a large body that a model is for', async () => {
    const { post, kinds } = setUp()
    const fitting = await post('/validated', large)
    assert.deepEqual([fitting.status, fitting.body.length], [200, large.length])
    const unfit = await post('/validated', large.replace('1000001', '"no"'))
    assert.equal(unfit.status, 400)
    assert.deepEqual(kinds, ['validate', 'validate'])
  })

  test('what mappings find in a large body', async () => {
    const { post, kinds, upstream } = setUp()
    const { headers } = await post('/mapped', large)
    const { request } = upstream.recorded[0] ?? assert.fail('nothing was sent')
    assert.equal(request.headers[request.headers.indexOf('first') + 1], '1000000')
    assert.ok(!request.headers.includes('none'))
    assert.equal(headers[headers.indexOf('second') + 1], '1000001')
    assert.deepEqual(kinds, ['pick', 'pick'])
    const malformed = await post('/mapped', `${large} }`)
    assert.equal(malformed.status, 400)
  })
})

test('a large body that a template hands on is no long task, and nothing small is', async () => {
  const { post, kinds } = setUp()
  const { body } = await post('/whole', large)
  assert.equal(body, `{"n":"prod","b":${large}}`)
  for (const path of ['/part', '/whole', '/answer', '/validated', '/mapped']) {
    assert.equal((await post(path, '{"x":[1,2]}')).status, 200)
  }
  assert.deepEqual(kinds, [])
})

test('a long task that is refused ends the request', async () => {
  const busy = setUp({ run: () => Promise.reject(new LongTaskRefused('busy', 'too many')) })
  assert.equal((await busy.post('/part', large)).status, 429)
  const lost = setUp({ run: () => Promise.reject(new LongTaskRefused('lost', 'gone')) })
  assert.equal((await lost.post('/validated', large)).status, 500)
})
