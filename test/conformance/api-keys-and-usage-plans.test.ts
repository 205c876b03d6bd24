import * as sdk from '@aws-sdk/client-api-gateway'
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { dayAfter } from '../../src/snapshot/quota-period.ts'
import { createKeyedStage } from '../support/keyed-stage.ts'
import { apiGatewayClient, startGateway, type RunningGateway } from '../support/running-gateway.ts'

/**
 * API keys, usage plans and usage through the official client over a running gateway; each operation with input
 * that is good, bad, missing and repeated.
 */
let gateway: RunningGateway
let client: sdk.APIGatewayClient

/** What the client throws for AWS's refusal. */
const refusal = (name: string, status: number, message: RegExp | string) => (error: unknown) => {
  assert.ok(error instanceof sdk.APIGatewayServiceException, String(error))
  assert.deepEqual({ name: error.name, status: error.$metadata.httpStatusCode }, { name, status })
  if (typeof message === 'string') assert.equal(error.message, message)
  else assert.match(error.message, message)
  return true
}

const badRequest = (message: RegExp | string) => refusal('BadRequestException', 400, message)
const notFound = (message: string) => refusal('NotFoundException', 404, message)
const conflict = (message: RegExp | string) => refusal('ConflictException', 409, message)
const unknownKey = notFound('Invalid API Key identifier specified')
const unknownPlan = notFound('Invalid Usage Plan ID specified')

/** Where the clock of the stages stands. */
const today = '2030-03-05'

let count = 0
/** A value that no other key has. */
const freshValue = () => `partner-1234567890-${(count += 1)}`

/** An answer without what the client adds. */
function plain<Answer extends { readonly $metadata: object }>(answer: Answer) {
  const { $metadata: _, ...members } = answer
  return members
}

async function createKey(more: Partial<sdk.CreateApiKeyRequest> = {}) {
  const input = { name: 'partner', value: freshValue(), enabled: true, ...more }
  const key = await client.send(new sdk.CreateApiKeyCommand(input))
  return { apiKey: key.id ?? '', value: key.value ?? '' }
}

async function createPlan(more: Partial<sdk.CreateUsagePlanRequest> = {}) {
  const plan = await client.send(new sdk.CreateUsagePlanCommand({ name: 'trial', ...more }))
  return plan.id ?? ''
}

/** A stage whose one method requires a key, and answers with the key's id. */
async function createStage() {
  const restApiId = await createKeyedStage(client, { template: '$context.identity.apiKeyId' })
  const ask = async (value: string) => {
    const url = `${gateway.endpoint}/_aws/execute-api/${restApiId}/prod/`
    const response = await fetch(url, { headers: value === '' ? {} : { 'x-api-key': value } })
    return { status: response.status, text: await response.text() }
  }
  return { restApiId, apiStage: { apiId: restApiId, stage: 'prod' }, ask }
}

const join = (usagePlanId: string, keyId: string) =>
  client.send(new sdk.CreateUsagePlanKeyCommand({ usagePlanId, keyId, keyType: 'API_KEY' }))

const patchPlan = (usagePlanId: string, ...patchOperations: sdk.PatchOperation[]) =>
  client.send(new sdk.UpdateUsagePlanCommand({ usagePlanId, patchOperations }))

const forbidden = { status: 403, text: '{"message":"Forbidden"}' }

