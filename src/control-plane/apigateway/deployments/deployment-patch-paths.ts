import { optionalTextRow } from '../patches/patch-entry-rows.ts'
import type { PatchRow, PatchTable } from '../patches/patch-operations.ts'
import { refuseByPath } from '../patches/patch-refusals.ts'
import type { DeploymentRecord } from '../records.ts'

const rows: readonly PatchRow<DeploymentRecord, undefined>[] = [optionalTextRow('description')]

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
