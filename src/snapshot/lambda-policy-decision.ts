import { isArnLike } from './arn-like.ts'
import type { LambdaPolicyStatement } from './lambda-policy.ts'

/** An AWS service that wants to invoke a function for a resource of its own. */
export interface InvokingService {
  readonly service: string
  readonly sourceArn: string
  readonly sourceAccount: string
}

/**
 * Whether a service may invoke, by the statements of exactly the qualifier that it names.
 *
 * One statement must allow the action to the service, with a source ARN and account that fit. A condition
 * that an invocation by a service cannot meet (an organisation, a function URL, a token) closes its
 * statement. No statement: no.
 *
 * Documented: https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
 */
export function mayInvoke(
  statements: readonly LambdaPolicyStatement[] | undefined,
  caller: InvokingService,
): boolean {
  if (statements === undefined) return false
  for (const statement of statements) if (doesAllow(statement, caller)) return true
  return false
}

function doesAllow(statement: LambdaPolicyStatement, caller: InvokingService): boolean {
  return (
    isInvokeAction(statement.action) &&
    isPrincipal(statement.principal, caller.service) &&
    (statement.sourceAccount === undefined || statement.sourceAccount === caller.sourceAccount) &&
    statement.principalOrgId === undefined &&
    statement.functionUrlAuthType === undefined &&
    statement.invokedViaFunctionUrl !== true &&
    statement.eventSourceToken === undefined &&
    (statement.sourceArn === undefined || isArnLike(caller.sourceArn, statement.sourceArn))
  )
}

function isInvokeAction(action: string): boolean {
  if (action === 'lambda:InvokeFunction' || action === '*') return true
  const lowerCase = action.toLowerCase()
  return lowerCase === 'lambda:invokefunction' || lowerCase === 'lambda:*'
}

function isPrincipal(principal: LambdaPolicyStatement['principal'], service: string): boolean {
  return (
    principal.kind === 'anyone' || (principal.kind === 'service' && principal.service === service)
  )
}
