import type { Scope } from '../../../aws/identifiers.ts'
import type {
  ApiGatewayOperations,
  DocumentationVersion,
} from '../../../aws/models/apigateway-types.ts'
import { sha256Hex } from '../../../aws/sha256.ts'
import { canonicalJson, type JsonValue } from '../../../base/json.ts'
import type { Handlers } from '../../service.ts'
import { transact, type Transaction } from '../../transaction.ts'
import type { ApiGatewayContext } from '../context.ts'
import { findRecord, getRestApi } from '../lookup.ts'
import { pageOf } from '../paging.ts'
import { optionalTextRow } from '../patches/patch-entry-rows.ts'
import { applyPatchOperations, type PatchTable } from '../patches/patch-operations.ts'
import { refuseByPath } from '../patches/patch-refusals.ts'
import { keys, type DocumentationVersionRecord } from '../records.ts'
import { getStage } from '../stages/stage-records.ts'
import { documentationRefusals } from './documentation-refusals.ts'

/** The operations on documentation versions: snapshots of the documentation parts of an API. */
export const documentationVersions = {
  /**
   * Keeps the parts as they are now, and lets a stage show them when one is named. Refuses in this order:
   * API, version, a version that is there, stage.
   *
   * Documented: https://docs.aws.amazon.com/apigateway/latest/api/API_CreateDocumentationVersion.html
   */
  async CreateDocumentationVersion(input, { scope, store, clock }) {
    const now = Math.floor(clock.nowMs() / 1000)
    return transact(store, async (tx) => {
      const api = await getRestApi(tx, scope, input.restApiId)
      const version = input.documentationVersion
      if (!isVersion(version)) throw documentationRefusals.emptyVersion()
      const key = keys.documentationVersion(scope, api.id, version)
      if ((await tx.get(key)) !== undefined) throw documentationRefusals.versionExists()
      const partsHash = await storeParts(tx, { scope, store }, api.id)
      const { description } = input
      const record: DocumentationVersionRecord = {
        version,
        createdDate: now,
        ...(description === undefined || description === '' ? {} : { description }),
        partsHash,
      }
      if (input.stageName) {
        const stage = await getStage(tx, scope, { ...input, stageName: input.stageName })
        tx.put(keys.stage(scope, api.id, stage.stageName), {
          ...stage,
          documentationVersion: version,
          lastUpdatedDate: now,
        })
      }
      tx.put(key, record)
      tx.put(keys.restApi(scope, api.id), api)
      return versionAnswer(record)
    })
  },

  async GetDocumentationVersion(input, { scope, store }) {
    return transact(store, async (tx) => {
      await getRestApi(tx, scope, input.restApiId)
      return versionAnswer(await getVersion(tx, scope, input))
    })
  },

  async GetDocumentationVersions({ restApiId, ...request }, { scope, store }) {
    return transact(store, async (tx) => {
      await getRestApi(tx, scope, restApiId)
      const listed = await tx.list(keys.documentationVersions(scope, restApiId))
      const versions = listed.map(({ value }) => value)
      const listing = { name: `documentation-versions/${restApiId}`, orderOf: versionOf }
      const page = pageOf(versions, listing, request)
      return { ...page, items: page.items.map(versionAnswer) }
    })
  },

  async UpdateDocumentationVersion(input, { scope, store }) {
    return transact(store, async (tx) => {
      const { id: restApiId } = await getRestApi(tx, scope, input.restApiId)
      const before = await getVersion(tx, scope, input)
      const operations = input.patchOperations ?? []
      const after = await applyPatchOperations(
        documentationVersionPatchTable,
        before,
        operations,
        undefined,
      )
      tx.put(keys.documentationVersion(scope, restApiId, after.version), after)
      return versionAnswer(after)
    })
  },

  /**
   * A stage that shows the version goes on naming it.
   *
   * Chosen: docs/decisions/0012-documentation-account-and-caches.md
   */
  async DeleteDocumentationVersion(input, { scope, store }) {
    return transact(store, async (tx) => {
      const api = await getRestApi(tx, scope, input.restApiId)
      const { version } = await getVersion(tx, scope, input)
      tx.remove(keys.documentationVersion(scope, api.id, version))
      tx.put(keys.restApi(scope, api.id), api)
      return {}
    })
  },
} satisfies Partial<Handlers<ApiGatewayContext, ApiGatewayOperations>>

/** How a caller names a documentation version. */
export interface DocumentationVersionAddress {
  readonly restApiId: string
  readonly documentationVersion: string
}

/** Undefined when the API has no such version. */
export function findDocumentationVersion(
  tx: Transaction,
  scope: Scope,
  { restApiId, documentationVersion }: DocumentationVersionAddress,
): Promise<DocumentationVersionRecord | undefined> {
  return findRecord(tx, keys.documentationVersion(scope, restApiId, documentationVersion))
}

/** @throws {ServiceError} NotFoundException `Invalid Documentation version specified`. */
async function getVersion(
  tx: Transaction,
  scope: Scope,
  address: DocumentationVersionAddress,
): Promise<DocumentationVersionRecord> {
  const record = await findDocumentationVersion(tx, scope, address)
  if (record === undefined) throw documentationRefusals.versionNotFound()
  return record
}

/** What a key can have. */
function isVersion(text: string): boolean {
  return text !== '' && !text.includes('\u0000')
}

const versionOf = ({ version }: DocumentationVersionRecord): string => version

/** The hash under which the parts are kept, stored before the record that refers to it. */
async function storeParts(
  tx: Transaction,
  { scope, store }: Pick<ApiGatewayContext, 'scope' | 'store'>,
  restApiId: string,
): Promise<string> {
  const listed = await tx.list(keys.documentationParts(scope, restApiId))
  // Records are interfaces of JSON members, which TypeScript does not count as index signatures.
  const parts = listed.map(({ value }) => value) as unknown as JsonValue
  const bytes = new TextEncoder().encode(canonicalJson(parts))
  const hash = sha256Hex(bytes)
  await store.putBlob(hash, bytes)
  return hash
}

function versionAnswer(record: DocumentationVersionRecord): DocumentationVersion {
  const { version, createdDate, description } = record
  return { version, createdDate, description }
}

const rows: PatchTable<DocumentationVersionRecord, undefined>['rows'] = [
  optionalTextRow('description'),
]

/**
 * What UpdateDocumentationVersion accepts: its description.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html
 */
export const documentationVersionPatchTable: PatchTable<DocumentationVersionRecord, undefined> = {
  rows,
  refuse: refuseByPath(rows),
}
