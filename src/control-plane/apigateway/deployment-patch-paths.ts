import { patchRow, type PatchTable } from './patch-operations.ts'
import { textValue } from './patch-value-types.ts'
import type { DeploymentRecord } from './records.ts'
import { stageRefusals } from './stage-refusals.ts'

/**
 * What UpdateDeployment accepts: its description.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html
 */
export const deploymentPatchTable: PatchTable<DeploymentRecord, undefined> = {
  rows: [
    patchRow({
      path: '/description',
      ops: ['replace'],
      type: textValue,
      set(draft, value) {
        if (value === '') delete draft.description
        else draft.description = value
      },
    }),
  ],
  refuse({ path }) {
    if (path === '/description') throw stageRefusals.deploymentPatchOperation()
    throw stageRefusals.deploymentPatchPath(path)
  },
}
