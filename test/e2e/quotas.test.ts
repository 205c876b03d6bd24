import {
  CreateApiKeyCommand,
  CreateDeploymentCommand,
  CreateRestApiCommand,
  CreateUsagePlanCommand,
  CreateUsagePlanKeyCommand,
  GetUsageCommand,
  PutIntegrationCommand,
  PutIntegrationResponseCommand,
  PutMethodCommand,
} from '@aws-sdk/client-api-gateway'
import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { redisProgram, startRedisServer } from '../support/redis-server.ts'
import { apiGatewayClient, startGateway, type RunningGateway } from '../support/running-gateway.ts'

const needsRedis = redisProgram === undefined && 'redis-server is not here'
const keyValue = 'a-key-of-more-than-twenty-characters'

interface Published {
  readonly path: string
  readonly usagePlanId: string
  readonly keyId: string
}

/** An API whose one method wants a key, and a plan with a quota for its owner. */
async function publish(
  endpoint: string,
  quota: { readonly limit: number; readonly period: 'DAY' | 'MONTH' },
  tags: Record<string, string> = {},
): Promise<Published> {
  const client = apiGatewayClient(endpoint)
  const { id: restApiId = '', rootResourceId: resourceId } = await client.send(
    new CreateRestApiCommand({ name: 'metered' }),
  )
  const method = { restApiId, resourceId, httpMethod: 'GET' }
  const keyed = { authorizationType: 'NONE', apiKeyRequired: true }
  await client.send(new PutMethodCommand({ ...method, ...keyed }))
  const requestTemplates = { 'application/json': '{"statusCode": 200}' }
  await client.send(new PutIntegrationCommand({ ...method, type: 'MOCK', requestTemplates }))
  await client.send(new PutIntegrationResponseCommand({ ...method, statusCode: '200' }))
  await client.send(new CreateDeploymentCommand({ restApiId, stageName: 'prod' }))
  const { id: keyId = '' } = await client.send(
    new CreateApiKeyCommand({ name: 'shop', value: keyValue, enabled: true, tags }),
  )
  const apiStages = [{ apiId: restApiId, stage: 'prod' }]
  const { id: usagePlanId = '' } = await client.send(
    new CreateUsagePlanCommand({ name: 'metered', apiStages, quota, tags }),
  )
  const member = { usagePlanId, keyId, keyType: 'API_KEY' }
  await client.send(new CreateUsagePlanKeyCommand(member))
  return { path: `/_aws/execute-api/${restApiId}/prod/`, usagePlanId, keyId }
}

/** Statuses of so many requests of the key's owner, some at a time; 0: the connection broke. */
async function ask(
  t: TestContext,
  { endpoint, path }: { readonly endpoint: string; readonly path: string },
  count: number,
): Promise<readonly number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 })
  t.after(() => agent.destroy())
  return Promise.all(Array.from({ length: count }, () => statusOf(agent, `${endpoint}${path}`)))
}

function statusOf(agent: Agent, url: string): Promise<number> {
  return new Promise((resolve) => {
    const outgoing = request(url, { agent, headers: { 'x-api-key': keyValue } }, (incoming) => {
      incoming.resume()
      incoming.once('close', () => resolve(incoming.complete ? (incoming.statusCode ?? 0) : 0))
    })
    outgoing.once('error', () => resolve(0))
    outgoing.end()
  })
}

const countOf = (statuses: readonly number[], status: number) =>
  statuses.filter((each) => each === status).length

/** Used and left of each day. */
async function usage(
  endpoint: string,
  { usagePlanId, keyId }: Published,
  days: { readonly startDate: string; readonly endDate: string },
): Promise<readonly number[][]> {
  const answer = await apiGatewayClient(endpoint).send(
    new GetUsageCommand({ usagePlanId, keyId, ...days }),
  )
  return answer.items?.[keyId] ?? []
}

async function usedIn(gateway: RunningGateway, published: Published): Promise<number> {
  // A run may go past midnight.
  const day = (ahead: number) =>
    new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10)
  const days = await usage(gateway.endpoint, published, { startDate: day(-1), endDate: day(0) })
  return days.reduce((sum, [used = 0]) => sum + used, 0)
}

async function metric({ endpoint }: RunningGateway, name: string): Promise<number> {
  const text = await (await fetch(`${endpoint}/_stagedoor/metrics`)).text()
  const [, value] = new RegExp(`^${name} (\\d+)$`, 'm').exec(text) ?? []
  assert.ok(value !== undefined, text)
  return Number(value)
}

async function untilMetric(gateway: RunningGateway, name: string, atLeast: number): Promise<void> {
  const patience = AbortSignal.timeout(60_000)
  while ((await metric(gateway, name)) < atLeast) patience.throwIfAborted()
}

