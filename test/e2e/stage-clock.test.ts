import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { startLocalGateway } from '../support/local-gateway.ts'

/** What the operator API answers about the clock. */
async function ask(url: string, members?: Readonly<Record<string, unknown>>) {
  const response = await fetch(`${url}/_stagedoor/clock`, {
    ...(members === undefined ? {} : { method: 'POST', body: JSON.stringify(members) }),
  })
  const answer = (await response.json()) as Readonly<Record<string, unknown>>
  return { status: response.status, answer }
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
