import { patchRow, type PatchTable } from '../patches/patch-operations.ts'
import { refuseByPath } from '../patches/patch-refusals.ts'
import { textValue } from '../patches/patch-value-types.ts'
import type { ClientCertificateRecord } from '../records.ts'

const rows: PatchTable<ClientCertificateRecord, undefined>['rows'] = [
  patchRow({
    path: '/description',
    ops: ['replace'],
    type: textValue,
    set(draft, value) {
      if (value === '') delete draft.description
      else draft.description = value
    },
  }),
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
