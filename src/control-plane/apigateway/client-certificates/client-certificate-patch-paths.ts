import { optionalTextRow } from '../patches/patch-entry-rows.ts'
import type { PatchTable } from '../patches/patch-operations.ts'
import { refuseByPath } from '../patches/patch-refusals.ts'
import type { ClientCertificateRecord } from '../records.ts'

const rows: PatchTable<ClientCertificateRecord, undefined>['rows'] = [
  optionalTextRow('description'),
]

/**
 * What UpdateClientCertificate accepts: a description.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html
 */
export const clientCertificatePatchTable: PatchTable<ClientCertificateRecord, undefined> = {
  rows,
  refuse: refuseByPath(rows),
}
