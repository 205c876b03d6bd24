import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import { definitionOf, snapshotOf, testApiId } from '../../../test/support/compiled-stage.ts'
import { recordingLog, recordingMetrics } from '../../../test/support/recording-sinks.ts'
import { scriptedUpstream } from '../../../test/support/scripted-upstream.ts'
import { seededRandom } from '../../../test/support/seeded-random.ts'
import { VirtualClock } from '../../../test/support/virtual-clock.ts'
import { createContentCoder } from '../../adapters/node/content-coder.ts'
import { openEmbeddedCaches } from '../../../test/support/embedded-caches.ts'
import { emptyBody, streamBody, textBody } from '../../base/body.ts'
import type { StageCaches } from '../../ports/stage-caches.ts'
import type { UpstreamOutcome } from '../../ports/upstream.ts'
import type { MethodSetting } from '../../snapshot/stage-declaration.ts'
import { findExecuteApiAddress, readRequestTarget } from '../address.ts'
import { createExecuteApi } from '../server.ts'

const caching: MethodSetting = {
  metricsEnabled: false,
  dataTraceEnabled: false,
  throttlingBurstLimit: -1,
  throttlingRateLimit: -1,
  cachingEnabled: true,
  cacheTtlInSeconds: 300,
  cacheDataEncrypted: false,
  requireAuthorizationForCacheControl: false,
  unauthorizedCacheControlHeaderStrategy: 'SUCCEED_WITH_RESPONSE_HEADER',
}

const proxy = (httpMethod: string, keys: readonly string[] = []) => ({
  type: 'HTTP_PROXY' as const,
  httpMethod,
  uri: 'http://pets.example/pets',
  cacheKeyParameters: keys.map((name) => `method.request.querystring.${name}`),
})

const stage = snapshotOf({
  definition: definitionOf({
    integrations: {
      'GET /pets': proxy('GET'),
      'POST /pets': proxy('POST'),
      'GET /keyed': proxy('GET', ['a', 'b']),
    },
  }),
  declaration: {
    cacheClusterEnabled: true,
    cacheClusterSize: '0.5',
    methodSettings: { '*/*': caching, '~1pets/POST': caching },
  },
})

/** A data plane with a cache, behind an endpoint that answers when the test says so. */
async function setUp(given: { caches?: StageCaches } = {}) {
  const clock = new VirtualClock()
  const { caches: own, clusters } = openEmbeddedCaches(clock, 16 * 1024 ** 2)
  await clusters.resize(stage.declaration, { bytesMax: 8 * 1024 ** 2 })
  const asked: PromiseWithResolvers<UpstreamOutcome>[] = []
  const metrics = recordingMetrics()
  const executeApi = createExecuteApi({
    stages: { find: () => stage },
    upstream: scriptedUpstream(() => {
      const exchange = Promise.withResolvers<UpstreamOutcome>()
      asked.push(exchange)
      return exchange.promise
    }),
    contentCoder: createContentCoder(),
    clock,
    stageClock: clock,
    random: seededRandom(7),
    metrics,
    log: recordingLog(),
    caches: given.caches ?? own,
  })
  const respond = async (line: string, headers: readonly string[] = [], signal?: AbortSignal) => {
    const [method = '', path = ''] = line.split(' ')
    const target = `/_aws/execute-api/${testApiId}/prod${path}`
    const requestTarget = readRequestTarget({ hostField: 'localhost', target })
    const address = findExecuteApiAddress(requestTarget)
    assert.ok(address)
    return executeApi.respond(
      { method, headers, body: emptyBody, sourceIp: '192.0.2.7', signal },
      address,
      'localhost',
    )
  }
  const ask = async (line: string, headers: readonly string[] = []) => {
    const response = await respond(line, headers)
    const body = await response.body.readAll(1024 ** 2)
    return `${response.status} ${Buffer.from(body).toString()}`
  }
  const answer = (index: number, text: string) =>
    asked[index]?.resolve({ outcome: 'response', status: 200, headers: [], body: textBody(text) })
  /** Resolves when the endpoint has been asked so often. */
  const untilAsked = async (count: number) => {
    for (let turn = 0; asked.length < count && turn < 1000; turn += 1) await clock.advance(0)
    await clock.advance(0)
    assert.equal(asked.length, count)
  }
  const hits = () => metrics.records.map(({ isCacheHit }) => isCacheHit)
  return { clock, asked, respond, ask, answer, untilAsked, hits }
}

