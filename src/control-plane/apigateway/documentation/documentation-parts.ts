import type { Scope } from '../../../aws/identifiers.ts'
import type {
  ApiGatewayOperations,
  GetDocumentationPartsRequest,
} from '../../../aws/models/apigateway-types.ts'
import { isJsonObject } from '../../../base/json.ts'
import type { Handlers } from '../../service.ts'
import { transact, type Transaction } from '../../transaction.ts'
import { parseJsonText } from '../json-text.ts'
import type { ApiGatewayContext } from '../context.ts'
import { findRecord, getRestApi } from '../lookup.ts'
import { pageOf } from '../paging.ts'
import { applyPatchOperations, patchRow, type PatchTable } from '../patches/patch-operations.ts'
import { refuseQuoted } from '../patches/patch-refusals.ts'
import { keys, type DocumentationPartRecord } from '../records.ts'
import { documentationLocationOf, placeOf } from './documentation-location.ts'
import { documentationRefusals } from './documentation-refusals.ts'

/** The operations on documentation parts. They describe an API and change nothing of what is served. */
export const documentationParts = {
  /**
   * Refuses in this order: API, location, properties, a location that has a part, quota.
   *
   * Observed: management/create-documentation-part-unknown-api
   */
  async CreateDocumentationPart(input, { scope, store, random, quotas }) {
    return transact(store, async (tx) => {
      const api = await getRestApi(tx, scope, input.restApiId)
      const location = documentationLocationOf(input.location)
      checkProperties(input.properties)
      const placeKey = keys.documentationPlace(scope, api.id, placeOf(location))
      if ((await tx.get(placeKey)) !== undefined) throw documentationRefusals.partExists(location)
      const places = await tx.list(keys.documentationPlaces(scope, api.id))
      if (places.length >= quotas.documentationPartsPerApi) {
        throw documentationRefusals.tooManyParts()
      }
      const taken = new Set(places.map(({ value }) => value.id))
      let id = random.identifier(partIdCharacters)
      while (taken.has(id)) id = random.identifier(partIdCharacters)
      const part: DocumentationPartRecord = { id, location, properties: input.properties }
      tx.put(keys.documentationPart(scope, api.id, id), part)
      tx.put(placeKey, { id })
      tx.put(keys.restApi(scope, api.id), api)
      return part
    })
  },

  /** An API that is not there has no parts, and that is what AWS says of it. */
  async GetDocumentationPart(input, { scope, store }) {
    return transact(store, (tx) => getPart(tx, scope, input))
  },

  /**
   * Every part has content, so none is `UNDOCUMENTED`.
   *
   * Documented: https://docs.aws.amazon.com/apigateway/latest/api/API_GetDocumentationParts.html
   * Chosen: docs/decisions/0012-documentation-account-and-caches.md (what the filters compare)
   */
  async GetDocumentationParts(request, { scope, store }) {
    return transact(store, async (tx) => {
      const { id: restApiId } = await getRestApi(tx, scope, request.restApiId)
      const listed = await tx.list(keys.documentationParts(scope, restApiId))
      const parts = listed.map(({ value }) => value).filter((part) => isAskedFor(part, request))
      const listing = { name: `documentation-parts/${restApiId}`, orderOf: idOf }
      return pageOf(parts, listing, request)
    })
  },

  async UpdateDocumentationPart(input, { scope, store }) {
    const { restApiId, patchOperations = [] } = input
    return transact(store, async (tx) => {
      const before = await getPart(tx, scope, input)
      const after = await applyPatchOperations(
        documentationPartPatchTable,
        before,
        patchOperations,
        undefined,
      )
      tx.put(keys.documentationPart(scope, restApiId, after.id), after)
      return after
    })
  },

  /** Observed: management/delete-documentation-part-* */
  async DeleteDocumentationPart(input, { scope, store }) {
    return transact(store, async (tx) => {
      const api = await getRestApi(tx, scope, input.restApiId)
      const { id, location } = await getPart(tx, scope, input)
      tx.remove(keys.documentationPart(scope, api.id, id))
      tx.remove(keys.documentationPlace(scope, api.id, placeOf(location)))
      tx.put(keys.restApi(scope, api.id), api)
      return {}
    })
  },
} satisfies Partial<Handlers<ApiGatewayContext, ApiGatewayOperations>>

const partIdCharacters = 6

const idOf = ({ id }: DocumentationPartRecord): string => id

/** @throws {ServiceError} NotFoundException `Invalid Documentation part identifier specified`. */
async function getPart(
  tx: Transaction,
  scope: Scope,
  address: { readonly restApiId: string; readonly documentationPartId: string },
): Promise<DocumentationPartRecord> {
  const { restApiId, documentationPartId } = address
  const part = await findRecord(tx, keys.documentationPart(scope, restApiId, documentationPartId))
  if (part === undefined) throw documentationRefusals.partNotFound()
  return part
}

function isAskedFor(
  { location }: DocumentationPartRecord,
  { type, path, nameQuery, locationStatus }: GetDocumentationPartsRequest,
): boolean {
  if (locationStatus === 'UNDOCUMENTED') return false
  if (type !== undefined && location.type !== type) return false
  if (path !== undefined && path !== '' && location.path !== path) return false
  return !nameQuery || location.name?.includes(nameQuery) === true
}

function checkProperties(text: string): void {
  if (text === '') throw documentationRefusals.emptyProperties()
  try {
    if (isJsonObject(parseJsonText(text))) return
  } catch {
    // Refused below, like JSON that is no object.
  }
  throw documentationRefusals.properties()
}

/**
 * What UpdateDocumentationPart accepts: its content.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html
 * Observed: management/update-documentation-part-*
 */
export const documentationPartPatchTable: PatchTable<DocumentationPartRecord, undefined> = {
  rows: [
    patchRow({
      path: '/properties',
      ops: ['replace'],
      type: { example: '{"description":"A pet"}', parse: (value = '') => value },
      set(draft, value) {
        checkProperties(value)
        draft.properties = value
      },
    }),
  ],
  refuse: refuseQuoted(['/properties']),
}
