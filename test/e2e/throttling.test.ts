import assert from 'node:assert/strict'
import { Agent } from 'node:http'
import { describe, test, type TestContext } from 'node:test'
import { admittedBounds, runOpenLoop } from '../support/open-loop.ts'
import { redisProgram, startRedisServer } from '../support/redis-server.ts'
import { startGateway, type RunningGateway } from '../support/running-gateway.ts'
import { get, startSteadyLoad } from '../support/steady-load.ts'
import { publishThrottled } from '../support/throttled-api.ts'

const limit = { rate: 100, burst: 50 }
const needsRedis = redisProgram === undefined && 'redis-server is not here'
/** Nothing here is about a store that is slow, but where it is said. */
const patient = ['--redis-timeout', '10000']

async function start(t: TestContext, flags: readonly string[]): Promise<RunningGateway> {
  const gateway = await startGateway({ arguments: ['--memory', ...flags] })
  t.after(() => gateway[Symbol.asyncDispose]())
  return gateway
}

async function assertExact(urls: readonly string[]): Promise<void> {
  const answers = await runOpenLoop({ urls, perSecond: 1000, seconds: 3 })
  const admitted = answers.filter(({ status }) => status === 200).length
  const refused = answers.filter(({ status }) => status === 429).length
  assert.equal(admitted + refused, 3000, 'every request is admitted or refused')
  const { atLeast, atMost } = admittedBounds(answers, limit)
  const said = `${admitted} were admitted, not ${atLeast.toFixed(1)} to ${atMost.toFixed(1)}`
  assert.ok(admitted >= atLeast * 0.99 && admitted <= atMost * 1.01, said)
}

async function metric(gateway: RunningGateway, name: string): Promise<number> {
  const response = await fetch(`${gateway.endpoint}/_stagedoor/metrics`)
  const text = await response.text()
  const [, value] = new RegExp(`^${name} (\\S+)$`, 'm').exec(text) ?? []
  assert.ok(value !== undefined, text)
  return Number(value)
}

async function untilMetric(gateway: RunningGateway, name: string, expected: number): Promise<void> {
  const patience = AbortSignal.timeout(60_000)
  while ((await metric(gateway, name)) !== expected) patience.throwIfAborted()
}

describe('a throttle of 100 requests a second with a burst of 50', () => {
  for (const workers of ['1', '2']) {
    test(`is exact with ${workers} workers`, async (t) => {
      const gateway = await start(t, ['--workers', workers])
      await assertExact([await publishThrottled(gateway.endpoint, limit)])
    })
  }

  test('is exact with two gateways on one Redis', { skip: needsRedis }, async (t) => {
    const redis = await startRedisServer()
    t.after(() => redis.stop())
    const flags = ['--redis-url', redis.url, ...patient]
    const gateways = [await start(t, flags), await start(t, flags)]
    const urls = []
    for (const { endpoint } of gateways) urls.push(await publishThrottled(endpoint, limit))
    for (const gateway of gateways) await untilMetric(gateway, 'stagedoor_counter_store_up', 1)
    await assertExact(urls)
  })
})

describe('a Redis that is stopped under load and started again', { skip: needsRedis }, () => {
  test('fails no request, shows in metrics, and counts for both gateways again', async (t) => {
    const redis = await startRedisServer()
    t.after(() => redis.stop())
    const flags = ['--redis-url', redis.url, ...patient]
    const gateways = [await start(t, flags), await start(t, flags)]
    const slow = { rate: 0.001, burst: 10 }
    const urls = []
    for (const { endpoint } of gateways) urls.push(await publishThrottled(endpoint, slow))
    const statuses = new Map<number, number>()
    const load = startSteadyLoad({
      urls,
      connections: 8,
      check(_url, { status }) {
        statuses.set(status, (statuses.get(status) ?? 0) + 1)
        return status === 200 || status === 429 ? undefined : `answered ${status}`
      },
    })
    t.after(() => load.stop())
    for (const gateway of gateways) await untilMetric(gateway, 'stagedoor_counter_store_up', 1)
    await redis.stop()
    for (const gateway of gateways) await untilMetric(gateway, 'stagedoor_counter_store_up', 0)
    const before = load.requests()
    const patience = AbortSignal.timeout(60_000)
    while (load.requests() < before + 100) {
      patience.throwIfAborted()
      await new Promise((resolve) => setImmediate(resolve))
    }
    for (const gateway of gateways) {
      assert.ok((await metric(gateway, 'stagedoor_counter_store_failures_total')) > 0)
    }
    await redis.start()
    for (const gateway of gateways) await untilMetric(gateway, 'stagedoor_counter_store_up', 1)
    await load.stop()
    assert.deepEqual(load.complaints, [])
    for (const { printed } of gateways) {
      await printed(/"event":"counter-store-gone"/)
      await printed(/"event":"counter-store-back"/)
    }
    // One bucket for both again: whoever empties it empties it for the other.
    const agent = new Agent({ keepAlive: true })
    t.after(() => agent.destroy())
    const [first = '', second = ''] = urls
    const failures = async () =>
      Promise.all(gateways.map((each) => metric(each, 'stagedoor_counter_store_failures_total')))
    const failuresBefore = await failures()
    for (let i = 0; i < 11; i += 1) await get(agent, first)
    assert.equal((await get(agent, second)).status, 429)
    assert.deepEqual(await failures(), failuresBefore, 'the store has decided all of it')
  })

  test('keeps no request waiting for longer than one answer', async (t) => {
    const redis = await startRedisServer()
    t.after(() => redis.stop())
    const gateway = await start(t, ['--redis-url', redis.url])
    const url = await publishThrottled(gateway.endpoint, { rate: 100_000, burst: 100_000 })
    const agent = new Agent({ keepAlive: true })
    t.after(() => agent.destroy())
    await untilMetric(gateway, 'stagedoor_counter_store_up', 1)
    redis.pause()
    for (let i = 0; i < 200; i += 1) assert.equal((await get(agent, url)).status, 200)
    assert.equal(await metric(gateway, 'stagedoor_counter_store_up'), 0)
    redis.resume()
    await untilMetric(gateway, 'stagedoor_counter_store_up', 1)
  })

  for (const [policy, status] of [
    ['allow', 200],
    ['deny', 429],
  ] as const) {
    test(`answers ${status} while it is gone where the operator says ${policy}`, async (t) => {
      const flags = ['--redis-url', 'redis://127.0.0.1:1', '--counters-when-store-is-gone', policy]
      const gateway = await start(t, flags)
      const url = await publishThrottled(gateway.endpoint, { rate: 1, burst: 1 })
      const agent = new Agent({ keepAlive: true })
      t.after(() => agent.destroy())
      for (let i = 0; i < 5; i += 1) assert.equal((await get(agent, url)).status, status)
    })
  }
})
