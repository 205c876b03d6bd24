import fc from 'fast-check'
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createContentCoder } from '../../adapters/node/content-coder.ts'
import { definitionOf, snapshotOf } from '../../../test/support/compiled-stage.ts'
import { answering, scriptedFunctions } from '../../../test/support/functions-script.ts'
import {
  recordingLog,
  recordingMetrics,
  standingClock,
} from '../../../test/support/recording-sinks.ts'
import { neverCalled, scriptedUpstream } from '../../../test/support/scripted-upstream.ts'
import { seededRandom } from '../../../test/support/seeded-random.ts'
import { bytesBody } from '../../base/body.ts'
import { createExecuteApi } from '../server.ts'

const uri =
  'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/' +
  'arn:aws:lambda:us-east-1:123456789012:function:pets/invocations'
const definition = definitionOf({
  integrations: { 'ANY /{proxy+}': { type: 'AWS_PROXY', httpMethod: 'POST', uri } },
})

interface Sent {
  readonly path?: string
  readonly rawQuery?: string
  readonly headers?: readonly string[]
  readonly body?: string
  readonly host?: string
}

/** The event that a request comes to, and its text. */
async function eventOf(sent: Sent) {
  const functions = scriptedFunctions(answering('{}'))
  const executeApi = createExecuteApi({
    stages: { find: () => snapshotOf({ definition }) },
    upstream: scriptedUpstream(neverCalled),
    functions,
    contentCoder: createContentCoder(),
    clock: standingClock(1_000),
    random: seededRandom(1),
    metrics: recordingMetrics(),
    log: recordingLog(),
  })
  const { path = '/p', rawQuery = '', headers = [], body = '', host = 'a.example' } = sent
  await executeApi.respond(
    {
      method: 'POST',
      headers,
      body: bytesBody(new TextEncoder().encode(body)),
      sourceIp: '192.0.2.7',
      signal: undefined,
    },
    { restApiId: 'a1b2c3d4e5', stageName: 'prod', path, contextPath: `/prod${path}`, rawQuery },
    host,
  )
  const text = functions.invocations[0]?.payload ?? ''
  return { text, event: JSON.parse(text) }
}

describe('proxyEvent()', () => {
  test('is JSON that gives every value back, whatever the request', async () => {
    const name = fc.oneof(fc.stringMatching(/^[\w!#$%&'*+.^`|~-]{1,20}$/), fc.constant('__proto__'))
    const field = fc.tuple(name, fc.string({ unit: 'binary', maxLength: 40 }))
    const parameter = fc.tuple(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }))
    await fc.assert(
      fc.asyncProperty(
        fc.array(field, { maxLength: 60 }),
        fc.array(parameter, { maxLength: 8 }),
        fc.string({ unit: 'grapheme' }),
        async (pairs, parameters, body) => {
          const fields = pairs.map(([known, value]) => [`X-${known}`, value] as const)
          const query = new URLSearchParams(parameters.map(([key, value]) => [key, value]))
          const { event } = await eventOf({
            headers: fields.flat(),
            rawQuery: query.toString().replaceAll(';', '%3B'),
            body,
          })
          for (const [key] of fields) {
            const values = fields
              .filter(([other]) => other.toLowerCase() === key.toLowerCase())
              .map(([, value]) => value.toWellFormed())
            const first =
              fields.find(([other]) => other.toLowerCase() === key.toLowerCase())?.[0] ?? ''
            assert.deepEqual(
              event.multiValueHeaders[first].map((value: string) => value.toWellFormed()),
              values,
            )
            assert.equal(event.headers[first].toWellFormed(), values.at(-1))
          }
          for (const key of query.keys()) {
            assert.deepEqual(event.multiValueQueryStringParameters[key], query.getAll(key))
            assert.equal(event.queryStringParameters[key], query.getAll(key).at(-1))
          }
          assert.equal(event.body ?? '', body)
        },
      ),
      { numRuns: 200 },
    )
  })

  test('takes a field that is called as no member can be assigned', async () => {
    const { event, text } = await eventOf({ headers: ['__proto__', 'a', '__PROTO__', 'b'] })
    assert.ok(text.includes('"__proto__":"b"'), text)
    assert.deepEqual(Object.getOwnPropertyDescriptor(event.multiValueHeaders, '__proto__')?.value, [
      'a',
      'b',
    ])
  })

  test('puts every hop of a client into one X-Forwarded-For', async () => {
    const { event } = await eventOf({
      headers: ['X-Forwarded-For', '10.0.0.1', 'x-forwarded-for', '10.0.0.2, 10.0.0.3'],
    })
    assert.equal(event.headers['X-Forwarded-For'], '10.0.0.1, 10.0.0.2, 10.0.0.3, 192.0.2.7')
  })

  for (const [host, port] of [
    ['a.example', '80'],
    ['a.example:4566', '4566'],
    ['[::1]', '80'],
    ['[::1]:8080', '8080'],
    ['', '80'],
  ] as const) {
    test(`says port ${port} of host ${host || '(none)'}`, async () => {
      const { event } = await eventOf({ host })
      assert.equal(event.headers['X-Forwarded-Port'], port)
    })
  }

  test('keeps a byte order mark with the text that it begins', async () => {
    const { event } = await eventOf({ body: '\uFEFFa' })
    assert.equal(event.body, '\uFEFFa')
  })
})
