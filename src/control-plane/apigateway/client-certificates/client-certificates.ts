import type { Scope } from '../../../aws/identifiers.ts'
import type {
  ApiGatewayOperations,
  GenerateClientCertificateRequest,
} from '../../../aws/models/apigateway-types.ts'
import type { CertificatePair } from '../../../ports/certificate-maker.ts'
import type { Random } from '../../../ports/random.ts'
import type { Handlers } from '../../service.ts'
import { transact, transactWithRevision, type Transaction } from '../../transaction.ts'
import type { ApiGatewayContext } from '../context.ts'
import { pageOf } from '../paging.ts'
import { applyPatchOperations } from '../patches/patch-operations.ts'
import { keys, type ClientCertificateRecord, type StageRecord } from '../records.ts'
import { checkTags } from '../tags/tag-rules.ts'
import { clientCertificatePatchTable } from './client-certificate-patch-paths.ts'
import {
  clientCertificateAnswer,
  clientCertificateDeclarationOf,
  getClientCertificate,
} from './client-certificate-records.ts'
import { clientCertificateRefusals } from './client-certificate-refusals.ts'

/** How long a certificate is valid: 365 days, in seconds. */
const validSeconds = 365 * 86_400

/** The operations on client certificates. One is ready to be presented when its making answers. */
export const clientCertificates = {
  /**
   * Refuses in this order: tags, quota. The key pair is made first, so that no transaction waits for it.
   *
   * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/getting-started-client-side-ssl-authentication.html
   */
  async GenerateClientCertificate(input, context) {
    const { scope, store, feed, clock, certificates, quotas } = context
    checkTags(input.tags ?? {}, quotas)
    const createdDate = Math.floor(clock.nowMs() / 1000)
    const expirationDate = createdDate + validSeconds
    const dates = { notBeforeMs: createdDate * 1000, notAfterMs: expirationDate * 1000 }
    const pair = await certificates.makeClientCertificate(dates)
    const { result: record, revision } = await transactWithRevision(store, (tx) =>
      addCertificate(tx, { ...input, ...pair, createdDate, expirationDate }, context),
    )
    const declaration = clientCertificateDeclarationOf(scope, record, revision)
    await feed.publish({ kind: 'declared', of: 'client-certificate', declaration })
    return clientCertificateAnswer(record)
  },

  async GetClientCertificate({ clientCertificateId }, { scope, store }) {
    return transact(store, async (tx) =>
      withTags(await getClientCertificate(tx, scope, clientCertificateId)),
    )
  },

  async GetClientCertificates(request, { scope, store }) {
    return transact(store, async (tx) => {
      const listed = await tx.list(keys.clientCertificates(scope))
      const records = listed.map(({ value }) => value)
      const page = pageOf(records, { name: 'clientcertificates', orderOf: ({ id }) => id }, request)
      return { ...page, items: page.items.map(clientCertificateAnswer) }
    })
  },

  async UpdateClientCertificate({ clientCertificateId, patchOperations = [] }, { scope, store }) {
    return transact(store, async (tx) => {
      const before = await getClientCertificate(tx, scope, clientCertificateId)
      const after = await applyPatchOperations(
        clientCertificatePatchTable,
        before,
        patchOperations,
        undefined,
      )
      tx.put(keys.clientCertificate(scope, after.id), after)
      return withTags(after)
    })
  },

  /** Refused while a stage presents it. */
  async DeleteClientCertificate({ clientCertificateId }, { scope, store, feed }) {
    const { result: id, revision } = await transactWithRevision(store, async (tx) => {
      const found = await getClientCertificate(tx, scope, clientCertificateId)
      const users = await findStages(tx, scope, found.id)
      if (users.length > 0) throw clientCertificateRefusals.inUse(found.id, users)
      tx.remove(keys.clientCertificate(scope, found.id))
      tx.remove(keys.clientCertificateOwner(found.id))
      return found.id
    })
    const { account, region } = scope
    const place = { account, region, id }
    await feed.publish({ kind: 'withdrawn', of: 'client-certificate', ...place, revision })
    return {}
  },
} satisfies Partial<Handlers<ApiGatewayContext, ApiGatewayOperations>>

/** AWS shows the tags of a single thing of this kind even when there are none. */
function withTags(record: ClientCertificateRecord): ReturnType<typeof clientCertificateAnswer> {
  return { tags: {}, ...clientCertificateAnswer(record) }
}

type NewCertificate = GenerateClientCertificateRequest &
  CertificatePair &
  Pick<ClientCertificateRecord, 'createdDate' | 'expirationDate'>

/** Writes the account's record, so that of two racing for the last place one sees the other. */
async function addCertificate(
  tx: Transaction,
  { description, tags = {}, certificatePem, privateKeyPem, ...dates }: NewCertificate,
  { scope, random, quotas }: ApiGatewayContext,
): Promise<ClientCertificateRecord> {
  const account = await tx.get(keys.account(scope))
  tx.put(keys.account(scope), account ?? {})
  const existing = await tx.list(keys.clientCertificates(scope))
  if (existing.length >= quotas.clientCertificates) throw clientCertificateRefusals.tooMany()
  const record: ClientCertificateRecord = {
    id: await freeId(tx, random),
    ...(description === undefined || description === '' ? {} : { description }),
    createdDate: dates.createdDate,
    expirationDate: dates.expirationDate,
    certificatePem,
    privateKeyPem,
    ...(Object.keys(tags).length === 0 ? {} : { tags: { ...tags } }),
  }
  tx.put(keys.clientCertificate(scope, record.id), record)
  const { account: ownerAccount, region } = scope
  tx.put(keys.clientCertificateOwner(record.id), { account: ownerAccount, region })
  return record
}

const idCharacters = 6

async function freeId(tx: Transaction, random: Random): Promise<string> {
  for (;;) {
    const id = random.identifier(idCharacters)
    if ((await tx.get(keys.clientCertificateOwner(id))) === undefined) return id
  }
}

/** `api/stage` of every stage that presents the certificate. */
async function findStages(tx: Transaction, scope: Scope, id: string): Promise<readonly string[]> {
  const found: string[] = []
  for (const { value: api } of await tx.list(keys.restApis(scope))) {
    const stages = await tx.list<StageRecord>(keys.stages(scope, api.id))
    for (const { value: stage } of stages) {
      if (stage.clientCertificateId === id) found.push(`${api.id}/${stage.stageName}`)
    }
  }
  return found
}
