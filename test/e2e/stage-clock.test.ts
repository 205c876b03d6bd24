import { UpdateStageCommand, type APIGatewayClient } from '@aws-sdk/client-api-gateway'
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { startNamedBackend } from '../support/http-backend.ts'
import { publishProxy, startLocalGateway } from '../support/local-gateway.ts'
import { apiGatewayClient } from '../support/running-gateway.ts'

/** What the operator API answers about the clock. */
async function ask(url: string, members?: Readonly<Record<string, unknown>>) {
  const response = await fetch(`${url}/_stagedoor/clock`, {
    ...(members === undefined ? {} : { method: 'POST', body: JSON.stringify(members) }),
  })
  const answer = (await response.json()) as Readonly<Record<string, unknown>>
  return { status: response.status, answer }
}

function limit(client: APIGatewayClient, { rate, burst }: { rate: number; burst: number }) {
  const patchOperations = [
    { op: 'replace' as const, path: '/*/*/throttling/rateLimit', value: String(rate) },
    { op: 'replace' as const, path: '/*/*/throttling/burstLimit', value: String(burst) },
  ]
  const place = { restApiId: 'proxy12345', stageName: 'prod' }
  return client.send(new UpdateStageCommand({ ...place, patchOperations }))
}

/** What so many requests are answered, one after the other, each on a connection of its own. */
async function statuses(url: string, requestsCount: number): Promise<readonly number[]> {
  const seen: number[] = []
  for (let i = 0; i < requestsCount; i += 1) {
    const response = await fetch(url, { headers: { connection: 'close' } })
    await response.arrayBuffer()
    seen.push(response.status)
  }
  return seen
}

describe('--test-clock', () => {
  for (const workers of ['1', '2']) {
    test(`lets a test own the time of stages, with workers ${workers}`, async () => {
      const gateway = await startLocalGateway({ testClock: true, workers })
      try {
        const { answer } = await ask(gateway.url, { now: '2190-06-01T00:00:00Z', freeze: true })
        assert.deepEqual([answer['now'], answer['frozen']], ['2190-06-01T00:00:00.000Z', true])
        const month = await ask(gateway.url, { advance: 'P30D' })
        assert.equal(month.answer['now'], '2190-07-01T00:00:00.000Z')
        const back = await ask(gateway.url, { now: '2190-06-30T23:59:59Z' })
        assert.deepEqual(
          [back.status, back.answer],
          [400, { message: 'the clock never goes back' }],
        )
        assert.deepEqual((await ask(gateway.url)).answer['now'], '2190-07-01T00:00:00.000Z')
      } finally {
        await gateway.close()
      }
    })
  }

  for (const workers of ['1', '2']) {
    test(`moves the throttles of all workers at once, with workers ${workers}`, async () => {
      await using backend = await startNamedBackend('backend')
      const gateway = await startLocalGateway({ testClock: true, workers })
      try {
        const client = apiGatewayClient(gateway.url)
        await publishProxy(client, backend)
        await limit(client, { rate: 2, burst: 3 })
        await ask(gateway.url, { freeze: true })
        const url = `${gateway.url}/_aws/execute-api/proxy12345/prod/`
        assert.deepEqual(await statuses(url, 5), [200, 200, 200, 429, 429])
        // Half a token is none, and two halves are one, whoever is asked.
        await ask(gateway.url, { advanceMs: 250 })
        assert.deepEqual(await statuses(url, 2), [429, 429])
        await ask(gateway.url, { advanceMs: 250 })
        assert.deepEqual(await statuses(url, 2), [200, 429])
        await ask(gateway.url, { advance: 'P1D' })
        assert.deepEqual(await statuses(url, 4), [200, 200, 200, 429])
      } finally {
        await gateway.close()
      }
    })
  }

  test('is needed for it', async () => {
    const gateway = await startLocalGateway()
    try {
      const { status, answer } = await ask(gateway.url, { advance: 'PT24H' })
      assert.equal(status, 403)
      assert.match(String(answer['message']), /--test-clock/)
    } finally {
      await gateway.close()
    }
  })
})
