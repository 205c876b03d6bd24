import { functionPolicyBytesMax } from '../../aws/limits.ts'
import type { LambdaOperations } from '../../aws/models/lambda-types.ts'
import type { LambdaPolicyStatement } from '../../snapshot/lambda-policy.ts'
import type { Handlers } from '../service.ts'
import { transact } from '../transaction.ts'
import { withoutMember } from '../without-member.ts'
import { functionArn } from './arns.ts'
import { changeFunction, getFunction } from './change-function.ts'
import type { LambdaContext } from './context.ts'
import { refusals } from './errors.ts'
import { readFunctionAddress } from './function-name.ts'
import { checkRevision } from './function-updates.ts'
import { readStatement } from './policy-statement.ts'
import { policyText, statementText } from './policy-text.ts'
import { getQualifiedTarget, withNewRevision } from './qualified-target.ts'
import { keys, type FunctionRecord } from './records.ts'

/**
 * The operations on who may invoke a function. A policy is of exactly the function, the version or the
 * alias that its statements were added to, and acts on the next invocation.
 */
export const permissions = {
  /**
   * Refuses in this order: `$LATEST`, function, version or alias, revision, a statement of that id, the
   * statement itself, size.
   *
   * Observed: lambda/add-permission-*
   */
  async AddPermission(input, context) {
    const { scope } = context
    const address = readFunctionAddress(scope, input)
    const { functionName, qualifier } = address
    if (qualifier === '$LATEST') throw refusals.policyOfLatest()
    const resourceArn = functionArn(scope, functionName, qualifier)
    const added = await changeFunction(context, address, async (record, tx) => {
      const target = await getQualifiedTarget(tx, scope, record, qualifier)
      if (input.RevisionId !== undefined && input.RevisionId !== target.revisionId) {
        throw refusals.stalePolicyRevision()
      }
      const before = statementsOf(record, qualifier)
      if (before.some(({ sid }) => sid === input.StatementId)) {
        throw refusals.statementExists(input.StatementId)
      }
      const statement = readStatement(input)
      const statements = [...before, statement]
      checkSize(policyText(statements, resourceArn))
      const changed = withStatements(record, qualifier, statements)
      return { record: withNewRevision(tx, context, changed, target), result: statement }
    })
    warnOfUnusable(context, resourceArn, added)
    return { Statement: statementText(added, resourceArn) }
  },

  /**
   * Refuses in this order: function, version or alias, policy, statement, revision.
   *
   * Observed: lambda/remove-permission-*
   */
  async RemovePermission(input, context) {
    const { scope } = context
    const { functionName, qualifier } = readFunctionAddress(scope, input)
    await refuseAbsentFunction(context, functionName)
    await changeFunction(context, { functionName }, async (record, tx) => {
      const target = await getQualifiedTarget(tx, scope, record, qualifier)
      const before = statementsOf(record, qualifier)
      if (before.length === 0) throw refusals.noPolicyOfResource()
      const statements = before.filter(({ sid }) => sid !== input.StatementId)
      if (statements.length === before.length) throw refusals.statementNotFound(input.StatementId)
      checkRevision(target, input.RevisionId)
      const changed = withStatements(record, qualifier, statements)
      return { record: withNewRevision(tx, context, changed, target), result: undefined }
    })
    return {}
  },

  /** A version or an alias that is not there has no policy, and is told in the same words. */
  async GetPolicy(input, { scope, store }) {
    const address = readFunctionAddress(scope, input)
    const { functionName, qualifier } = address
    return transact(store, async (tx) => {
      const record = await getFunction(tx, scope, address)
      const statements = statementsOf(record, qualifier)
      if (statements.length === 0) throw refusals.noPolicy()
      const { revisionId } = await getQualifiedTarget(tx, scope, record, qualifier)
      const Policy = policyText(statements, functionArn(scope, functionName, qualifier))
      return { Policy, RevisionId: revisionId }
    })
  },
} satisfies Partial<Handlers<LambdaContext, LambdaOperations>>

/** Under this key are the statements that were added to the function itself. */
const unqualified = ''

function statementsOf(
  { policies }: FunctionRecord,
  qualifier = unqualified,
): readonly LambdaPolicyStatement[] {
  return Object.hasOwn(policies, qualifier) ? (policies[qualifier] ?? []) : []
}

/** A policy without statements is none. */
function withStatements(
  record: FunctionRecord,
  qualifier = unqualified,
  statements: readonly LambdaPolicyStatement[],
): FunctionRecord {
  const others = withoutMember(record.policies, qualifier)
  const policies = statements.length === 0 ? others : { ...others, [qualifier]: statements }
  return { ...record, policies }
}

function checkSize(policy: string): void {
  const bytes = new TextEncoder().encode(policy).length
  if (bytes > functionPolicyBytesMax) throw refusals.policyTooLong(bytes, functionPolicyBytesMax)
}

/** AWS speaks of the policy where the others speak of the function. */
async function refuseAbsentFunction(
  { scope, store }: LambdaContext,
  functionName: string,
): Promise<void> {
  if ((await store.get(keys.function(scope, functionName))) !== undefined) return
  throw refusals.noPolicyOfFunction(functionArn(scope, functionName))
}

/** A grant that nobody can use here looks like a mistake of this server: it says why. */
function warnOfUnusable(
  { log }: LambdaContext,
  functionArn: string,
  { sid, principalOrgId, eventSourceToken }: LambdaPolicyStatement,
): void {
  const member =
    principalOrgId !== undefined
      ? 'PrincipalOrgID'
      : eventSourceToken !== undefined
        ? 'EventSourceToken'
        : undefined
  if (member !== undefined) log.warn('permission-allows-nobody', { functionArn, sid, member })
}