function temporaryDirectory(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'stagedoor-quotas-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

async function start(
  t: TestContext,
  dataDirectory: string,
  flags: readonly string[] = [],
): Promise<RunningGateway> {
  const gateway = await startGateway({ dataDirectory, arguments: ['--workers', '2', ...flags] })
  t.after(() => gateway[Symbol.asyncDispose]())
  return gateway
}

describe('a quota', () => {
  test('is exact over a restart', async (t) => {
    const directory = temporaryDirectory(t)
    const first = await start(t, directory)
    const published = await publish(first.endpoint, { limit: 300, period: 'MONTH' })
    assert.equal(countOf(await ask(t, { ...first, ...published }, 120), 200), 120)
    assert.equal(await first.stop(), 0)
    const second = await start(t, directory)
    assert.equal(await usedIn(second, published), 120)
    const statuses = await ask(t, { ...second, ...published }, 200)
    assert.deepEqual([countOf(statuses, 200), countOf(statuses, 429)], [180, 20])
  })

  test('loses nothing by kill -9 but what was counted since it was last kept', async (t) => {
    const directory = temporaryDirectory(t)
    const first = await start(t, directory)
    const published = await publish(first.endpoint, { limit: 100_000, period: 'MONTH' })
    const answered = countOf(await ask(t, { ...first, ...published }, 200), 200)
    assert.equal(answered, 200)
    // One may have begun before the last answer; what begins after it writes all of them.
    const syncs = 'stagedoor_quota_syncs_total'
    await untilMetric(first, syncs, (await metric(first, syncs)) + 2)
    const dying = ask(t, { ...first, ...published }, 500)
    await first.kill()
    const late = countOf(await dying, 200)
    const second = await start(t, directory)
    const kept = await usedIn(second, published)
    assert.ok(kept >= 200, `${kept} of 200 were kept`)
    assert.ok(kept <= 200 + 500, `${kept} were kept, ${200 + late} were answered`)
    // It goes on exactly from there.
    assert.equal(countOf(await ask(t, { ...second, ...published }, 50), 200), 50)
    assert.equal(await usedIn(second, published), kept + 50)
  })

  test('begins anew at the ends of its periods, and its days can be read', async (t) => {
    const gateway = await start(t, temporaryDirectory(t), ['--test-clock'])
    const move = (to: Record<string, unknown>) =>
      fetch(`${gateway.endpoint}/_stagedoor/clock`, { method: 'POST', body: JSON.stringify(to) })
    const year = new Date().getUTCFullYear() + 1
    assert.equal((await move({ now: `${year}-01-30T12:00:00Z`, freeze: true })).status, 200)
    const published = await publish(gateway.endpoint, { limit: 5, period: 'MONTH' })
    const at = { ...gateway, ...published }
    assert.equal(countOf(await ask(t, at, 3), 200), 3)
    await move({ advance: 'P1D' })
    assert.equal(countOf(await ask(t, at, 4), 200), 2)
    await move({ advance: 'P1D' })
    assert.equal(countOf(await ask(t, at, 4), 200), 4)
    await move({ advance: 'P1D' })
    const days = { startDate: `${year}-01-30`, endDate: `${year}-02-02` }
    assert.deepEqual(await usage(gateway.endpoint, published, days), [
      [3, 2],
      [2, 0],
      [4, 1],
      [0, 1],
    ])
  })

  test('is one for two gateways on one Redis', { skip: needsRedis }, async (t) => {
    const redis = await startRedisServer()
    t.after(() => redis.stop())
    const directory = temporaryDirectory(t)
    const flags = ['--redis-url', redis.url, '--redis-timeout', '10000']
    const maker = await start(t, directory, flags)
    const published = await publish(maker.endpoint, { limit: 100, period: 'MONTH' })
    assert.equal(await maker.stop(), 0)
    // The same definitions: a copy of what the first one keeps.
    const copy = temporaryDirectory(t)
    cpSync(directory, copy, { recursive: true })
    const gateways = [await start(t, directory, flags), await start(t, copy, flags)]
    for (const gateway of gateways) await untilMetric(gateway, 'stagedoor_counter_store_up', 1)
    const statuses = await Promise.all(
      gateways.map((gateway) => ask(t, { ...gateway, ...published }, 80)),
    )
    assert.deepEqual([countOf(statuses.flat(), 200), countOf(statuses.flat(), 429)], [100, 60])
    for (const gateway of gateways) assert.equal(await usedIn(gateway, published), 100)
  })

  test('begins anew at a reset, also in Redis', { skip: needsRedis }, async (t) => {
    const redis = await startRedisServer()
    t.after(() => redis.stop())
    const flags = ['--redis-url', redis.url, '--redis-timeout', '10000', '--allow-reset']
    const gateway = await start(t, temporaryDirectory(t), flags)
    // The same ids before and after.
    const publishAgain = () =>
      publish(gateway.endpoint, { limit: 3, period: 'MONTH' }, { _custom_id_: 'metered' })
    const before = await publishAgain()
    await untilMetric(gateway, 'stagedoor_counter_store_up', 1)
    assert.equal(countOf(await ask(t, { ...gateway, ...before }, 5), 200), 3)
    const reset = await fetch(`${gateway.endpoint}/_stagedoor/reset`, { method: 'POST' })
    assert.equal(reset.status, 200)
    const after = await publishAgain()
    assert.equal(await usedIn(gateway, after), 0)
    assert.equal(countOf(await ask(t, { ...gateway, ...after }, 5), 200), 3)
  })
})
