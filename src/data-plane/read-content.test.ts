import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'
import { describe, test } from 'node:test'
import { createContentCoder } from '../adapters/node/content-coder.ts'
import { definitionOf, snapshotOf } from '../../test/support/compiled-stage.ts'
import {
  recordingLog,
  recordingMetrics,
  standingClock,
} from '../../test/support/recording-sinks.ts'
import { seededRandom } from '../../test/support/seeded-random.ts'
import { type Body, bytesBody, emptyBody, streamBody } from '../base/body.ts'
import type { UpstreamOutcome, UpstreamRequest } from '../ports/upstream.ts'
import { createContentMemory } from './content-memory.ts'
import { createExecuteApi } from './server.ts'

const room = 200_000
const http = { type: 'HTTP', httpMethod: 'POST', uri: 'http://backend.example/' } as const
const passes = { integrationResponses: { 200: {} } }

/** A stage whose endpoint answers when it is told to, in a worker that has room for 200,000 bytes. */
function setUp() {
  const asked: { request: UpstreamRequest; answer: (outcome: UpstreamOutcome) => void }[] = []
  let wasAsked = Promise.withResolvers<void>()
  const upstream = {
    exchange: (request: UpstreamRequest) =>
      new Promise<UpstreamOutcome>((answer) => {
        asked.push({ request, answer })
        wasAsked.resolve()
        wasAsked = Promise.withResolvers()
      }),
    close: () => Promise.resolve(),
  }
  const definition = definitionOf({
    integrations: {
      'POST /read': { ...http, ...passes },
      'POST /answer': {
        ...http,
        integrationResponses: { 200: { responseTemplates: { 'application/json': '$input.body' } } },
      },
      'POST /passes': { ...http, type: 'HTTP_PROXY' },
    },
  })
  const snapshot = snapshotOf({ definition })
  const { restApiId, stageName } = snapshot.declaration
  const executeApi = createExecuteApi({
    stages: { find: () => snapshot },
    upstream,
    contentMemory: createContentMemory(room),
    contentCoder: createContentCoder(),
    clock: standingClock(1_700_000_000_000),
    random: seededRandom(1),
    metrics: recordingMetrics(),
    log: recordingLog(),
  })
  const post = async (path: string, body: Body, coding: readonly string[] = []) => {
    const headers = ['Host', 'x', 'Content-Type', 'application/json', ...coding]
    const response = await executeApi.respond(
      { method: 'POST', headers, body, sourceIp: '192.0.2.7', signal: undefined },
      { restApiId, stageName, path, contextPath: `/${stageName}${path}`, rawQuery: '' },
      'x',
    )
    return response.status
  }
  /** Until the endpoint is asked once more. */
  const endpointAsked = () => wasAsked.promise
  const answerAll = (body: () => Body = () => emptyBody) => {
    for (const { answer } of asked.splice(0)) {
      answer({ outcome: 'response', status: 200, headers: [], body: body() })
    }
  }
  return { post, asked, endpointAsked, answerAll }
}

/** Sends all its pieces but for the end, which comes when it is told. */
function slowBody(byteLength: number) {
  const begun = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<void>()
  const pieces = async function* () {
    yield new Uint8Array(byteLength / 2).fill(0x20)
    yield new Uint8Array(byteLength / 2).fill(0x20)
    begun.resolve()
    await ended.promise
  }
  return { body: streamBody(pieces(), undefined), begun: begun.promise, end: ended.resolve }
}

function longBody(byteLength = 150_000): Body {
  const pieces = async function* () {
    for (let left = byteLength; left > 0; left -= 50_000) yield new Uint8Array(50_000).fill(0x20)
  }
  return streamBody(pieces(), byteLength)
}

describe('readContent()', () => {
  test('refuses a content when those of others take all the room, and takes it when they have gone', async () => {
    const { post, endpointAsked, answerAll } = setUp()
    const slow = slowBody(180_000)
    const first = post('/read', slow.body)
    await slow.begun
    assert.equal(await post('/read', longBody()), 429)
    let isAsked = endpointAsked()
    slow.end()
    await isAsked
    assert.equal(await post('/read', longBody()), 429, 'its answer is waited for')
    answerAll()
    assert.equal(await first, 200)
    isAsked = endpointAsked()
    const second = post('/read', longBody())
    await isAsked
    answerAll()
    assert.equal(await second, 200)
  })

  test('counts what a content is once it is decompressed', async () => {
    const { post, endpointAsked, answerAll } = setUp()
    const zipped = () => bytesBody(gzipSync(new Uint8Array(240_000).fill(0x20)))
    const isAsked = endpointAsked()
    const first = post('/read', zipped(), ['Content-Encoding', 'gzip'])
    await isAsked
    assert.equal(await post('/read', zipped(), ['Content-Encoding', 'gzip']), 429)
    answerAll()
    assert.equal(await first, 200)
  })

  test('counts neither what is short nor what passes', async () => {
    const { post, asked, endpointAsked, answerAll } = setUp()
    const slow = slowBody(180_000)
    const first = post('/read', slow.body)
    await slow.begun
    let isAsked = endpointAsked()
    const short = post('/read', longBody(50_000))
    await isAsked
    isAsked = endpointAsked()
    const passed = post('/passes', longBody())
    await isAsked
    assert.equal(asked.length, 2)
    answerAll()
    assert.deepEqual(await Promise.all([short, passed]), [200, 200])
    isAsked = endpointAsked()
    slow.end()
    await isAsked
    answerAll()
    assert.equal(await first, 200)
  })

  test('counts what is read of an answer, and gives all back whatever came of it', async () => {
    const { post, endpointAsked, answerAll } = setUp()
    for (const [byteLength, status] of [
      [300_000, 429],
      [150_000, 200],
      [150_000, 200],
    ] as const) {
      const isAsked = endpointAsked()
      const answered = post('/answer', emptyBody)
      await isAsked
      answerAll(() => longBody(byteLength))
      assert.equal(await answered, status)
    }
  })
})
