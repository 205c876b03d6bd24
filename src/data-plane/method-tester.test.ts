import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { definitionOf } from '../../test/support/compiled-stage.ts'
import { scriptedFunctions } from '../../test/support/functions-script.ts'
import { recordingLog, recordingMetrics } from '../../test/support/recording-sinks.ts'
import { neverCalled, scriptedUpstream } from '../../test/support/scripted-upstream.ts'
import { seededRandom, testSeed } from '../../test/support/seeded-random.ts'
import { VirtualClock } from '../../test/support/virtual-clock.ts'
import { createContentCoder } from '../adapters/node/content-coder.ts'
import { createFedBody } from '../base/fed-body.ts'
import type { MethodTest } from '../ports/method-tester.ts'
import { encodeDefinition } from '../snapshot/definition-codec.ts'
import { createExecuteApi } from './server.ts'

const functionArn = 'arn:aws:lambda:us-east-1:123456789012:function:streams'

/** A test of a method whose function streams what it is fed. */
function openScene() {
  const clock = new VirtualClock()
  const dropped = Promise.withResolvers<void>()
  const fed = createFedBody({ taken: () => {}, dropped: () => dropped.resolve() })
  const functions = scriptedFunctions(() => ({
    outcome: 'streaming',
    requestId: 'req-1',
    body: fed.body,
    ended: new Promise(() => {}),
  }))
  const { tester } = createExecuteApi({
    stages: { find: () => undefined },
    upstream: scriptedUpstream(neverCalled),
    functions,
    contentCoder: createContentCoder(),
    clock,
    random: seededRandom(testSeed()),
    metrics: recordingMetrics(),
    log: recordingLog(),
  })
  const definition = definitionOf({
    integrations: {
      'GET /': {
        type: 'AWS_PROXY',
        httpMethod: 'POST',
        uri: `arn:aws:apigateway:us-east-1:lambda:path/2021-11-15/functions/${functionArn}/response-streaming-invocations`,
        responseTransferMode: 'STREAM',
        timeoutInMillis: 900_000,
      },
    },
  })
  const tested = {
    ...{ account: '123456789012', region: 'us-east-1', restApiId: 'a1b2c3d4e5' },
    ...{ resourceId: 'res001', resourcePath: '/', httpMethod: 'GET', path: '/', rawQuery: '' },
    ...{ headers: [], body: '', stageVariables: {}, definition: encodeDefinition(definition) },
  }
  // Names of a test stand for themselves.
  const answer = tester.test(tested as unknown as MethodTest)
  const feed = (text: string) => fed.feed(Buffer.from(text))
  feed(`{"statusCode":201}${'\0'.repeat(8)}`)
  return { clock, fed, feed, answer, dropped: dropped.promise }
}

describe('a test of a method that streams', () => {
  test('collects what comes until it ends', async () => {
    const { feed, fed, answer } = openScene()
    feed('one')
    feed('two')
    fed.end()
    const outcome = await answer
    assert.ok(outcome.outcome === 'answered')
    assert.equal(outcome.status, 201)
    assert.equal(outcome.body, 'onetwo')
  })

  test('collects for 35 seconds at most', async () => {
    const { clock, feed, answer, dropped } = openScene()
    feed('one')
    await clock.advance(34_000)
    feed('two')
    await clock.advance(2_000)
    feed('late')
    const outcome = await answer
    assert.equal(outcome.outcome === 'answered' && outcome.body, 'onetwo')
    await dropped
  })

  test('collects no more when it has over 1 MB', async () => {
    const { feed, answer, dropped } = openScene()
    for (let n = 0; n < 20; n += 1) feed('x'.repeat(65_536))
    const outcome = await answer
    assert.equal(outcome.outcome === 'answered' && outcome.body.length, 17 * 65_536)
    await dropped
  })
})
