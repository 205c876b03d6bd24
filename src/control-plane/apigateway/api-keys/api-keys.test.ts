import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { testApiGateway } from '../../../../test/support/api-gateway-context.ts'
import { testPatchTable } from '../../../../test/support/patch-table-rows.ts'
import { seededRandom } from '../../../../test/support/seeded-random.ts'
import { slowConflictingStore } from '../../../../test/contracts/slow-conflicting-store.ts'
import { MemoryStateStore } from '../../../adapters/memory/state-store.ts'
import type { ApiGatewayContext } from '../context.ts'
import { apiKeyPatchTable } from './api-key-patch-paths.ts'
import { apiKeys } from './api-keys.ts'
import { importApiKeys } from './import-api-keys.ts'
import { loadApiKeys } from './load-api-keys.ts'

const value = 'apikey1234abcdefghij'

async function storedKeys({ store }: ApiGatewayContext) {
  const found = []
  for await (const key of loadApiKeys(store)) found.push(key)
  return found
}

testPatchTable('apiKeyPatchTable', apiKeyPatchTable, {
  states: [
    {
      ...{ id: 'k1', value, enabled: false, createdDate: 1, lastUpdatedDate: 1 },
      ...{ stageKeys: ['a1b2c3d4e5/old'], usagePlans: {} },
    },
  ],
  environment: { checkStageKey: () => Promise.resolve() },
})

describe('CreateApiKey', () => {
  test('tells the data plane of the key, disabled or not', async () => {
    const { context, published } = testApiGateway()
    const { id = '' } = await apiKeys.CreateApiKey({ value }, context)
    const [change] = published
    assert.ok(change?.kind === 'declared' && change.of === 'api-key')
    assert.deepEqual(change.declaration, (await storedKeys(context))[0])
    const { revision, ...declared } = change.declaration
    assert.ok(revision > 0)
    assert.deepEqual(declared, {
      ...{ account: '000000000000', region: 'us-east-1', id, value },
      ...{ isEnabled: false, usagePlanIds: [], usagePlanDays: {} },
    })
  })

  test('gives one value to one key, and no more keys than there may be, in a race too', async () => {
    const store = slowConflictingStore(new MemoryStateStore(), {
      ...{ random: seededRandom(5), conflictShare: 0.1, turnsMax: 3 },
    })
    const { context } = testApiGateway({ store, quotas: { apiKeys: 3 } })
    const values = [value, value, undefined, undefined, undefined, undefined]
    const outcomes = await Promise.allSettled(
      values.map((each) => apiKeys.CreateApiKey({ value: each }, context)),
    )
    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 3)
    const stored = await storedKeys(context)
    assert.equal(stored.length, 3)
    assert.equal(stored.filter((key) => key.value === value).length <= 1, true)
  })

  test('makes room, and the value free, when a key is deleted', async () => {
    const { context } = testApiGateway({ quotas: { apiKeys: 1 } })
    const { id = '' } = await apiKeys.CreateApiKey({ value }, context)
    await assert.rejects(apiKeys.CreateApiKey({}, context), { status: 429 })
    await apiKeys.DeleteApiKey({ apiKey: id }, context)
    await apiKeys.CreateApiKey({ value }, context)
  })

  test('makes values of 40 letters and digits that differ', async () => {
    const { context } = testApiGateway()
    const made = await Promise.all([1, 2, 3].map(() => apiKeys.CreateApiKey({}, context)))
    for (const key of made) assert.match(key.value ?? '', /^[A-Za-z0-9]{40}$/)
    assert.equal(new Set(made.map((key) => key.value)).size, 3)
  })
})

describe('DeleteApiKey', () => {
  test('tells the data plane with a higher revision than the creation', async () => {
    const { context, published } = testApiGateway()
    const { id = '' } = await apiKeys.CreateApiKey({ value }, context)
    await apiKeys.DeleteApiKey({ apiKey: id }, context)
    const [created, removed] = published
    assert.ok(created?.kind === 'declared' && removed?.kind === 'withdrawn')
    assert.deepEqual([removed.of, removed.id], ['api-key', id])
    assert.ok(removed.revision > created.declaration.revision)
    assert.deepEqual(await storedKeys(context), [])
  })
})

describe('ImportApiKeys', () => {
  const body = (text: string) => new TextEncoder().encode(text)

  test('imports as many keys as there may be, and warns of the rest', async () => {
    const { context, published } = testApiGateway({ quotas: { apiKeys: 2 } })
    const rows = [1, 2, 3].map((i) => `n${i},${value}${i}\n`).join('')
    const { ids, warnings } = await importApiKeys.ImportApiKeys(
      { format: 'csv', body: body(`Name,Key\n${rows}`) },
      context,
    )
    assert.equal(ids.length, 2)
    assert.match(warnings[0] ?? '', /^Line 4: Maximum number of API Keys/)
    assert.equal(published.length, 2)
  })

  test('says no value in any refusal or warning', async () => {
    const { context } = testApiGateway()
    const secret = 'secret'
    const { warnings } = await importApiKeys.ImportApiKeys(
      { format: 'csv', body: body(`Name,Key\nn,${secret}\n`) },
      context,
    )
    assert.equal(warnings.length, 1)
    assert.ok(!warnings.join('').includes(secret))
    await apiKeys.CreateApiKey({ value }, context)
    await assert.rejects(apiKeys.CreateApiKey({ value }, context), (error: Error) => {
      return !error.message.includes(value)
    })
  })

  test('counts a value that comes twice as one key, as it is written last', async () => {
    const { context } = testApiGateway()
    const { ids } = await importApiKeys.ImportApiKeys(
      { format: 'csv', body: body(`Name,Key\nfirst,${value}\nlast,${value}\n`) },
      context,
    )
    assert.equal(ids.length, 1)
    const { items } = await apiKeys.GetApiKeys({}, context)
    assert.deepEqual(
      items.map(({ name }) => name),
      ['last'],
    )
  })
})

test('the same value in another account is another key', async () => {
  const gateway = testApiGateway()
  await apiKeys.CreateApiKey({ value }, gateway.context)
  const other = gateway.seenFrom({ account: '111111111111' })
  await apiKeys.CreateApiKey({ value }, other)
  assert.equal((await storedKeys(other)).length, 2)
  assert.equal((await apiKeys.GetApiKeys({}, other)).items?.length, 1)
})
