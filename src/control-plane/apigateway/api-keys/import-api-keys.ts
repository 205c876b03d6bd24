import type { Scope } from '../../../aws/identifiers.ts'
import { ServiceError } from '../../../aws/service-error.ts'
import type { ApiGatewayOperations } from '../../../aws/models/apigateway-types.ts'
import { dayOf } from '../../../snapshot/quota-period.ts'
import type { Handlers } from '../../service.ts'
import { transactWithRevision, type Transaction } from '../../transaction.ts'
import type { ApiGatewayContext } from '../context.ts'
import { keys, type ApiKeyRecord } from '../records.ts'
import { joinPlan } from '../usage-plans/plan-members.ts'
import { getUsagePlan } from '../usage-plans/usage-plan-records.ts'
import { parseApiKeyCsv, type ApiKeyRow } from './api-key-csv.ts'
import {
  countApiKeys,
  findApiKeyByValue,
  freeApiKeyId,
  publishApiKeys,
  storeNewApiKey,
} from './api-key-records.ts'
import { apiKeyRefusals } from './api-key-refusals.ts'
import { checkApiKeyDescription, checkApiKeyName, checkApiKeyValue } from './api-key-rules.ts'

/** ImportApiKeys. */
export const importApiKeys = {
  /**
   * Makes a key of each row, or overwrites the one with the same value; plans are added, none is taken away.
   * What is wrong with a row is a warning, and the rest is imported; with `failOnWarnings` it ends the
   * import, and nothing is. Warnings name lines and plans, never values.
   *
   * Documented: https://docs.aws.amazon.com/apigateway/latest/api/API_ImportApiKeys.html
   * Chosen: docs/decisions/0039-api-keys-and-usage-plans.md
   */
  async ImportApiKeys({ body, failOnWarnings = false }, context) {
    const rows = parseApiKeyCsv(body)
    const { result, revision } = await transactWithRevision(context.store, async (tx) => {
      const imported = await importRows(tx, rows, context)
      if (failOnWarnings && imported.warnings.length > 0) {
        throw apiKeyRefusals.importWarnings(imported.warnings)
      }
      return imported
    })
    await publishApiKeys(context, [...result.apiKeys.values()], revision)
    return { ids: [...result.apiKeys.keys()], warnings: result.warnings }
  },
} satisfies Partial<Handlers<ApiGatewayContext, ApiGatewayOperations>>

interface Imported {
  /** By their ids, as they are at the end. */
  readonly apiKeys: ReadonlyMap<string, ApiKeyRecord>
  readonly warnings: readonly string[]
}

async function importRows(
  tx: Transaction,
  rows: readonly ApiKeyRow[],
  context: ApiGatewayContext,
): Promise<Imported> {
  const apiKeys = new Map<string, ApiKeyRecord>()
  const warnings: string[] = []
  for (const row of rows) {
    const tryTo = async (
      place: string,
      step: () => Promise<ApiKeyRecord>,
    ): Promise<ApiKeyRecord | undefined> => {
      try {
        const apiKey = await step()
        apiKeys.set(apiKey.id, apiKey)
        return apiKey
      } catch (error) {
        if (!(error instanceof ServiceError)) throw error
        warnings.push(`${place}: ${error.message}`)
        return undefined
      }
    }
    const line = `Line ${row.line}`
    let apiKey = await tryTo(line, () => storeRow(tx, row, context))
    for (const planId of row.usagePlanIds) {
      const member = apiKey
      if (member === undefined) break
      if (Object.hasOwn(member.usagePlans, planId)) continue
      const step = () => addToPlan(tx, { apiKey: member, planId }, context)
      apiKey = (await tryTo(`${line}, usage plan ${planId}`, step)) ?? member
    }
  }
  return { apiKeys, warnings }
}

async function storeRow(
  tx: Transaction,
  row: ApiKeyRow,
  { scope, random, quotas, clock }: ApiGatewayContext,
): Promise<ApiKeyRecord> {
  checkApiKeyValue(row.key)
  checkApiKeyName(row.name)
  checkApiKeyDescription(row.description)
  const now = Math.floor(clock.nowMs() / 1000)
  const said = {
    ...(row.name === '' ? {} : { name: row.name }),
    ...(row.description === '' ? {} : { description: row.description }),
    enabled: row.enabled === '' || row.enabled.toLowerCase() === 'true',
    lastUpdatedDate: now,
  }
  const known = await findApiKeyByValue(tx, scope, row.key)
  if (known !== undefined) return overwrite(tx, scope, known, said)
  await countApiKeys(tx, scope, { by: 1, max: quotas.apiKeys })
  const apiKey: ApiKeyRecord = {
    id: await freeApiKeyId(tx, { scope, random }),
    value: row.key,
    ...said,
    createdDate: now,
    stageKeys: [],
    usagePlans: {},
  }
  await storeNewApiKey(tx, scope, apiKey)
  return apiKey
}

function overwrite(
  tx: Transaction,
  scope: Scope,
  { name: _name, description: _description, ...known }: ApiKeyRecord,
  said: Partial<ApiKeyRecord>,
): ApiKeyRecord {
  const apiKey = { ...known, ...said }
  tx.put(keys.apiKey(scope, apiKey.id), apiKey)
  return apiKey
}

async function addToPlan(
  tx: Transaction,
  { apiKey, planId }: { readonly apiKey: ApiKeyRecord; readonly planId: string },
  { scope, quotas, stageClock }: ApiGatewayContext,
): Promise<ApiKeyRecord> {
  const plan = await getUsagePlan(tx, scope, planId)
  const today = dayOf(stageClock.nowMs())
  return joinPlan(tx, { scope, quotas, today }, { apiKey, plan })
}
