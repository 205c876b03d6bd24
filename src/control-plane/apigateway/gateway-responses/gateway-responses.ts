import {
  defaultGatewayResponseTemplate,
  gatewayResponseTypes,
} from '../../../aws/gateway-response-types.ts'
import type { Scope } from '../../../aws/identifiers.ts'
import type { ApiGatewayOperations, GatewayResponse } from '../../../aws/models/apigateway-types.ts'
import { omitUndefined } from '../../../base/omit-undefined.ts'
import type { Handlers } from '../../service.ts'
import { transact, type Transaction } from '../../transaction.ts'
import type { ApiGatewayContext } from '../context.ts'
import { refusals } from '../errors.ts'
import { getRestApi } from '../lookup.ts'
import { pageOf } from '../paging.ts'
import { applyPatchOperations } from '../patches/patch-operations.ts'
import { keys, type GatewayResponseRecord, type RestApiRecord } from '../records.ts'
import { gatewayResponseAnswer, type SetGatewayResponses } from './gateway-response-answer.ts'
import {
  checkPatchedGatewayResponse,
  gatewayResponsePatchTable,
} from './gateway-response-patch-paths.ts'
import {
  checkGatewayResponseParameters,
  checkGatewayResponseTemplates,
} from './gateway-response-rules.ts'

/** The operations on gateway responses. A deployment freezes what they set. */
export const gatewayResponses = {
  /** Replaces what the API sets of the type. Refuses in this order: API, parameters, templates. */
  async PutGatewayResponse(input, { scope, store }) {
    const { restApiId, responseType, statusCode, responseParameters, responseTemplates } = input
    return transact(store, async (tx): Promise<GatewayResponse> => {
      const api = await getRestApi(tx, scope, restApiId)
      checkGatewayResponseParameters(responseParameters ?? {})
      checkGatewayResponseTemplates(responseTemplates ?? {})
      const shaped = omitUndefined({ statusCode, responseParameters, responseTemplates })
      const put = withoutDefaultTemplate({ responseType, ...shaped })
      write(tx, scope, { api, put })
      return gatewayResponseAnswer(responseType, new Map([[responseType, put]]))
    })
  },

  async GetGatewayResponse({ restApiId, responseType }, { scope, store }) {
    return transact(store, async (tx): Promise<GatewayResponse> => {
      const { id } = await getRestApi(tx, scope, restApiId)
      return gatewayResponseAnswer(responseType, await readSet(tx, scope, id))
    })
  },

  /** All types there are, in order of their names. */
  async GetGatewayResponses({ restApiId, ...request }, { scope, store }) {
    return transact(store, async (tx) => {
      const { id } = await getRestApi(tx, scope, restApiId)
      const set = await readSet(tx, scope, id)
      const listing = { name: `gatewayresponses/${id}`, orderOf: (type: string) => type }
      const { items, ...page } = pageOf(gatewayResponseTypes, listing, request)
      return { items: items.map((type) => gatewayResponseAnswer(type, set)), ...page }
    })
  },

  /** Sets a type that the API did not set, from what it shows. */
  async UpdateGatewayResponse(input, { scope, store }) {
    const { restApiId, responseType, patchOperations = [] } = input
    return transact(store, async (tx): Promise<GatewayResponse> => {
      const api = await getRestApi(tx, scope, restApiId)
      const shown = gatewayResponseAnswer(responseType, await readSet(tx, scope, api.id))
      const { statusCode, responseParameters = {}, responseTemplates = {} } = shown
      const before = { ...omitUndefined({ statusCode }), responseParameters, responseTemplates }
      const table = gatewayResponsePatchTable
      const after = await applyPatchOperations(table, before, patchOperations, undefined)
      checkPatchedGatewayResponse(after)
      const put = withoutDefaultTemplate({ responseType, ...after })
      write(tx, scope, { api, put })
      return gatewayResponseAnswer(responseType, new Map([[responseType, put]]))
    })
  },

  async DeleteGatewayResponse({ restApiId, responseType }, { scope, store }) {
    return transact(store, async (tx) => {
      const api = await getRestApi(tx, scope, restApiId)
      const key = keys.gatewayResponse(scope, api.id, responseType)
      if ((await tx.get(key)) === undefined) throw refusals.gatewayResponseNotSet()
      tx.remove(key)
      tx.put(keys.restApi(scope, api.id), api)
      return {}
    })
  },
} satisfies Partial<Handlers<ApiGatewayContext, ApiGatewayOperations>>

/**
 * A type whose only template is AWS's own is kept without any: what AWS sends for that is not always what
 * the template says (`{"Message":…}` of ACCESS_DENIED), and who changes a status must not change it.
 *
 * Observed: cases/rest/gateway-responses/status-of-its-own
 */
function withoutDefaultTemplate(put: GatewayResponseRecord): GatewayResponseRecord {
  const { responseTemplates = {}, ...rest } = put
  const texts = Object.entries(responseTemplates)
  const [type, text] = texts[0] ?? []
  return texts.length === 1 &&
    type === 'application/json' &&
    text === defaultGatewayResponseTemplate
    ? rest
    : put
}

/** Writes the API, too, so that the change conflicts with a deployment. */
function write(
  tx: Transaction,
  scope: Scope,
  { api, put }: { readonly api: RestApiRecord; readonly put: GatewayResponseRecord },
): void {
  tx.put(keys.gatewayResponse(scope, api.id, put.responseType), put)
  tx.put(keys.restApi(scope, api.id), api)
}

async function readSet(
  tx: Transaction,
  scope: Scope,
  restApiId: string,
): Promise<SetGatewayResponses> {
  const listed = await tx.list(keys.gatewayResponses(scope, restApiId))
  return new Map(listed.map(({ value }) => [value.responseType, value]))
}
