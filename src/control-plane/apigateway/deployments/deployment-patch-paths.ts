import { patchRow, type PatchRow, type PatchTable } from '../patches/patch-operations.ts'
import { refuseByPath } from '../patches/patch-refusals.ts'
import { textValue } from '../patches/patch-value-types.ts'
import type { DeploymentRecord } from '../records.ts'

const rows: readonly PatchRow<DeploymentRecord, undefined>[] = [
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
 * What UpdateDeployment accepts: its description. It refuses in the words of an API and a method.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html
 * Chosen: docs/decisions/0009-stages-where-aws-is-silent.md
 */
export const deploymentPatchTable: PatchTable<DeploymentRecord, undefined> = {
  rows,
  refuse: refuseByPath(rows),
}
