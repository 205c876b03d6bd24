import {
  DeleteStageCommand,
  FlushStageCacheCommand,
  UpdateStageCommand,
  type APIGatewayClient,
} from '@aws-sdk/client-api-gateway'
import assert from 'node:assert/strict'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { fragileWorkerEntry, watchFragileWorkers } from '../support/fragile-workers.ts'
import { startHttpBackend } from '../support/http-backend.ts'
import {
  publishProxy,
  startLocalGateway,
  untilLogged,
  type LocalGateway,
} from '../support/local-gateway.ts'
import { redisProgram, startRedisServer } from '../support/redis-server.ts'
import { apiGatewayClient } from '../support/running-gateway.ts'

const place = { restApiId: 'proxy12345', stageName: 'prod' }
const withoutRedis = redisProgram === undefined && 'redis-server is not here'

/** A backend that counts what it is asked. */
async function startCountingBackend(t: TestContext) {
  let asked = 0
  const backend = await startHttpBackend((_, response) => response.end(`answer ${(asked += 1)}`))
  t.after(() => backend[Symbol.asyncDispose]())
  return { backend, asked: () => asked }
}

function update(client: APIGatewayClient, values: Readonly<Record<string, string>>) {
  const patchOperations = Object.entries(values).map(([path, value]) => ({
    op: 'replace' as const,
    path,
    value,
  }))
  return client.send(new UpdateStageCommand({ ...place, patchOperations }))
}

const cached = {
  '/cacheClusterEnabled': 'true',
  '/cacheClusterSize': '0.5',
  '/*/*/caching/enabled': 'true',
}

/** What so many requests are answered, each on a connection of its own, so that all workers are met. */
async function ask(gateway: LocalGateway, count = 8, stageName = 'prod'): Promise<string[]> {
  const url = `${gateway.url}/_aws/execute-api/${place.restApiId}/${stageName}`
  const answers: string[] = []
  for (let i = 0; i < count; i += 1) {
    const response = await fetch(url, { headers: { connection: 'close' } })
    answers.push(await response.text())
  }
  return answers
}

async function metrics(gateway: LocalGateway): Promise<string> {
  return (await fetch(`${gateway.url}/_stagedoor/metrics`)).text()
}

const all = (text: string, count = 8) => Array.from({ length: count }, () => text)

