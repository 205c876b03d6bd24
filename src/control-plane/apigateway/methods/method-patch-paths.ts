import { refusals } from '../errors.ts'
import { listWith, listWithout, memberEntryRows } from '../patches/patch-entry-rows.ts'
import { patchRow, type PatchRow, type PatchTable } from '../patches/patch-operations.ts'
import { patchRefusals, refuseByPath } from '../patches/patch-refusals.ts'
import { booleanValue, textValue, wordValue } from '../patches/patch-value-types.ts'
import type { MethodRecord } from '../records.ts'

type MethodRow = PatchRow<MethodRecord, undefined>

/** A member that is text; an empty text clears it. */
function textRow(member: 'authorizerId' | 'operationName' | 'requestValidatorId'): MethodRow {
  return patchRow({
    path: `/${member}`,
    ops: ['replace'],
    type: textValue,
    set(draft, value) {
      if (value === '') delete draft[member]
      else draft[member] = value
    },
  })
}

const memberRows: readonly MethodRow[] = [
  patchRow({
    path: '/authorizationType',
    ops: ['replace'],
    type: wordValue(
      ['NONE', 'CUSTOM', 'COGNITO_USER_POOLS', 'AWS_IAM'] as const,
      refusals.authorizationType,
    ),
    set(draft, value) {
      draft.authorizationType = value
    },
  }),
  textRow('authorizerId'),
  patchRow({
    path: '/authorizationScopes',
    ops: ['add'],
    type: { ...textValue, example: 'pets/write' },
    set(draft, scope) {
      draft.authorizationScopes = listWith(draft.authorizationScopes, scope)
    },
  }),
  patchRow({
    path: '/authorizationScopes',
    ops: ['remove'],
    type: { ...textValue, example: 'pets/read' },
    set(draft, scope) {
      const rest = listWithout(draft.authorizationScopes, scope)
      if (rest === undefined) delete draft.authorizationScopes
      else draft.authorizationScopes = rest
    },
  }),
  patchRow({
    path: '/apiKeyRequired',
    ops: ['replace'],
    type: booleanValue,
    set(draft, value) {
      draft.apiKeyRequired = value
    },
  }),
  textRow('operationName'),
  textRow('requestValidatorId'),
]

const rows: readonly MethodRow[] = [
  ...memberRows,
  ...memberEntryRows({
    member: 'requestParameters',
    type: booleanValue,
    missing: patchRefusals.parameterNotFound,
  }),
  ...memberEntryRows({
    member: 'requestModels',
    type: { ...textValue, example: 'Error' },
    missing: patchRefusals.contentTypeNotFound,
  }),
]

/**
 * What UpdateMethod accepts. Whether the members fit one another is looked at when all operations are
 * applied: an authorizer and the type that needs it come in any order.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html
 * Observed: management/update-method-*
 */
export const methodPatchTable: PatchTable<MethodRecord, undefined> = {
  rows,
  refuse: refuseByPath(rows),
}
