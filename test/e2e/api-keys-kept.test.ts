import * as sdk from '@aws-sdk/client-api-gateway'
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { get, type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { createKeyedStage } from '../support/keyed-stage.ts'
import { apiGatewayClient, startGateway, type RunningGateway } from '../support/running-gateway.ts'

const value = 'partner-one-1234567890'
const disabledValue = 'partner-two-1234567890'

/** A stage whose one method requires a key. */
async function createStage(client: sdk.APIGatewayClient) {
  const restApiId = await createKeyedStage(client, { tags: { _custom_id_: 'shop' } })
  return [{ apiId: restApiId, stage: 'prod' }]
}

/** On a connection of its own: workers take turns. */
async function ask({ endpoint }: RunningGateway, key: string) {
  const url = `${endpoint}/_aws/execute-api/shop/prod/`
  const request = get(url, { agent: false, headers: { 'x-api-key': key } })
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  response.resume()
  await once(response, 'close')
  return response.statusCode
}

/** A plan that has the stage, with an enabled and a disabled key. */
async function openStage(client: sdk.APIGatewayClient, more: object = {}) {
  const apiStages = await createStage(client)
  const created = new sdk.CreateUsagePlanCommand({ name: 'trial', apiStages, ...more })
  const { id: usagePlanId = '' } = await client.send(created)
  const keyIds: string[] = []
  for (const key of [{ value, enabled: true }, { value: disabledValue }]) {
    const { id: keyId = '' } = await client.send(new sdk.CreateApiKeyCommand(key))
    const member = { usagePlanId, keyId, keyType: 'API_KEY' }
    await client.send(new sdk.CreateUsagePlanKeyCommand(member))
    keyIds.push(keyId)
  }
  return { usagePlanId, keyIds }
}

describe('API keys', () => {
  test('open their stages after a restart and after a kill, in every worker, until they go', async () => {
    const dataDirectory = mkdtempSync(join(tmpdir(), 'stagedoor-test-'))
    try {
      await using first = await startGateway({ dataDirectory })
      using client = disposable(apiGatewayClient(first.endpoint))
      const { keyIds } = await openStage(client.value)
      assert.deepEqual([await ask(first, value), await ask(first, disabledValue)], [200, 403])
      await first.stop()

      await using second = await startGateway({ dataDirectory, arguments: ['--workers', '2'] })
      for (let i = 0; i < 8; i += 1) assert.equal(await ask(second, value), 200)
      assert.equal(await ask(second, disabledValue), 403)
      using other = disposable(apiGatewayClient(second.endpoint))
      await other.value.send(
        new sdk.UpdateApiKeyCommand({
          apiKey: keyIds[1] ?? '',
          patchOperations: [{ op: 'replace', path: '/enabled', value: 'true' }],
        }),
      )
      await other.value.send(new sdk.DeleteApiKeyCommand({ apiKey: keyIds[0] ?? '' }))
      for (let i = 0; i < 8; i += 1) assert.equal(await ask(second, disabledValue), 200)
      assert.equal(await ask(second, value), 403)
      await second.kill()

      await using third = await startGateway({ dataDirectory })
      assert.deepEqual([await ask(third, value), await ask(third, disabledValue)], [403, 200])
      for (const gateway of [first, second, third]) {
        assert.ok(!gateway.output().includes(value), 'a value is in no log')
      }
    } finally {
      rmSync(dataDirectory, { recursive: true, force: true })
    }
  })

  test('and plans are gone with a reset', async () => {
    await using gateway = await startGateway({ arguments: ['--memory'] })
    using client = disposable(apiGatewayClient(gateway.endpoint))
    await openStage(client.value)
    assert.equal(await ask(gateway, value), 200)
    const reset = await fetch(`${gateway.endpoint}/_stagedoor/reset`, { method: 'POST' })
    assert.ok(reset.ok, `${reset.status}`)
    await createStage(client.value)
    assert.equal(await ask(gateway, value), 403)
    assert.deepEqual((await client.value.send(new sdk.GetApiKeysCommand({}))).items, [])
  })

  test('feel a change of their plan with the next request', async () => {
    await using gateway = await startGateway({ arguments: ['--memory', '--test-clock'] })
    const clock = JSON.stringify({ now: '2030-03-05T12:00:00Z', freeze: true })
    await fetch(`${gateway.endpoint}/_stagedoor/clock`, { method: 'POST', body: clock })
    using client = disposable(apiGatewayClient(gateway.endpoint))
    const quota = { limit: 2, period: 'DAY' }
    const { usagePlanId } = await openStage(client.value, { quota })
    const asked = async (times: number) => {
      const statuses: (number | undefined)[] = []
      for (let i = 0; i < times; i += 1) statuses.push(await ask(gateway, value))
      return statuses
    }
    const patch = (...patchOperations: sdk.PatchOperation[]) =>
      client.value.send(new sdk.UpdateUsagePlanCommand({ usagePlanId, patchOperations }))
    assert.deepEqual(await asked(3), [200, 200, 429])
    await patch({ op: 'replace', path: '/quota/limit', value: '3' })
    assert.deepEqual(await asked(2), [200, 429])
    await patch({ op: 'replace', path: '/quota/limit', value: '1' })
    assert.deepEqual(await asked(1), [429])
    await patch({ op: 'remove', path: '/quota' })
    assert.deepEqual(await asked(2), [200, 200])
    await patch({ op: 'replace', path: '/throttle/rateLimit', value: '0' })
    assert.deepEqual(await asked(1), [429])
    await patch({ op: 'remove', path: '/throttle' })
    assert.deepEqual(await asked(1), [200])
    const path = '/apiStages/shop:prod/throttle/~1/GET'
    await patch(
      { op: 'replace', path: `${path}/rateLimit`, value: '1' },
      { op: 'replace', path: `${path}/burstLimit`, value: '1' },
    )
    assert.deepEqual(await asked(2), [200, 429])
    await patch({ op: 'remove', path })
    assert.deepEqual(await asked(2), [200, 200])
  })
})

function disposable(client: sdk.APIGatewayClient) {
  return { value: client, [Symbol.dispose]: () => client.destroy() }
}