describe('API keys and usage plans', () => {
  before(async () => {
    gateway = await startGateway({ arguments: ['--memory', '--test-clock'] })
    client = apiGatewayClient(gateway.endpoint)
    // No day ends while the tests run.
    const body = JSON.stringify({ now: `${today}T12:00:00Z`, freeze: true })
    await fetch(`${gateway.endpoint}/_stagedoor/clock`, { method: 'POST', body })
  })
  after(async () => {
    client.destroy()
    await gateway[Symbol.asyncDispose]()
  })

  describe('API keys', () => {
    test('live from creation to deletion', async () => {
      const value = freshValue()
      const input = { name: 'partner', value, enabled: true, description: 'd', tags: { a: '1' } }
      const created = await client.send(new sdk.CreateApiKeyCommand(input))
      assert.equal(created.$metadata.httpStatusCode, 201)
      assert.ok(created.createdDate instanceof Date)
      const { id: apiKey = '' } = created
      const hidden = await client.send(new sdk.GetApiKeyCommand({ apiKey }))
      const { value: _, ...shown } = plain(created)
      assert.deepEqual(plain(hidden), shown)
      const told = await client.send(new sdk.GetApiKeyCommand({ apiKey, includeValue: true }))
      assert.deepEqual(plain(told), plain(created))
      const patchOperations: sdk.PatchOperation[] = [
        { op: 'replace', path: '/name', value: 'ours' },
        { op: 'replace', path: '/enabled', value: 'false' },
      ]
      const updated = await client.send(new sdk.UpdateApiKeyCommand({ apiKey, patchOperations }))
      assert.deepEqual([updated.name, updated.enabled], ['ours', false])
      const deleted = await client.send(new sdk.DeleteApiKeyCommand({ apiKey }))
      assert.equal(deleted.$metadata.httpStatusCode, 202)
      await assert.rejects(client.send(new sdk.GetApiKeyCommand({ apiKey })), unknownKey)
      await assert.rejects(client.send(new sdk.DeleteApiKeyCommand({ apiKey })), unknownKey)
      await assert.rejects(client.send(new sdk.UpdateApiKeyCommand({ apiKey })), unknownKey)
    })

    test('are refused with values that cannot be, or that another key has', async () => {
      const { value } = await createKey()
      await assert.rejects(createKey({ value }), conflict('API Key already exists'))
      await assert.rejects(createKey({ value: 'short' }), badRequest(/at least 20 characters/))
      await assert.rejects(
        createKey({ value: 'x'.repeat(129) }),
        badRequest('API Key value exceeds maximum size of 128 characters'),
      )
      const unnamed = await client.send(new sdk.CreateApiKeyCommand({}))
      assert.deepEqual(
        [unnamed.name, unnamed.enabled, unnamed.value?.length],
        [undefined, false, 40],
      )
    })

    test('are listed page by page, by name and by customer', async () => {
      const made = await Promise.all(
        [1, 2, 3].map((i) => createKey({ name: `listed-${i}`, customerId: 'lists' })),
      )
      const pages = sdk.paginateGetApiKeys(
        { client, pageSize: 2 },
        { nameQuery: 'listed-', includeValues: true },
      )
      const listed: sdk.ApiKey[] = []
      for await (const { items = [] } of pages) {
        assert.ok(items.length <= 2)
        listed.push(...items)
      }
      assert.deepEqual(
        new Set(listed.map(({ id, value }) => `${id} ${value}`)),
        new Set(made.map(({ apiKey, value }) => `${apiKey} ${value}`)),
      )
      const ofCustomer = await client.send(new sdk.GetApiKeysCommand({ customerId: 'lists' }))
      assert.equal(ofCustomer.items?.length, 3)
      assert.equal(ofCustomer.items[0]?.value, undefined)
      await assert.rejects(
        client.send(new sdk.GetApiKeysCommand({ position: 'nowhere' })),
        badRequest('Invalid position parameter specified'),
      )
    })

    test('are imported from a file, with warnings or not at all', async () => {
      const planId = await createPlan()
      const first = freshValue()
      const file = `Name,Key,UsagePlanIds\nfirst,${first},${planId}\nsecond,short,\n`
      const body = new TextEncoder().encode(file)
      const given = { format: 'csv', body } as const
      await assert.rejects(
        client.send(new sdk.ImportApiKeysCommand({ ...given, failOnWarnings: true })),
        badRequest(/^No API Key was imported: Line 3/),
      )
      const imported = await client.send(new sdk.ImportApiKeysCommand(given))
      assert.equal(imported.$metadata.httpStatusCode, 201)
      assert.equal(imported.ids?.length, 1)
      assert.equal(imported.warnings?.length, 1)
      const again = await client.send(new sdk.ImportApiKeysCommand(given))
      assert.deepEqual(again.ids, imported.ids)
      const members = await client.send(new sdk.GetUsagePlanKeysCommand({ usagePlanId: planId }))
      assert.deepEqual(
        members.items?.map(({ name, value }) => [name, value]),
        [['first', first]],
      )
      await assert.rejects(
        client.send(new sdk.ImportApiKeysCommand({ format: 'csv', body: Uint8Array.of(10) })),
        badRequest(/no column Name/),
      )
      await assert.rejects(
        client.send(new sdk.ImportApiKeysCommand({ format: 'xml' as 'csv', body })),
        refusal('ValidationException', 400, /enum value set: \[csv\]/),
      )
    })

    test('carry tags', async () => {
      const { apiKey } = await createKey()
      const resourceArn = `arn:aws:apigateway:us-east-1::/apikeys/${apiKey}`
      await client.send(new sdk.TagResourceCommand({ resourceArn, tags: { team: 'a' } }))
      const tags = await client.send(new sdk.GetTagsCommand({ resourceArn }))
      assert.deepEqual(tags.tags, { team: 'a' })
      await client.send(new sdk.UntagResourceCommand({ resourceArn, tagKeys: ['team'] }))
      const key = await client.send(new sdk.GetApiKeyCommand({ apiKey }))
      assert.deepEqual(key.tags, {})
    })
  })

  describe('usage plans', () => {
    test('live from creation to deletion', async () => {
      const { apiStage } = await createStage()
      const usagePlanId = await createPlan({
        apiStages: [apiStage],
        throttle: { rateLimit: 10, burstLimit: 20 },
        quota: { limit: 100, period: 'MONTH' },
      })
      const read = await client.send(new sdk.GetUsagePlanCommand({ usagePlanId }))
      assert.deepEqual(plain(read), {
        ...{ id: usagePlanId, name: 'trial', apiStages: [apiStage], tags: {} },
        throttle: { rateLimit: 10, burstLimit: 20 },
        quota: { limit: 100, offset: 0, period: 'MONTH' },
      })
      const path = `/apiStages/${apiStage.apiId}:prod/throttle`
      const updated = await patchPlan(
        usagePlanId,
        { op: 'replace', path: '/quota/limit', value: '5' },
        { op: 'replace', path: `${path}//pets/GET/rateLimit`, value: '2.000000' },
        { op: 'add', path: `${path}/~1pets~1{petId}/GET/burstLimit`, value: '3' },
      )
      assert.equal(updated.quota?.limit, 5)
      assert.deepEqual(updated.apiStages?.[0]?.throttle, {
        '/pets/GET': { rateLimit: 2 },
        '/pets/{petId}/GET': { burstLimit: 3 },
      })
      await assert.rejects(
        client.send(new sdk.DeleteUsagePlanCommand({ usagePlanId })),
        badRequest(/^Cannot delete Usage Plan .* including .*:prod$/),
      )
      const value = `${apiStage.apiId}:prod`
      await patchPlan(usagePlanId, { op: 'remove', path: '/apiStages', value })
      const deleted = await client.send(new sdk.DeleteUsagePlanCommand({ usagePlanId }))
      assert.equal(deleted.$metadata.httpStatusCode, 202)
      await assert.rejects(client.send(new sdk.GetUsagePlanCommand({ usagePlanId })), unknownPlan)
      await assert.rejects(patchPlan(usagePlanId), unknownPlan)
      await assert.rejects(
        client.send(new sdk.DeleteUsagePlanCommand({ usagePlanId })),
        unknownPlan,
      )
    })

    test('are refused with stages, quotas and throttles that cannot be', async () => {
      const apiStages = [{ apiId: 'nosuch', stage: 'prod' }]
      await assert.rejects(createPlan({ apiStages }), badRequest(/^Invalid API Stage/))
      await assert.rejects(createPlan({ apiStages: [{}] }), badRequest(/^Invalid API Stage/))
      const quota = { limit: 10, offset: 7, period: 'WEEK' } as const
      await assert.rejects(createPlan({ quota }), badRequest(/offset must be between 0 and 6/))
      await assert.rejects(createPlan({ quota: {} }), badRequest(/limit must be at least 1/))
      await assert.rejects(
        createPlan({ quota: { limit: 1, period: 'YEAR' as 'WEEK' } }),
        /enum value set|quota period/,
      )
      await assert.rejects(createPlan({ throttle: { rateLimit: -5 } }), badRequest(/rateLimit/))
      const usagePlanId = await createPlan()
      await assert.rejects(
        patchPlan(usagePlanId, { op: 'add', path: '/apiStages', value: 'nosuch:prod' }),
        notFound(
          `Invalid API Stage {api: nosuch, stage: prod} specified for usageplan ${usagePlanId}`,
        ),
      )
      await assert.rejects(
        patchPlan(usagePlanId, { op: 'add', path: '/apiStages' }),
        badRequest('Invalid API Stage specified'),
      )
    })

    test('are listed page by page, and by key', async () => {
      const { apiKey } = await createKey()
      const planIds = await Promise.all([createPlan(), createPlan(), createPlan()])
      for (const planId of planIds) await join(planId, apiKey)
      const pages = sdk.paginateGetUsagePlans({ client, pageSize: 2 }, { keyId: apiKey })
      const listed: string[] = []
      for await (const { items = [] } of pages) listed.push(...items.map(({ id }) => id ?? ''))
      assert.deepEqual(new Set(listed), new Set(planIds))
    })
  })

  describe('keys of usage plans', () => {
    test('come, are listed, and go', async () => {
      const usagePlanId = await createPlan()
      const { apiKey: keyId, value } = await createKey()
      const joined = await join(usagePlanId, keyId)
      assert.equal(joined.$metadata.httpStatusCode, 201)
      const expected = { id: keyId, type: 'API_KEY', value, name: 'partner' }
      assert.deepEqual(plain(joined), expected)
      const read = await client.send(new sdk.GetUsagePlanKeyCommand({ usagePlanId, keyId }))
      assert.deepEqual(plain(read), expected)
      await assert.rejects(join(usagePlanId, keyId), conflict(/is already in Usage Plan/))
      const listed = await client.send(
        new sdk.GetUsagePlanKeysCommand({ usagePlanId, nameQuery: 'part' }),
      )
      assert.deepEqual(listed.items, [expected])
      const gone = await client.send(new sdk.DeleteUsagePlanKeyCommand({ usagePlanId, keyId }))
      assert.equal(gone.$metadata.httpStatusCode, 202)
      const address = { usagePlanId, keyId }
      await assert.rejects(client.send(new sdk.GetUsagePlanKeyCommand(address)), unknownKey)
      await assert.rejects(client.send(new sdk.DeleteUsagePlanKeyCommand(address)), unknownKey)
    })

    test('are refused when they, their plan or their type are not there', async () => {
      const usagePlanId = await createPlan()
      const { apiKey: keyId } = await createKey()
      await assert.rejects(join(usagePlanId, 'nosuch'), unknownKey)
      await assert.rejects(join('nosuch', keyId), unknownPlan)
      await assert.rejects(
        client.send(new sdk.CreateUsagePlanKeyCommand({ usagePlanId, keyId, keyType: 'PASSWORD' })),
        badRequest(/key type/),
      )
      const unknown = { usagePlanId: 'nosuch' }
      const listed = await client.send(new sdk.GetUsagePlanKeysCommand(unknown))
      assert.deepEqual(listed.items, [])
    })

    test('open a stage at once and until they may not any more', async () => {
      const { apiStage, ask, restApiId } = await createStage()
      const { apiKey: keyId, value } = await createKey()
      const usagePlanId = await createPlan({ apiStages: [apiStage] })
      const open = { status: 200, text: keyId }
      assert.deepEqual(await ask(value), forbidden)
      await join(usagePlanId, keyId)
      assert.deepEqual(await ask(value), open)
      assert.deepEqual(await ask(''), forbidden)
      assert.deepEqual(await ask(freshValue()), forbidden)

      const enable = (enabled: string) =>
        client.send(
          new sdk.UpdateApiKeyCommand({
            apiKey: keyId,
            patchOperations: [{ op: 'replace', path: '/enabled', value: enabled }],
          }),
        )
      await enable('false')
      assert.deepEqual(await ask(value), forbidden)
      await enable('true')
      assert.deepEqual(await ask(value), open)

      const stageOf = (op: sdk.Op) =>
        patchPlan(usagePlanId, { op, path: '/apiStages', value: `${restApiId}:prod` })
      await stageOf('remove')
      assert.deepEqual(await ask(value), forbidden)
      await stageOf('add')
      assert.deepEqual(await ask(value), open)

      const other = await createPlan({ apiStages: [apiStage] })
      await assert.rejects(join(other, keyId), conflict(/two Usage Plans with the same API Stage/))
      await client.send(new sdk.DeleteUsagePlanKeyCommand({ usagePlanId, keyId }))
      assert.deepEqual(await ask(value), forbidden)
      await join(other, keyId)
      assert.deepEqual(await ask(value), open)
      await client.send(new sdk.DeleteApiKeyCommand({ apiKey: keyId }))
      assert.deepEqual(await ask(value), forbidden)
    })
  })

  describe('usage', () => {
    const day = (days: number) => dayAfter(today, days)
    const around = { startDate: day(-1), endDate: day(1) }

    test('is told by day and set anew', async () => {
      const { apiStage, ask } = await createStage()
      const { apiKey: keyId, value } = await createKey()
      const quota = { limit: 1_000_000, period: 'MONTH' } as const
      const usagePlanId = await createPlan({ apiStages: [apiStage], quota })
      await join(usagePlanId, keyId)
      for (let i = 0; i < 5; i += 1) assert.equal((await ask(value)).status, 200)
      const told = await client.send(new sdk.GetUsageCommand({ usagePlanId, keyId, ...around }))
      assert.deepEqual(Object.keys(told.items ?? {}), [keyId])
      assert.deepEqual(told.items?.[keyId], [
        [0, 1_000_000],
        [5, 999_995],
        [0, 999_995],
      ])
      const set = await client.send(
        new sdk.UpdateUsageCommand({
          ...{ usagePlanId, keyId },
          patchOperations: [{ op: 'replace', path: '/remaining', value: '0' }],
        }),
      )
      assert.deepEqual(set.items?.[keyId], [[5, 0]])
      assert.deepEqual(await ask(value), { status: 429, text: '{"message":"Limit Exceeded"}' })
    })

    test('is refused for dates, keys and operations that cannot be', async () => {
      const usagePlanId = await createPlan({ quota: { limit: 5, period: 'DAY' } })
      const { apiKey: keyId } = await createKey()
      const ask = (more: Partial<sdk.GetUsageRequest>) =>
        client.send(new sdk.GetUsageCommand({ usagePlanId, ...around, ...more }))
      await assert.rejects(ask({ startDate: 'yesterday' }), badRequest(/^Invalid startDate/))
      await assert.rejects(ask({ startDate: day(-120) }), badRequest(/not exceed 90 days/))
      await assert.rejects(ask({ startDate: day(2) }), badRequest(/must not be after/))
      await assert.rejects(ask({ keyId }), notFound('Invalid Key identifier specified'))
      await assert.rejects(ask({ usagePlanId: 'nosuch' }), unknownPlan)
      await join(usagePlanId, keyId)
      const patchOperations: sdk.PatchOperation[] = [{ op: 'add', path: '/remaining', value: '1' }]
      await assert.rejects(
        client.send(new sdk.UpdateUsageCommand({ usagePlanId, keyId, patchOperations })),
        badRequest("Invalid patch path  '/remaining' specified for op 'add'. Must be one of: []"),
      )
      assert.deepEqual((await ask({})).items?.[keyId]?.[0], [0, 5])
    })
  })
})
