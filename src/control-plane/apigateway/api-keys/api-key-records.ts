import type { Scope } from '../../../aws/identifiers.ts'
import type { ApiKey } from '../../../aws/models/apigateway-types.ts'
import type { DeploymentFeed } from '../../../ports/deployment-feed.ts'
import type { Random } from '../../../ports/random.ts'
import type { ApiKeyDeclaration } from '../../../snapshot/api-key-declaration.ts'
import type { Transaction } from '../../transaction.ts'
import { findRecord } from '../lookup.ts'
import { keys, type ApiKeyRecord } from '../records.ts'
import { apiKeyRefusals } from './api-key-refusals.ts'

/** @throws {ServiceError} NotFoundException `Invalid API Key identifier specified`. */
export async function getApiKey(
  tx: Transaction,
  scope: Scope,
  apiKeyId: string,
): Promise<ApiKeyRecord> {
  const apiKey = await findRecord(tx, keys.apiKey(scope, apiKeyId))
  if (apiKey === undefined) throw apiKeyRefusals.notFound()
  return apiKey
}

/** The key that has a value; undefined: none has. */
export async function findApiKeyByValue(
  tx: Transaction,
  scope: Scope,
  value: string,
): Promise<ApiKeyRecord | undefined> {
  const reference = await tx.get(keys.apiKeyValue(scope, value))
  return reference && tx.get(keys.apiKey(scope, reference.id))
}

/** Changes the number of keys. Every key that comes or goes meets every other one here. */
export async function countApiKeys(
  tx: Transaction,
  scope: Scope,
  change: { readonly by: number; readonly max?: number },
): Promise<void> {
  const { count } = (await tx.get(keys.apiKeyCount(scope))) ?? { count: 0 }
  const next = count + change.by
  if (change.max !== undefined && next > change.max) throw apiKeyRefusals.tooMany()
  tx.put(keys.apiKeyCount(scope), { count: next })
}

/** Notes that a scope has API keys or usage plans, so that a start looks there. */
export async function noteUsageScope(tx: Transaction, scope: Scope): Promise<void> {
  const { account, region } = scope
  const known = await tx.get(keys.usageScope(scope))
  if (known === undefined) tx.put(keys.usageScope(scope), { account, region })
}

/** Stores a key whose value and id are free. */
export async function storeNewApiKey(
  tx: Transaction,
  scope: Scope,
  apiKey: ApiKeyRecord,
): Promise<void> {
  tx.put(keys.apiKey(scope, apiKey.id), apiKey)
  tx.put(keys.apiKeyValue(scope, apiKey.value), { id: apiKey.id })
  await noteUsageScope(tx, scope)
}

const apiKeyIdCharacters = 10

/**
 * An id that no key of the scope has.
 *
 * @throws {ServiceError} ConflictException when a caller chose one that is taken.
 */
export async function freeApiKeyId(
  tx: Transaction,
  {
    scope,
    random,
    customId,
  }: { readonly scope: Scope; readonly random: Random; readonly customId?: string | undefined },
): Promise<string> {
  const isTaken = async (id: string) => (await tx.get(keys.apiKey(scope, id))) !== undefined
  if (customId !== undefined) {
    if (await isTaken(customId)) throw apiKeyRefusals.customIdTaken(customId)
    return customId
  }
  for (;;) {
    const id = random.identifier(apiKeyIdCharacters)
    if (!(await isTaken(id))) return id
  }
}

/** A key as its creation and lists show it; without its value unless that is asked for. */
export function apiKeyAnswer(
  apiKey: ApiKeyRecord,
  { includeValue = false }: { readonly includeValue?: boolean | undefined } = {},
): ApiKey {
  const { usagePlans: _, value, ...shown } = apiKey
  return includeValue ? { ...shown, value } : shown
}

/** What the data plane is told of a key. */
export function apiKeyDeclarationOf(
  { account, region }: Scope,
  { id, value, enabled, usagePlans }: ApiKeyRecord,
  revision: number,
): ApiKeyDeclaration {
  const usagePlanIds = Object.keys(usagePlans)
  return {
    ...{ account, region, id, value, revision },
    ...{ isEnabled: enabled, usagePlanIds, usagePlanDays: usagePlans },
  }
}

/** Resolves when every data plane knows these keys as they are now. */
export async function publishApiKeys(
  { scope, feed }: { readonly scope: Scope; readonly feed: DeploymentFeed },
  apiKeys: readonly ApiKeyRecord[],
  revision: number,
): Promise<void> {
  await Promise.all(
    apiKeys.map(async (apiKey) => {
      const declaration = apiKeyDeclarationOf(scope, apiKey, revision)
      await feed.publish({ kind: 'declared', of: 'api-key', declaration })
    }),
  )
}
