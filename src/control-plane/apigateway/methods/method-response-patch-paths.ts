import type { MethodResponseDefinition } from '../../../snapshot/definition.ts'
import { mapEntryRows } from '../patches/patch-entry-rows.ts'
import type { PatchTable } from '../patches/patch-operations.ts'
import { patchRefusals, refuseByPath } from '../patches/patch-refusals.ts'
import { booleanValue, textValue } from '../patches/patch-value-types.ts'

const rows = [
  ...mapEntryRows<MethodResponseDefinition, undefined, boolean>({
    path: '/responseParameters',
    type: booleanValue,
    read: ({ responseParameters }) => responseParameters,
    write(draft, parameters) {
      if (parameters === undefined) delete draft.responseParameters
      else draft.responseParameters = parameters
    },
    missing: patchRefusals.parameterNotFound,
  }),
  ...mapEntryRows<MethodResponseDefinition, undefined, string>({
    path: '/responseModels',
    type: { ...textValue, example: 'Error' },
    read: ({ responseModels }) => responseModels,
    write(draft, models) {
      if (models === undefined) delete draft.responseModels
      else draft.responseModels = models
    },
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
