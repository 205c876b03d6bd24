import { badRequest } from '../errors.ts'
import { patchRow, type PatchTable } from '../patches/patch-operations.ts'
import { refuseByPath } from '../patches/patch-refusals.ts'
import { textValue } from '../patches/patch-value-types.ts'
import type { AccountRecord } from '../records.ts'

/** The feature that every account has. */
export const usagePlansFeature = 'UsagePlans'

/** Refusals of UpdateAccount. */
const accountRefusals = {
  /** Observed: https://github.com/hashicorp/terraform-provider-aws (internal/service/apigateway/account.go) */
  malformedRole: () => badRequest('The role ARN is not well formed'),
  /** Documented: usage plans cannot be taken from an account. The text is chosen. */
  usagePlansStay: () => badRequest('The feature UsagePlans cannot be removed'),
  /** Chosen. */
  feature: (name: string) =>
    badRequest(`Invalid feature specified: ${name}. Must be one of: [${usagePlansFeature}]`),
}

const roleForm = /^arn:[\w-]+:iam::\d{12}:role\/[\w+=,.@/-]+$/

const rows: PatchTable<AccountRecord, undefined>['rows'] = [
  patchRow({
    path: '/cloudwatchRoleArn',
    ops: ['replace'],
    type: { ...textValue, example: 'arn:aws:iam::000000000000:role/logs' },
    set(draft, value) {
      if (value === '') delete draft.cloudwatchRoleArn
      else if (roleForm.test(value)) draft.cloudwatchRoleArn = value
      else throw accountRefusals.malformedRole()
    },
  }),
  patchRow({
    path: '/features',
    ops: ['add'],
    type: { ...textValue, example: usagePlansFeature },
    set(_draft, value) {
      if (value !== usagePlansFeature) throw accountRefusals.feature(value)
    },
  }),
]

const refuse = refuseByPath(rows)

/**
 * What UpdateAccount accepts: the role with which logs are written, where an empty value takes it away, and
 * features. There is one feature, every account has it, and it cannot be removed.
 *
 * AWS also tries the role. There is no IAM here to ask, so that a role exists and may write is not checked.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html
 * Chosen: docs/decisions/0012-documentation-account-and-caches.md
 */
export const accountPatchTable: PatchTable<AccountRecord, undefined> = {
  rows,
  refuse(operation) {
    const { op, path } = operation
    if (op === 'remove' && path === '/features') throw accountRefusals.usagePlansStay()
    return refuse(operation)
  },
}
