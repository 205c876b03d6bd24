import type { Scope } from '../../aws/identifiers.ts'
import { accountConcurrencyMax, unreservedConcurrencyMin } from '../../aws/limits.ts'
import type { LambdaOperations } from '../../aws/models/lambda-types.ts'
import { omitUndefined } from '../../base/omit-undefined.ts'
import type { Handlers } from '../service.ts'
import { transact, type Transaction } from '../transaction.ts'
import { changeFunction, getFunction } from './change-function.ts'
import type { LambdaContext } from './context.ts'
import { refusals } from './errors.ts'
import { readFunctionName } from './function-name.ts'
import { keys, type FunctionRecord } from './records.ts'

/** The operations on reserved concurrency: what is reserved acts on the next invocation. */
export const concurrency = {
  /**
   * Of all versions of a function together; 0 refuses every invocation. What is reserved by all functions
   * leaves the others 100 of the account's 1,000.
   *
   * Documented: https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
   */
  async PutFunctionConcurrency(input, context) {
    const { scope } = context
    const functionName = readFunctionName(scope, input.FunctionName)
    const wanted = input.ReservedConcurrentExecutions
    // A function that is not there is told with the qualifier, as AWS does.
    const address = { functionName, qualifier: '$LATEST' }
    await changeFunction(context, address, async (record, tx) => {
      await refuseOvercommitment(tx, scope, record, wanted)
      if (record.reservedConcurrency === wanted) return { record, result: undefined }
      return { record: { ...record, reservedConcurrency: wanted }, result: undefined }
    })
    return { ReservedConcurrentExecutions: wanted }
  },

  /** Empty where nothing is reserved. */
  async GetFunctionConcurrency({ FunctionName }, { scope, store }) {
    const functionName = readFunctionName(scope, FunctionName)
    const record = await transact(store, (tx) => getFunction(tx, scope, { functionName }))
    return omitUndefined({ ReservedConcurrentExecutions: record.reservedConcurrency })
  },

  async DeleteFunctionConcurrency({ FunctionName }, context) {
    const functionName = readFunctionName(context.scope, FunctionName)
    await changeFunction(context, { functionName }, (record) => {
      const { reservedConcurrency, ...rest } = record
      return { record: reservedConcurrency === undefined ? record : rest, result: undefined }
    })
    return {}
  },
} satisfies Partial<Handlers<LambdaContext, LambdaOperations>>

/** What functions of one account in one region have reserved, all together. */
export function reservedTogether(functions: readonly FunctionRecord[]): number {
  return functions.reduce((sum, { reservedConcurrency = 0 }) => sum + reservedConcurrency, 0)
}

/**
 * A list that was read is no conflict for what another call writes meanwhile. So that two functions do not
 * reserve the same rest, each reservation reads and writes the record of the scope too.
 */
async function refuseOvercommitment(
  tx: Transaction,
  scope: Scope,
  { functionName }: FunctionRecord,
  wanted: number,
): Promise<void> {
  const { account, region } = scope
  await tx.get(keys.lambdaScope(scope))
  tx.put(keys.lambdaScope(scope), { account, region })
  const listed = await tx.list(keys.functions(scope))
  const others = listed
    .map(({ value }) => value)
    .filter((other) => other.functionName !== functionName)
  const left = accountConcurrencyMax - reservedTogether(others) - wanted
  if (left < unreservedConcurrencyMin)
    throw refusals.unreservedConcurrency(unreservedConcurrencyMin)
}
