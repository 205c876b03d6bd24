import { UpdateStageCommand } from '@aws-sdk/client-api-gateway'
import assert from 'node:assert/strict'
import { Agent } from 'node:http'
import { describe, test, type TestContext } from 'node:test'
import type { WorkerBounds } from '../../src/server/workers/worker-pool.ts'
import {
  fragileWorkerEntry,
  watchFragileWorkers,
  type FragileWorkers,
} from '../support/fragile-workers.ts'
import { startHttpBackend } from '../support/http-backend.ts'
import { publishProxy, startLocalGateway, type LocalGateway } from '../support/local-gateway.ts'
import { apiGatewayClient } from '../support/running-gateway.ts'
import { get, startSteadyLoad } from '../support/steady-load.ts'

/** Faster than the product's, and slow enough that a busy machine does not seem to hang. */
const bounds: Partial<WorkerBounds> = {
  lateAfterMs: 250,
  hungAfterMs: 3000,
  acknowledgeWithinMs: 6000,
}

/** Several times `lateAfterMs`, and well before a hung worker is given up. */
const lateMs = 1500

interface Scene {
  readonly gateway: LocalGateway
  readonly workers: FragileWorkers
  readonly url: string
  /** One request on a connection of its own. */
  readonly ask: () => Promise<number>
  readonly changeStage: () => Promise<void>
  readonly replacements: () => Promise<number>
}

async function setScene(t: TestContext, workerCount: number): Promise<Scene> {
  const backend = await startHttpBackend((_, response) => setTimeout(() => response.end('ok'), 2))
  const workers = watchFragileWorkers()
  const gateway = await startLocalGateway(
    { workers: String(workerCount) },
    { workerEntry: fragileWorkerEntry, workerBounds: bounds },
  )
  t.after(async () => {
    await gateway.close()
    workers[Symbol.dispose]()
    await backend[Symbol.asyncDispose]()
  })
  const client = apiGatewayClient(gateway.url)
  const restApiId = 'proxy12345'
  await publishProxy(client, backend, restApiId)
  await workers.begun(workerCount)
  const url = `${gateway.url}/_aws/execute-api/${restApiId}/prod`
  const alone = () => new Agent({ keepAlive: false })
  let changes = 0
  return {
    gateway,
    workers,
    url,
    ask: async () => (await get(alone(), url)).status,
    async changeStage() {
      changes += 1
      const patchOperations = [
        { op: 'replace' as const, path: '/variables/change', value: String(changes) },
      ]
      await client.send(new UpdateStageCommand({ restApiId, stageName: 'prod', patchOperations }))
    },
    async replacements() {
      const { body } = await get(alone(), `${gateway.url}/_stagedoor/metrics`)
      return Number(/^stagedoor_worker_replacements_total (\d+)$/m.exec(body)?.[1])
    },
  }
}

describe('a worker that dies', () => {
  test('loses only what it was serving, and the next requests succeed', async (t) => {
    const { workers, url, ask, replacements } = await setScene(t, 2)
    const connections = 8
    const load = startSteadyLoad({
      urls: [url],
      connections,
      check: (_, { status }) => (status === 200 ? undefined : `status ${status}`),
    })
    const rounds = 5
    for (let round = 0; round < rounds; round += 1) {
      const before = load.requests()
      while (load.requests() < before + 100) await new Promise((resolve) => setImmediate(resolve))
      workers.order(round, round % 2 === 0 ? 'exit' : 'throw')
      await workers.begun(3 + round)
      assert.equal(await ask(), 200)
    }
    await load.stop()
    t.diagnostic(
      `${load.complaints.length} of ${load.requests()} requests lost in ${rounds} deaths`,
    )
    assert.ok(load.complaints.length <= rounds * connections, load.complaints.join('\n'))
    for (const complaint of load.complaints) assert.match(complaint, /ECONNRESET|socket hang up/)
    assert.equal(await replacements(), rounds)
  })

  test('is replaced when it was the only one, and connections that come meanwhile are served', async (t) => {
    const { workers, ask, gateway } = await setScene(t, 1)
    workers.order(0, 'exit')
    while (!gateway.lines.some(({ event }) => event === 'worker-died')) {
      await new Promise((resolve) => setImmediate(resolve))
    }
    const statuses = await Promise.all(Array.from({ length: 200 }, ask))
    assert.deepEqual(new Set(statuses), new Set([200]))
  })

  test('does not delay a write that changes what is served', async (t) => {
    const { workers, changeStage, ask } = await setScene(t, 2)
    const changing = changeStage()
    workers.order(0, 'exit')
    // The call itself may have been on the connection that died; the next one is not.
    await changing.catch(() => changeStage())
    assert.equal(await ask(), 200)
  })
})

describe('a worker that hangs', () => {
  test('gets no new connections, and is replaced', async (t) => {
    const { workers, ask, gateway, replacements } = await setScene(t, 2)
    workers.order(0, 'hang')
    // Late, not yet given up: whoever comes now goes to the other one.
    await new Promise((resolve) => setTimeout(resolve, lateMs))
    const statuses = await Promise.all(Array.from({ length: 100 }, ask))
    assert.deepEqual(new Set(statuses), new Set([200]))
    await workers.begun(3)
    assert.equal(await ask(), 200)
    assert.equal(await replacements(), 1)
    assert.ok(gateway.lines.some(({ event }) => event === 'worker-hung'))
  })

  test('keeps connections waiting when it was the only one, and loses none of them', async (t) => {
    const { workers, ask } = await setScene(t, 1)
    workers.order(0, 'hang')
    await new Promise((resolve) => setTimeout(resolve, lateMs))
    const statuses = await Promise.all(Array.from({ length: 500 }, ask))
    assert.deepEqual(new Set(statuses), new Set([200]))
  })

  test('delays a write by a bounded time', async (t) => {
    const { workers, changeStage, ask } = await setScene(t, 2)
    // The kept-alive connection of the client is at one of the two: at worst the call itself hangs there.
    workers.order(1, 'hang')
    const startMs = performance.now()
    await changeStage().catch(() => changeStage())
    const tookMs = performance.now() - startMs
    t.diagnostic(`the write took ${tookMs.toFixed(0)} ms`)
    assert.ok(tookMs < 15_000, `${tookMs} ms`)
    assert.equal(await ask(), 200)
  })
})