describe('readCache()', () => {
  test('lets requests of one key that miss at a time ask the integration once', async () => {
    const { ask, answer, untilAsked, hits } = await setUp()
    const answers = Array.from({ length: 10 }, () => ask('GET /pets'))
    await untilAsked(1)
    answer(0, 'one')
    assert.deepEqual(await Promise.all(answers), Array(10).fill('200 one'))
    assert.equal(await ask('GET /pets'), '200 one')
    assert.equal(hits().filter((isHit) => isHit === false).length, 1)
    await untilAsked(1)
  })

  test('lets nobody wait for a client that takes its answer slowly', async () => {
    const { respond, ask, asked, untilAsked } = await setUp()
    const slow = respond('GET /pets')
    await untilAsked(1)
    const others = [ask('GET /pets'), ask('GET /pets')]
    // Longer than what is waited for before any of it is passed on.
    const pieces = ['o', 'n', 'e'].map((text) => Buffer.from(text.repeat(100_000)))
    const whole = Buffer.concat(pieces)
    const body = streamBody(Readable.from(pieces), undefined)
    asked[0]?.resolve({ outcome: 'response', status: 200, headers: [], body })
    const taking = (await slow).body.stream()[Symbol.asyncIterator]()
    const first = await taking.next()
    assert.ok(first.done !== true && first.value.length < whole.length)
    for (const answer of await Promise.all(others)) assert.equal(answer, `200 ${String(whole)}`)
    const taken = [first.value]
    for (let next = await taking.next(); next.done !== true; next = await taking.next()) {
      taken.push(next.value)
    }
    assert.deepEqual(Buffer.concat(taken), whole)
    await untilAsked(1)
  })

  test('shares no failure: each of those that waited asks for itself', async () => {
    const { ask, asked, answer, untilAsked } = await setUp()
    const answers = Array.from({ length: 3 }, () => ask('GET /pets'))
    await untilAsked(1)
    asked[0]?.resolve({ outcome: 'timeout' })
    await untilAsked(3)
    answer(1, 'two')
    answer(2, 'three')
    const seen = (await Promise.all(answers)).map((each) => each.slice(0, 3))
    assert.deepEqual(seen.toSorted(), ['200', '200', '504'])
  })

  test('lets one of those that waited ask when the client goes away that they waited for', async () => {
    const { respond, ask, asked, answer, untilAsked } = await setUp()
    const leaving = new AbortController()
    const gone = respond('GET /pets', [], leaving.signal)
    await untilAsked(1)
    const others = Array.from({ length: 5 }, () => ask('GET /pets'))
    leaving.abort()
    asked[0]?.resolve({ outcome: 'aborted', detail: 'the client went away' })
    await gone
    await untilAsked(2)
    answer(1, 'two')
    assert.deepEqual(await Promise.all(others), Array(5).fill('200 two'))
    await untilAsked(2)
  })

  test('waits for another request no longer than for the integration', async () => {
    const { clock, ask, answer, untilAsked } = await setUp()
    const first = ask('GET /pets')
    await untilAsked(1)
    const second = ask('GET /pets')
    await clock.advance(29_000)
    await untilAsked(2)
    answer(1, 'two')
    assert.equal(await second, '200 two')
    answer(0, 'one')
    assert.equal(await first, '200 one')
  })

  test('lets each request ask that changes something, or refreshes', async () => {
    const { ask, answer, untilAsked } = await setUp()
    const refresh = ['Cache-Control', 'max-age=0']
    const answers = [ask('POST /pets'), ask('POST /pets'), ask('GET /pets', refresh)]
    answers.push(ask('GET /pets', refresh))
    await untilAsked(4)
    for (let i = 0; i < 4; i += 1) answer(i, 'ok')
    await Promise.all(answers)
  })

  test('keeps the answer that was asked for last, whatever comes last', async () => {
    const { ask, answer, untilAsked } = await setUp()
    const refresh = ['Cache-Control', 'max-age=0']
    const first = ask('GET /pets')
    await untilAsked(1)
    const second = ask('GET /pets', refresh)
    await untilAsked(2)
    answer(1, 'two')
    assert.equal(await second, '200 two')
    answer(0, 'one')
    assert.equal(await first, '200 one')
    assert.equal(await ask('GET /pets'), '200 two')
    // The same of refreshes of what this worker remembers.
    const third = ask('GET /pets', refresh)
    await untilAsked(3)
    const fourth = ask('GET /pets', refresh)
    await untilAsked(4)
    answer(3, 'four')
    await fourth
    answer(2, 'three')
    await third
    assert.equal(await ask('GET /pets'), '200 four')
    const fifth = ask('GET /pets', refresh)
    await untilAsked(5)
    answer(4, 'five')
    await fifth
    assert.equal(await ask('GET /pets'), '200 five')
  })

  test('takes a store that is gone or late for a miss, and keeps nothing', async () => {
    let written = 0
    const caches: StageCaches = {
      read: () => Promise.resolve({ outcome: 'unavailable', detail: 'gone' }),
      write: () => void (written += 1),
      figures: () => ({ unavailableCount: 0, droppedCount: 0 }),
    }
    const { ask, answer, untilAsked, hits } = await setUp({ caches })
    for (const index of [0, 1]) {
      const asking = ask('GET /pets')
      await untilAsked(index + 1)
      answer(index, 'ok')
      assert.equal(await asking, '200 ok')
    }
    assert.deepEqual(hits(), [false, false])
    assert.equal(written, 0)
  })

  test('gives two requests one entry when and only when their keys have the same values', async () => {
    const { ask, asked, answer, clock } = await setUp()
    const value = fc.oneof(
      fc.string({ maxLength: 4 }),
      fc.constantFrom('', '1', '1:', '0;', '1;1:a', '2:ab', 'a', '-', '%', '\uD83D\uDE00'),
    )
    const values = fc.array(value, { maxLength: 3 })
    const query = fc.record({ a: values, b: values, other: values })
    const seen = new Map<string, string>()
    const queryOf = (parameters: Readonly<Record<string, readonly string[]>>) =>
      Object.entries(parameters)
        .flatMap(([name, each]) => each.map((one) => `${name}=${encodeURIComponent(one)}`))
        .join('&')
    await fc.assert(
      fc.asyncProperty(query, async (parameters) => {
        const { a, b } = parameters
        const identity = JSON.stringify([a, b])
        const count = asked.length
        const asking = ask(`GET /keyed?${queryOf(parameters)}`)
        await clock.advance(0)
        if (asked.length > count) answer(count, identity)
        const text = (await asking).slice(4)
        assert.equal(text, identity)
        assert.equal(asked.length > count, !seen.has(identity))
        seen.set(identity, text)
      }),
      { numRuns: 300 },
    )
  })
})
