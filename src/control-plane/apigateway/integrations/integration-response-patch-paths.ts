import type { IntegrationResponseDefinition } from '../../../snapshot/definition.ts'
import { memberEntryRows } from '../patches/patch-entry-rows.ts'
import { patchRow, type PatchTable } from '../patches/patch-operations.ts'
import { patchRefusals, refuseByPath } from '../patches/patch-refusals.ts'
import { textValue } from '../patches/patch-value-types.ts'
import { contentHandlingValue, templateValue } from './integration-value-types.ts'

const rows = [
  patchRow<IntegrationResponseDefinition, undefined, string | undefined>({
    path: '/selectionPattern',
    ops: ['replace'],
    type: { example: '5\\d\\d', parse: (value) => value },
    set(draft, pattern) {
      if (pattern === undefined) delete draft.selectionPattern
      else draft.selectionPattern = pattern
    },
  }),
  patchRow<
    IntegrationResponseDefinition,
    undefined,
    'CONVERT_TO_BINARY' | 'CONVERT_TO_TEXT' | undefined
  >({
    path: '/contentHandling',
    ops: ['replace'],
    type: contentHandlingValue,
    set(draft, handling) {
      if (handling === undefined) delete draft.contentHandling
      else draft.contentHandling = handling
    },
  }),
  ...memberEntryRows({
    member: 'responseParameters',
    type: { ...textValue, example: "'value'" },
    missing: patchRefusals.parameterNotFound,
  }),
  ...memberEntryRows({
    member: 'responseTemplates',
    type: templateValue,
    missing: patchRefusals.contentTypeNotFound,
  }),
]

/**
 * What UpdateIntegrationResponse accepts. Mappings and templates are checked when all operations are
 * applied, those that changed.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html
 * Observed: management/update-integration-response-*
 */
export const integrationResponsePatchTable: PatchTable<IntegrationResponseDefinition, undefined> = {
  rows,
  refuse: refuseByPath(rows),
}
