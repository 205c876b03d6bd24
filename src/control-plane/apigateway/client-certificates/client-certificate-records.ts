import type { Scope } from '../../../aws/identifiers.ts'
import type { ClientCertificate } from '../../../aws/models/apigateway-types.ts'
import type { ClientCertificateDeclaration } from '../../../snapshot/client-certificate-declaration.ts'
import type { Transaction } from '../../transaction.ts'
import { findRecord } from '../lookup.ts'
import { keys, type ClientCertificateRecord } from '../records.ts'
import { clientCertificateRefusals } from './client-certificate-refusals.ts'

/** @throws {ServiceError} NotFoundException. */
export async function getClientCertificate(
  tx: Transaction,
  scope: Scope,
  clientCertificateId: string,
): Promise<ClientCertificateRecord> {
  const certificate = await findRecord(tx, keys.clientCertificate(scope, clientCertificateId))
  if (certificate === undefined) throw clientCertificateRefusals.notFound()
  return certificate
}

/** @throws {ServiceError} BadRequestException when there is none to present. */
export async function checkClientCertificate(
  tx: Transaction,
  scope: Scope,
  clientCertificateId: string,
): Promise<ClientCertificateRecord> {
  const certificate = await findRecord(tx, keys.clientCertificate(scope, clientCertificateId))
  if (certificate === undefined) throw clientCertificateRefusals.missing()
  return certificate
}

/**
 * Holds the client certificate that a stage is told to present.
 *
 * Writes its record again, so that its deletion, which looks at all stages, meets the one that is being
 * changed as a conflict and not too late.
 *
 * @throws {ServiceError} BadRequestException when there is none.
 * Chosen: docs/decisions/0041-client-certificates.md
 */
export async function holdClientCertificate(
  tx: Transaction,
  scope: Scope,
  clientCertificateId: string,
): Promise<void> {
  const certificate = await checkClientCertificate(tx, scope, clientCertificateId)
  tx.put(keys.clientCertificate(scope, certificate.id), certificate)
}

/** A certificate as lists show it; tags only when it has some. The private key is shown to nobody. */
export function clientCertificateAnswer(record: ClientCertificateRecord): ClientCertificate {
  const { id, certificatePem, privateKeyPem: _secret, ...shown } = record
  return { clientCertificateId: id, pemEncodedCertificate: certificatePem, ...shown }
}

/** What the data plane is told of a certificate: this is the only place where its key leaves the store. */
export function clientCertificateDeclarationOf(
  { account, region }: Scope,
  { id, certificatePem, privateKeyPem }: ClientCertificateRecord,
  revision: number,
): ClientCertificateDeclaration {
  return { account, region, id, certificatePem, privateKeyPem, revision }
}
