import { optionalTextRow } from '../patches/patch-entry-rows.ts'
import { patchRow, type PatchTable } from '../patches/patch-operations.ts'
import { refuseQuoted } from '../patches/patch-refusals.ts'
import { textValue } from '../patches/patch-value-types.ts'
import type { ModelRecord } from '../records.ts'

/**
 * What UpdateModel accepts. Whether the schema is one is for the operation to check: it knows the API.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html
 * Observed: management/update-model-*
 */
export const modelPatchTable: PatchTable<ModelRecord, undefined> = {
  rows: [
    optionalTextRow('description'),
    patchRow({
      path: '/schema',
      ops: ['replace'],
      type: { ...textValue, example: '{"type":"array"}' },
      set(draft, value) {
        draft.schema = value
      },
    }),
  ],
  refuse: refuseQuoted(['/description', '/schema']),
}
