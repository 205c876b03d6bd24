import type { StateStore } from '../../../ports/state-store.ts'
import type { ApiKeyDeclaration } from '../../../snapshot/api-key-declaration.ts'
import { quotaKeyOf } from '../../../snapshot/quota-period.ts'
import { listScopes } from '../../list-scopes.ts'
import { listAll } from '../../transaction.ts'
import { keys } from '../records.ts'
import { apiKeyDeclarationOf } from './api-key-records.ts'

/** Every API key in the store. Reads while nothing is written. */
export async function* loadApiKeys(store: StateStore): AsyncGenerator<ApiKeyDeclaration> {
  for (const scope of await listScopes(store, keys.usageScopes())) {
    for (const { value, revision } of await listAll(store, keys.apiKeys(scope))) {
      yield apiKeyDeclarationOf(scope, value, revision)
    }
  }
}

/** The names of the quota counters of every API key in its usage plans. Reads while nothing is written. */
export async function loadQuotaKeys(store: StateStore): Promise<readonly string[]> {
  const found: string[] = []
  for await (const { account, region, id, usagePlanIds } of loadApiKeys(store)) {
    for (const planId of usagePlanIds) found.push(quotaKeyOf({ account, region, id: planId }, id))
  }
  return found
}
