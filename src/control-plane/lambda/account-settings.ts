import {
  accountConcurrencyMax,
  storedCodeBytesMax,
  unzippedCodeBytesMax,
  zippedCodeBytesMax,
} from '../../aws/limits.ts'
import type { LambdaOperations } from '../../aws/models/lambda-types.ts'
import type { Handlers } from '../service.ts'
import { listAll } from '../transaction.ts'
import { reservedTogether } from './concurrency.ts'
import type { LambdaContext } from './context.ts'
import { keys } from './records.ts'

/** The operation on an account: what it may have in a region, and has. */
export const accountSettings = {
  /**
   * The limits are AWS's defaults and kept, but for the size of all code together: that is the disk's.
   * Every version counts with its code, and so does every version of a layer.
   *
   * Documented: https://docs.aws.amazon.com/lambda/latest/api/API_GetAccountSettings.html
   */
  async GetAccountSettings(_input, { scope, store }) {
    const listed = await listAll(store, keys.functions(scope))
    const functions = listed.map(({ value }) => value)
    const versions = await Promise.all(
      functions.map(({ functionName }) =>
        listAll(store, keys.functionVersions(scope, functionName)),
      ),
    )
    const layers = await listAll(store, keys.allLayerVersions(scope))
    const stored = [
      ...functions.map(({ latest }) => latest),
      ...versions.flat().map(({ value }) => value),
      ...layers.map(({ value }) => value),
    ]
    return {
      AccountLimit: {
        TotalCodeSize: storedCodeBytesMax,
        CodeSizeUnzipped: unzippedCodeBytesMax,
        CodeSizeZipped: zippedCodeBytesMax,
        ConcurrentExecutions: accountConcurrencyMax,
        UnreservedConcurrentExecutions: accountConcurrencyMax - reservedTogether(functions),
      },
      AccountUsage: {
        TotalCodeSize: stored.reduce((sum, { codeSize }) => sum + codeSize, 0),
        FunctionCount: functions.length,
      },
    }
  },
} satisfies Partial<Handlers<LambdaContext, LambdaOperations>>