describe('the cache of a stage', () => {
  for (const workers of ['1', '3']) {
    test(`is one for all workers, from its cluster to its flush, with workers ${workers}`, async (t) => {
      const { backend, asked } = await startCountingBackend(t)
      const gateway = await startLocalGateway({ workers, testClock: true })
      t.after(() => gateway.close())
      const client = apiGatewayClient(gateway.url)
      await publishProxy(client, backend)
      await ask(gateway, 3)
      assert.equal(asked(), 3)
      const stage = await update(client, cached)
      assert.equal(stage.cacheClusterStatus, 'AVAILABLE')
      assert.deepEqual(await ask(gateway), all('answer 4'))
      await client.send(new FlushStageCacheCommand(place))
      assert.deepEqual(await ask(gateway), all('answer 5'))
      // Its settings change, and it stays.
      await update(client, { '/variables/a': 'b' })
      assert.deepEqual(await ask(gateway), all('answer 5'))
      // A cluster of another size is another cluster.
      await update(client, { '/cacheClusterSize': '1.6' })
      assert.deepEqual(await ask(gateway), all('answer 6'))
      await fetch(`${gateway.url}/_stagedoor/clock`, {
        method: 'POST',
        body: JSON.stringify({ advance: 'PT5M' }),
      })
      assert.deepEqual(await ask(gateway), all('answer 7'))
      await update(client, { '/cacheClusterEnabled': 'false' })
      assert.deepEqual(await ask(gateway, 2), ['answer 8', 'answer 9'])
      await assert.rejects(client.send(new FlushStageCacheCommand(place)), {
        name: 'BadRequestException',
      })
      await update(client, { '/cacheClusterEnabled': 'true' })
      assert.deepEqual(await ask(gateway), all('answer 10'))
      const text = await metrics(gateway)
      const labels = 'api="proxy12345",stage="prod"'
      assert.match(text, new RegExp(`stagedoor_cache_requests_total{${labels},outcome="hit"} 43`))
      assert.match(text, new RegExp(`stagedoor_cache_requests_total{${labels},outcome="miss"} 5`))
      assert.match(text, new RegExp(`stagedoor_cache_entries{${labels}} 1`))
      await client.send(new DeleteStageCommand(place))
      assert.doesNotMatch(await metrics(gateway), /stagedoor_cache_entries{/)
    })
  }

  test('outlives a worker, and is told to the one that takes its place', async (t) => {
    const { backend } = await startCountingBackend(t)
    const workers = watchFragileWorkers()
    const gateway = await startLocalGateway({ workers: '2' }, { workerEntry: fragileWorkerEntry })
    t.after(async () => {
      await gateway.close()
      workers[Symbol.dispose]()
    })
    const client = apiGatewayClient(gateway.url)
    await publishProxy(client, backend)
    await workers.begun(2)
    await update(client, cached)
    assert.deepEqual(await ask(gateway), all('answer 1'))
    workers.order(0, 'exit')
    await workers.begun(3)
    assert.deepEqual(await ask(gateway), all('answer 1'))
    workers.order(1, 'exit')
    await workers.begun(4)
    assert.deepEqual(await ask(gateway), all('answer 1'))
  })

  test('is larger than the memory of the server: the operator is told', async (t) => {
    const gateway = await startLocalGateway({ cacheMemory: '64' })
    t.after(() => gateway.close())
    const { backend } = await startCountingBackend(t)
    const client = apiGatewayClient(gateway.url)
    await publishProxy(client, backend)
    await update(client, cached)
    const { level, fields } = await untilLogged(gateway, 'stage-cache-memory-short')
    assert.deepEqual(
      [level, fields['stageName'], fields['wantedBytes'], fields['bytesMax']],
      ['warn', 'prod', 512 * 1024 ** 2, 64 * 1024 ** 2],
    )
    assert.deepEqual(await ask(gateway, 2), ['answer 1', 'answer 1'])
  })
})

describe('the cache of a stage in Redis', { skip: withoutRedis }, () => {
  test('is one for all gateways, encrypted with their key, and a miss while Redis is gone', async (t) => {
    const { backend, asked } = await startCountingBackend(t)
    const server = await startRedisServer()
    const directory = await mkdtemp(join(tmpdir(), 'stagedoor-'))
    const cacheKeyFile = join(directory, 'key')
    await writeFile(cacheKeyFile, `${'0a'.repeat(32)}\n`)
    const flags = { redisUrl: server.url, redisTimeout: '10000', workers: '2', cacheKeyFile }
    const startIn = (name: string) =>
      startLocalGateway({ ...flags, memory: false, dataDir: join(directory, name) })
    const gateways: LocalGateway[] = []
    t.after(async () => {
      await Promise.all(gateways.map((gateway) => gateway.close()))
      await server.stop()
      await rm(directory, { recursive: true })
    })
    // Two gateways serve the same when they have the same definitions.
    const first = await startIn('one')
    const publisher = apiGatewayClient(first.url)
    await publishProxy(publisher, backend)
    await update(publisher, { ...cached, '/*/*/caching/dataEncrypted': 'true' })
    await first.close()
    await cp(join(directory, 'one'), join(directory, 'other'), { recursive: true })
    const one = await startIn('one')
    const other = await startIn('other')
    gateways.push(one, other)
    const client = apiGatewayClient(one.url)
    assert.deepEqual(await ask(one, 4), all('answer 1', 4))
    assert.deepEqual(await ask(other, 4), all('answer 1', 4))
    await apiGatewayClient(other.url).send(new FlushStageCacheCommand(place))
    const before = asked()
    assert.deepEqual(await ask(one, 4), all(`answer ${before + 1}`, 4))
    await server.stop()
    const count = asked()
    assert.equal(new Set(await ask(one, 4)).size, 4)
    assert.equal(asked(), count + 4)
    assert.match(await metrics(one), /stagedoor_cache_unavailable_total [1-9]/)
    await assert.rejects(client.send(new FlushStageCacheCommand(place)), {
      name: 'ServiceUnavailableException',
    })
    // What Redis does not hear of a stage, it is told when it is back.
    await update(client, { '/cacheClusterSize': '1.6' })
    await untilLogged(one, 'stage-cache-not-changed')
    await server.start()
    await untilLogged(one, 'stage-cache-changed')
  })

  test('keeps nothing that must be encrypted without a key, and the operator is told', async (t) => {
    const { backend } = await startCountingBackend(t)
    const server = await startRedisServer()
    const gateway = await startLocalGateway({ redisUrl: server.url, redisTimeout: '10000' })
    t.after(async () => {
      await gateway.close()
      await server.stop()
    })
    const client = apiGatewayClient(gateway.url)
    await publishProxy(client, backend)
    await update(client, { ...cached, '/*/*/caching/dataEncrypted': 'true' })
    assert.deepEqual(await ask(gateway, 2), ['answer 1', 'answer 2'])
    assert.equal((await untilLogged(gateway, 'stage-cache-keeps-nothing')).level, 'error')
  })
})
