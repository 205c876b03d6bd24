import type { Scope } from '../../../aws/identifiers.ts'
import type { ApiGatewayOperations, Model } from '../../../aws/models/apigateway-types.ts'
import type { JsonObject } from '../../../base/json.ts'
import { omitUndefined } from '../../../base/omit-undefined.ts'
import { findReferenced, readModelSchema } from '../../../engines/model-schema.ts'
import { modelTemplate } from '../../../engines/model-template.ts'
import type { Handlers } from '../../service.ts'
import { transact, type Transaction } from '../../transaction.ts'
import type { ApiGatewayContext } from '../context.ts'
import { refusals } from '../errors.ts'
import { randomResourceId } from '../identifiers.ts'
import { getRestApi } from '../lookup.ts'
import { findMethodReference } from '../methods/method-references.ts'
import { pageOf } from '../paging.ts'
import { applyPatchOperations } from '../patches/patch-operations.ts'
import { keys, type MethodRecord, type ModelRecord } from '../records.ts'
import { checkContentTypes } from '../template-rules.ts'
import { flattenSchema } from './flatten-model.ts'
import { modelPatchTable } from './model-patch-paths.ts'
import { findModel, listModels, openModels } from './model-records.ts'
import { modelNameOf } from './model-references.ts'
import { checkModelName, modelNamesIn } from './model-rules.ts'

/** The operations on models. */
export const models = {
  /** Refuses in this order: the API is not there, name, content type, schema, the name is taken. */
  async CreateModel(input, { scope, store, random }) {
    const { restApiId, name, contentType, schema = '' } = input
    return transact(store, async (tx): Promise<Model> => {
      await getRestApi(tx, scope, restApiId)
      checkModelName(name)
      checkContentTypes([contentType])
      await checkSchema(tx, scope, { restApiId, name, schema })
      const api = await openModels(tx, scope, restApiId)
      if ((await tx.get(keys.model(scope, api, name))) !== undefined) throw refusals.modelExists()
      const description = input.description || undefined
      const id = randomResourceId(random)
      const model = { id, name, contentType, schema, ...omitUndefined({ description }) }
      tx.put(keys.model(scope, api, name), model)
      return model
    })
  },

  async GetModel({ restApiId, modelName, flatten }, { scope, store }) {
    return transact(store, async (tx): Promise<Model> => {
      const model = await getModel(tx, scope, { restApiId, modelName })
      if (flatten !== true) return model
      const find = schemasOf(await listModels(tx, scope, await getRestApi(tx, scope, restApiId)))
      const schema = find(modelName)
      if (schema === undefined) return model
      return { ...model, schema: JSON.stringify(flattenSchema(schema, { restApiId, find })) }
    })
  },

  async GetModels({ restApiId, ...request }, { scope, store }) {
    return transact(store, async (tx) => {
      const api = await getRestApi(tx, scope, restApiId)
      const listing = { name: `models/${api.id}`, orderOf: ({ name }: ModelRecord) => name }
      return pageOf(await listModels(tx, scope, api), listing, request)
    })
  },

  /** Refuses in this order: the model is not there, the operations one by one, the schema. */
  async UpdateModel({ restApiId, modelName, patchOperations = [] }, { scope, store }) {
    return transact(store, async (tx): Promise<Model> => {
      const before = await getModel(tx, scope, { restApiId, modelName })
      const after = await applyPatchOperations(modelPatchTable, before, patchOperations, undefined)
      const { name, schema } = after
      if (schema !== before.schema) await checkSchema(tx, scope, { restApiId, name, schema })
      const api = await openModels(tx, scope, restApiId)
      tx.put(keys.model(scope, api, name), after)
      return after
    })
  },

  /** Refuses in this order: the model is not there, a method names it, a model refers to it. */
  async DeleteModel({ restApiId, modelName }, { scope, store }) {
    return transact(store, async (tx) => {
      await getModel(tx, scope, { restApiId, modelName })
      const api = await openModels(tx, scope, restApiId)
      const reference = await findMethodReference(tx, scope, {
        restApiId,
        find: (method) => placeOf(method, modelName),
      })
      if (reference !== undefined) {
        throw refusals.modelInUse(modelName, `${reference.place}: ${reference.method}`)
      }
      const others = await tx.list(keys.models(scope, api))
      const referring = others.find(
        ({ value }) => value.name !== modelName && refersTo(value, { restApiId, modelName }),
      )
      if (referring !== undefined) {
        throw refusals.modelInUse(modelName, `model: ${referring.value.name}`)
      }
      tx.remove(keys.model(scope, api, modelName))
      return {}
    })
  },

  async GetModelTemplate({ restApiId, modelName }, { scope, store }) {
    return transact(store, async (tx) => {
      await getModel(tx, scope, { restApiId, modelName })
      const find = schemasOf(await listModels(tx, scope, await getRestApi(tx, scope, restApiId)))
      const schema = flattenSchema(find(modelName) ?? {}, { restApiId, find })
      return { value: modelTemplate(schema, (reference) => findReferenced(schema, reference)) }
    })
  },
} satisfies Partial<Handlers<ApiGatewayContext, ApiGatewayOperations>>

interface ModelAddress {
  readonly restApiId: string
  readonly modelName: string
}

async function getModel(
  tx: Transaction,
  scope: Scope,
  address: ModelAddress,
): Promise<ModelRecord> {
  const model = await findModel(tx, scope, address)
  if (model === undefined) throw refusals.modelNotFound(address.modelName)
  return model
}

/** A model may refer to itself: its name is known as soon as it is made. */
async function checkSchema(
  tx: Transaction,
  scope: Scope,
  given: { readonly restApiId: string; readonly name: string; readonly schema: string },
): Promise<void> {
  const { restApiId, name, schema } = given
  for (const modelName of modelNamesIn(schema, restApiId)) {
    if (modelName === name) continue
    if ((await findModel(tx, scope, { restApiId, modelName })) === undefined) {
      throw refusals.modelReference(modelName)
    }
  }
}

/** Where a method names a model. Undefined: nowhere. */
function placeOf(method: MethodRecord, modelName: string): string | undefined {
  if (names(method.requestModels, modelName)) return 'method request'
  const responses = Object.values(method.methodResponses)
  return responses.some(({ responseModels }) => names(responseModels, modelName))
    ? 'method response'
    : undefined
}

function names(modelsByType: Readonly<Record<string, string>> = {}, modelName: string): boolean {
  return Object.values(modelsByType).includes(modelName)
}

function refersTo(model: ModelRecord, { restApiId, modelName }: ModelAddress): boolean {
  const read = readModelSchema(model.schema)
  if (read.outcome === 'invalid') return false
  return read.references.some((reference) => modelNameOf(reference, restApiId) === modelName)
}

function schemasOf(all: readonly ModelRecord[]): (name: string) => JsonObject | undefined {
  const byName = new Map(all.map((model) => [model.name, model]))
  return (name) => {
    const read = readModelSchema(byName.get(name)?.schema ?? '')
    return read.outcome === 'valid' ? read.schema : undefined
  }
}
