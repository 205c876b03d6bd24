import type { Scope } from '../../../aws/identifiers.ts'
import { generatedApiKeyCharacters } from '../../../aws/limits.ts'
import type {
  ApiGatewayOperations,
  CreateApiKeyRequest,
  StageKey,
} from '../../../aws/models/apigateway-types.ts'
import { quotaKeyOf } from '../../../snapshot/quota-period.ts'
import type { Handlers } from '../../service.ts'
import { transact, transactWithRevision, type Transaction } from '../../transaction.ts'
import type { ApiGatewayContext } from '../context.ts'
import { checkedList } from '../list-rules.ts'
import { findRecord, getRestApi } from '../lookup.ts'
import { pageOf } from '../paging.ts'
import { applyPatchOperations } from '../patches/patch-operations.ts'
import { keys, type ApiKeyRecord } from '../records.ts'
import { refusals } from '../errors.ts'
import { checkTags, customIdOf } from '../tags/tag-rules.ts'
import { leavePlans } from '../usage-plans/plan-members.ts'
import { apiKeyPatchTable, type ApiKeyPatchEnvironment } from './api-key-patch-paths.ts'
import {
  apiKeyAnswer,
  countApiKeys,
  findApiKeyByValue,
  freeApiKeyId,
  getApiKey,
  publishApiKeys,
  storeNewApiKey,
} from './api-key-records.ts'
import { apiKeyRefusals } from './api-key-refusals.ts'
import { checkApiKeyDescription, checkApiKeyName, checkApiKeyValue } from './api-key-rules.ts'

/**
 * The operations on API keys. A key is known to the data plane when its creation answers; it opens a stage
 * once it is in a usage plan of that stage.
 */
export const apiKeys = {
  /**
   * Without `enabled` the key is disabled; without a value, or with an empty one, one is made. The tag
   * `_custom_id_` chooses the id, which is never the value. Refuses in this order: value, name,
   * description, tags, stage keys, value taken, id taken, quota.
   *
   * Observed: management/create-api-key-*
   */
  async CreateApiKey(input, context) {
    const { store, clock, random, quotas } = context
    const now = Math.floor(clock.nowMs() / 1000)
    const value = input.value || random.identifier(generatedApiKeyCharacters)
    checkMembers({ ...input, value })
    checkTags(input.tags ?? {}, quotas)
    const { result: apiKey, revision } = await transactWithRevision(store, (tx) =>
      createApiKey(tx, { ...input, value }, { ...context, now }),
    )
    await publishApiKeys(context, [apiKey], revision)
    return apiKeyAnswer(apiKey, { includeValue: true })
  },

  /** AWS shows the tags of a single key even when there are none. */
  async GetApiKey({ apiKey, includeValue }, { scope, store }) {
    return transact(store, async (tx) => {
      const found = await getApiKey(tx, scope, apiKey)
      return { tags: {}, ...apiKeyAnswer(found, { includeValue }) }
    })
  },

  /**
   * Names are compared from their beginning, in the case they have.
   *
   * Observed: management/get-api-keys-*
   */
  async GetApiKeys(request, { scope, store }) {
    const { nameQuery = '', customerId, includeValues: includeValue } = request
    return transact(store, async (tx) => {
      const listed = await tx.list(keys.apiKeys(scope))
      const records = listed
        .map(({ value }) => value)
        .filter(({ name = '' }) => name.startsWith(nameQuery))
        .filter((apiKey) => !customerId || apiKey.customerId === customerId)
      const page = pageOf(records, { name: 'apikeys', orderOf: ({ id }) => id }, request)
      return { ...page, items: page.items.map((each) => apiKeyAnswer(each, { includeValue })) }
    })
  },

  /** Observed: management/update-api-key-* */
  async UpdateApiKey({ apiKey, patchOperations = [] }, context) {
    const { scope, store, clock } = context
    const { result: after, revision } = await transactWithRevision(store, async (tx) => {
      const before = await getApiKey(tx, scope, apiKey)
      const environment: ApiKeyPatchEnvironment = {
        checkStageKey: (stageKey) => checkStageKey(tx, scope, stageKey),
      }
      const patched = await applyPatchOperations(
        apiKeyPatchTable,
        before,
        patchOperations,
        environment,
      )
      const lastUpdatedDate = Math.floor(clock.nowMs() / 1000)
      const updated = { ...patched, lastUpdatedDate }
      tx.put(keys.apiKey(scope, updated.id), updated)
      return updated
    })
    await publishApiKeys(context, [after], revision)
    return { tags: {}, ...apiKeyAnswer(after) }
  },

  /** Takes the key out of its usage plans. What it has used is forgotten. */
  async DeleteApiKey({ apiKey }, { scope, store, feed, quotaLedger }) {
    const { result: found, revision } = await transactWithRevision(store, async (tx) => {
      const record = await getApiKey(tx, scope, apiKey)
      await leavePlans(tx, scope, record)
      tx.remove(keys.apiKey(scope, record.id))
      tx.remove(keys.apiKeyValue(scope, record.value))
      await countApiKeys(tx, scope, { by: -1 })
      return record
    })
    await feed.publish({ kind: 'withdrawn', of: 'api-key', ...scope, id: found.id, revision })
    const planIds = Object.keys(found.usagePlans)
    await quotaLedger.remove(planIds.map((id) => quotaKeyOf({ ...scope, id }, found.id)))
    return {}
  },
} satisfies Partial<Handlers<ApiGatewayContext, ApiGatewayOperations>>

function checkMembers({ value = '', name = '', description = '' }: CreateApiKeyRequest): void {
  checkApiKeyValue(value)
  checkApiKeyName(name)
  checkApiKeyDescription(description)
}

async function createApiKey(
  tx: Transaction,
  input: CreateApiKeyRequest & { readonly value: string },
  { scope, random, quotas, now }: ApiGatewayContext & { readonly now: number },
): Promise<ApiKeyRecord> {
  const { value, name, description, customerId, enabled = false, tags = {} } = input
  const stageKeys = (checkedList(input.stageKeys) ?? []).map(stageKeyOf)
  for (const stageKey of stageKeys) await checkStageKey(tx, scope, stageKey)
  if ((await findApiKeyByValue(tx, scope, value)) !== undefined) throw apiKeyRefusals.exists()
  const apiKey: ApiKeyRecord = {
    id: await freeApiKeyId(tx, { scope, random, customId: customIdOf(tags) }),
    value,
    ...(name ? { name } : {}),
    ...(description ? { description } : {}),
    ...(customerId ? { customerId } : {}),
    enabled,
    createdDate: now,
    lastUpdatedDate: now,
    stageKeys,
    usagePlans: {},
    ...(Object.keys(tags).length === 0 ? {} : { tags: { ...tags } }),
  }
  await storeNewApiKey(tx, scope, apiKey)
  await countApiKeys(tx, scope, { by: 1, max: quotas.apiKeys })
  return apiKey
}

function stageKeyOf({ restApiId = '', stageName = '' }: StageKey): string {
  return `${restApiId}/${stageName}`
}

/** @throws {ServiceError} for a text that names no stage. */
async function checkStageKey(tx: Transaction, scope: Scope, stageKey: string): Promise<void> {
  const [restApiId = '', stageName = '', ...rest] = stageKey.split('/')
  if (restApiId === '' || stageName === '' || rest.length > 0) throw apiKeyRefusals.stageKey()
  const api = await getRestApi(tx, scope, restApiId)
  const stage = await findRecord(tx, keys.stage(scope, api.id, stageName))
  if (stage === undefined) throw refusals.stageNotFound()
}
