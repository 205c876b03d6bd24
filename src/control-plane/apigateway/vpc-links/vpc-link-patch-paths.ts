import { optionalTextRow } from '../patches/patch-entry-rows.ts'
import { patchRow, type PatchTable } from '../patches/patch-operations.ts'
import { refuseByPath } from '../patches/patch-refusals.ts'
import { textValue } from '../patches/patch-value-types.ts'
import type { VpcLinkRecord } from '../records.ts'
import { vpcLinkRefusals } from './vpc-link-refusals.ts'

const rows: PatchTable<VpcLinkRecord, undefined>['rows'] = [
  patchRow({
    path: '/name',
    ops: ['replace'],
    type: textValue,
    set(draft, value) {
      if (value === '') throw vpcLinkRefusals.emptyName()
      draft.name = value
    },
  }),
  optionalTextRow('description'),
]

const refuse = refuseByPath(rows)

/**
 * What UpdateVpcLink accepts: a name and a description. Targets never change.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html
 * Observed: management/update-vpc-link-*
 */
export const vpcLinkPatchTable: PatchTable<VpcLinkRecord, undefined> = {
  rows,
  refuse(operation) {
    const { path } = operation
    if (path === '/targetArns' || path.startsWith('/targetArns/')) {
      throw vpcLinkRefusals.targetChange()
    }
    return refuse(operation)
  },
}
