import type { MethodResponseDefinition } from '../../../snapshot/definition.ts'
import { memberEntryRows } from '../patches/patch-entry-rows.ts'
import type { PatchTable } from '../patches/patch-operations.ts'
import { patchRefusals, refuseByPath } from '../patches/patch-refusals.ts'
import { booleanValue, textValue } from '../patches/patch-value-types.ts'

const rows = [
  ...memberEntryRows({
    member: 'responseParameters',
    type: booleanValue,
    missing: patchRefusals.parameterNotFound,
  }),
  ...memberEntryRows({
    member: 'responseModels',
    type: { ...textValue, example: 'Error' },
    missing: patchRefusals.contentTypeNotFound,
  }),
]

/**
 * What UpdateMethodResponse accepts: the headers and the models of the response, entry by entry.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html
 * Observed: management/update-method-response-*
 */
export const methodResponsePatchTable: PatchTable<MethodResponseDefinition, undefined> = {
  rows,
  refuse: refuseByPath(rows),
}
