import { omitUndefined } from '../../base/omit-undefined.ts'
import type { AddPermissionRequest } from '../../aws/models/lambda-types.ts'
import type { LambdaPolicyStatement } from '../../snapshot/lambda-policy.ts'
import { refusals } from './errors.ts'

/**
 * The statement that a caller wants to add. An empty text is none.
 *
 * Conditions that no caller of this server can meet (an organisation, a token) are kept: their statement
 * allows nobody anything.
 *
 * @throws {ServiceError} in this order: a principal that is none, FunctionUrlAuthType with another action
 * than its own, what asks for a function URL.
 */
export function readStatement(input: AddPermissionRequest): LambdaPolicyStatement {
  const { StatementId, Action, Principal, FunctionUrlAuthType, InvokedViaFunctionUrl } = input
  const principal = readPrincipal(Principal)
  if (FunctionUrlAuthType !== undefined && Action !== functionUrlAction) {
    throw refusals.functionUrlAuthType()
  }
  for (const { member, why, isUsed } of refusedPermissionMembers) {
    if (isUsed(input)) throw refusals.refusedMember(member, why)
  }
  return {
    sid: StatementId,
    action: Action,
    principal,
    ...omitUndefined({
      sourceArn: input.SourceArn || undefined,
      sourceAccount: input.SourceAccount || undefined,
      eventSourceToken: input.EventSourceToken || undefined,
      principalOrgId: input.PrincipalOrgID || undefined,
      invokedViaFunctionUrl: InvokedViaFunctionUrl,
    }),
  }
}

const functionUrlAction = 'lambda:InvokeFunctionUrl'
const noFunctionUrls = 'function URLs are not built; put an API in front of the function'

/** Members of AddPermission that are refused when they ask for something. */
export const refusedPermissionMembers: readonly {
  readonly member: string
  readonly why: string
  isUsed(input: AddPermissionRequest): boolean
}[] = [
  {
    member: 'FunctionUrlAuthType',
    why: noFunctionUrls,
    isUsed: ({ FunctionUrlAuthType }) => FunctionUrlAuthType !== undefined,
  },
  {
    member: 'InvokedViaFunctionUrl',
    why: noFunctionUrls,
    isUsed: ({ InvokedViaFunctionUrl }) => InvokedViaFunctionUrl === true,
  },
]

/** Services of AWS; those of Alexa are named `alexa-appkit.amazon.com` and the like. */
const servicePattern = /^(?:[a-z0-9-]+\.)+amazonaws\.com(?:\.cn)?$|^[a-z0-9-]+\.amazon\.com$/
const accountPattern = /^\d{12}$/
const identityPattern = /^arn:aws[a-zA-Z-]*:(?:iam|sts)::\d{12}:(?:root|[a-z-]+\/.+)$/

/**
 * Who is meant by AddPermission's Principal.
 *
 * Observed: lambda/add-permission-*
 */
function readPrincipal(principal: string): LambdaPolicyStatement['principal'] {
  if (principal === '*') return { kind: 'anyone' }
  if (servicePattern.test(principal)) return { kind: 'service', service: principal }
  if (accountPattern.test(principal)) return { kind: 'aws', arn: `arn:aws:iam::${principal}:root` }
  if (identityPattern.test(principal)) return { kind: 'aws', arn: principal }
  throw refusals.principal()
}
