import type { RestApiId, Scope } from '../../../aws/identifiers.ts'
import type { Transaction } from '../../transaction.ts'
import { refusals } from '../errors.ts'
import { findRecord, getRestApi } from '../lookup.ts'
import { keys, type ModelRecord, type RestApiRecord } from '../records.ts'
import { defaultModels } from './default-models.ts'

/**
 * Models as they are stored. An API of a time when models were no records has none stored and shows the
 * default ones; the first change of one of its models stores them.
 */

/** All models of an API, in no promised order. */
export async function listModels(
  tx: Transaction,
  scope: Scope,
  api: RestApiRecord,
): Promise<readonly ModelRecord[]> {
  const listed = await tx.list(keys.models(scope, api.id))
  const stored = listed.map(({ value }) => value)
  return api.modelsAreStored ? stored : defaultModels(api.id)
}

/** Undefined: the API is not there, or has no such model. */
export async function findModel(
  tx: Transaction,
  scope: Scope,
  { restApiId, modelName }: { readonly restApiId: string; readonly modelName: string },
): Promise<ModelRecord | undefined> {
  const stored = await findRecord(tx, keys.model(scope, restApiId, modelName))
  if (stored !== undefined) return stored
  const api = await findRecord(tx, keys.restApi(scope, restApiId))
  if (api === undefined || api.modelsAreStored) return undefined
  return defaultModels(api.id).find(({ name }) => name === modelName)
}

/**
 * Begins a change of an API's models: they are stored from now on. Writes the API, so that the change
 * conflicts with a deployment and with every other change of the API's structure.
 *
 * @throws {ServiceError} NotFoundException `Invalid API identifier specified …`.
 */
export async function openModels(
  tx: Transaction,
  scope: Scope,
  restApiId: string,
): Promise<RestApiId> {
  const api = await getRestApi(tx, scope, restApiId)
  if (!api.modelsAreStored) storeDefaultModels(tx, scope, api.id)
  tx.put(keys.restApi(scope, api.id), { ...api, modelsAreStored: true })
  return api.id
}

/** Stores the models that every new API has. Whoever calls sets `modelsAreStored`. */
export function storeDefaultModels(tx: Transaction, scope: Scope, restApiId: RestApiId): void {
  for (const model of defaultModels(restApiId)) {
    tx.put(keys.model(scope, restApiId, model.name), model)
  }
}

/**
 * Checks that every model that a method names by media type is there.
 *
 * @throws {ServiceError} BadRequestException for the first one that is not.
 * Observed: management/put-method-unknown-model
 */
export async function checkModels(
  tx: Transaction,
  scope: Scope,
  named: {
    readonly restApiId: string
    readonly modelsByType: Readonly<Record<string, string>>
  },
): Promise<void> {
  for (const modelName of Object.values(named.modelsByType)) {
    const model = await findModel(tx, scope, { restApiId: named.restApiId, modelName })
    if (model === undefined) throw refusals.model(modelName)
  }
}
