import type { ApiGatewayOperations } from '../../../aws/models/apigateway-types.ts'
import type { Scope } from '../../../aws/identifiers.ts'
import { invariant } from '../../../base/invariant.ts'
import type { Random } from '../../../ports/random.ts'
import type { Handlers } from '../../service.ts'
import { transact, type Transaction } from '../../transaction.ts'
import type { ApiGatewayContext } from '../context.ts'
import { refusals } from '../errors.ts'
import { randomResourceId } from '../identifiers.ts'
import { findRecord, getRestApi } from '../lookup.ts'
import { findMethodReference } from '../methods/method-references.ts'
import { pageOf } from '../paging.ts'
import { applyPatchOperations } from '../patches/patch-operations.ts'
import { keys, type RequestValidatorRecord } from '../records.ts'
import { requestValidatorPatchTable } from './request-validator-patch-paths.ts'
import { getRequestValidator } from './request-validator-records.ts'

/** The operations on request validators. Every change writes the API: see `readParts`. */
export const requestValidators = {
  /** Refuses in this order: the API is not there (as a bad request), the name. */
  async CreateRequestValidator(input, { scope, store, random }) {
    const { restApiId, name = '' } = input
    return transact(store, async (tx) => {
      const api = await findRecord(tx, keys.restApi(scope, restApiId))
      if (api === undefined) throw refusals.restApiOfValidator()
      if (name.trim() === '') throw refusals.requestValidatorName()
      const validator: RequestValidatorRecord = {
        id: await freeValidatorId(tx, scope, { restApiId: api.id, random }),
        name,
        validateRequestBody: input.validateRequestBody ?? false,
        validateRequestParameters: input.validateRequestParameters ?? false,
      }
      tx.put(keys.restApi(scope, api.id), api)
      tx.put(keys.requestValidator(scope, api.id, validator.id), validator)
      return validator
    })
  },

  async GetRequestValidator(address, { scope, store }) {
    return transact(store, async (tx) => getRequestValidator(tx, scope, address))
  },

  async GetRequestValidators({ restApiId, ...request }, { scope, store }) {
    return transact(store, async (tx) => {
      const { id: api } = await getRestApi(tx, scope, restApiId)
      const listed = await tx.list(keys.requestValidators(scope, api))
      return pageOf(
        listed.map(({ value }) => value),
        { name: `requestvalidators/${api}`, orderOf: ({ id }) => id },
        request,
      )
    })
  },

  async UpdateRequestValidator({ patchOperations = [], ...address }, { scope, store }) {
    return transact(store, async (tx) => {
      const before = await getRequestValidator(tx, scope, address)
      const after = await applyPatchOperations(
        requestValidatorPatchTable,
        before,
        patchOperations,
        undefined,
      )
      const api = await getRestApi(tx, scope, address.restApiId)
      tx.put(keys.restApi(scope, api.id), api)
      tx.put(keys.requestValidator(scope, api.id, after.id), after)
      return after
    })
  },

  /** Refuses in this order: the validator is not there, a method names it. */
  async DeleteRequestValidator(address, { scope, store }) {
    return transact(store, async (tx) => {
      const { id, name } = await getRequestValidator(tx, scope, address)
      const api = await getRestApi(tx, scope, address.restApiId)
      const reference = await findMethodReference(tx, scope, {
        restApiId: api.id,
        find: ({ requestValidatorId }) => (requestValidatorId === id ? id : undefined),
      })
      if (reference !== undefined) throw refusals.requestValidatorInUse(name, reference.method)
      tx.put(keys.restApi(scope, api.id), api)
      tx.remove(keys.requestValidator(scope, api.id, id))
      return {}
    })
  },
} satisfies Partial<Handlers<ApiGatewayContext, ApiGatewayOperations>>

const idAttemptsMax = 100

/** An id that no request validator of the API has. */
async function freeValidatorId(
  tx: Transaction,
  scope: Scope,
  { restApiId, random }: { readonly restApiId: string; readonly random: Random },
): Promise<string> {
  for (let attempt = 0; attempt < idAttemptsMax; attempt += 1) {
    const id: string = randomResourceId(random)
    if ((await tx.get(keys.requestValidator(scope, restApiId, id))) === undefined) return id
  }
  invariant(false, 'chance finds an id that is free')
}
