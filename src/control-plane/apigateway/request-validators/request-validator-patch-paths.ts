import { refusals } from '../errors.ts'
import { patchRow, type PatchRow, type PatchTable } from '../patches/patch-operations.ts'
import { refuseQuoted } from '../patches/patch-refusals.ts'
import { booleanValue, textValue } from '../patches/patch-value-types.ts'
import type { RequestValidatorRecord } from '../records.ts'

function flagRow(
  member: 'validateRequestBody' | 'validateRequestParameters',
): PatchRow<RequestValidatorRecord, undefined> {
  return patchRow({
    path: `/${member}`,
    ops: ['replace'],
    type: booleanValue,
    set(draft, value) {
      draft[member] = value
    },
  })
}

/**
 * What UpdateRequestValidator accepts. A flag without a value is false.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html
 * Observed: management/update-request-validator-*
 */
export const requestValidatorPatchTable: PatchTable<RequestValidatorRecord, undefined> = {
  rows: [
    patchRow({
      path: '/name',
      ops: ['replace'],
      type: textValue,
      set(draft, value) {
        if (value.trim() === '') throw refusals.requestValidatorName()
        draft.name = value
      },
    }),
    flagRow('validateRequestBody'),
    flagRow('validateRequestParameters'),
  ],
  refuse: refuseQuoted(['/name', '/validateRequestParameters', '/validateRequestBody']),
}
