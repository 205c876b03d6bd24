import type { Quotas } from '../../../aws/limits.ts'
import type { Account, ApiGatewayOperations } from '../../../aws/models/apigateway-types.ts'
import type { Handlers } from '../../service.ts'
import { transact } from '../../transaction.ts'
import type { ApiGatewayContext } from '../context.ts'
import { applyPatchOperations } from '../patches/patch-operations.ts'
import { keys, type AccountRecord } from '../records.ts'
import { accountPatchTable, usagePlansFeature } from './account-patch-paths.ts'

/** The operations on an account. */
export const account = {
  /**
   * The account's limits and its logging role, if one was set.
   *
   * Documented: https://docs.aws.amazon.com/apigateway/latest/api/API_GetAccount.html
   */
  async GetAccount(_, { scope, store, quotas }) {
    const stored = await transact(store, async (tx) => tx.get(keys.account(scope)))
    return accountAnswer(stored ?? {}, quotas)
  },

  /** A role that is taken away leaves the logging settings of stages as they are. */
  async UpdateAccount({ patchOperations = [] }, { scope, store, quotas }) {
    return transact(store, async (tx) => {
      const before = (await tx.get(keys.account(scope))) ?? {}
      const after = await applyPatchOperations(
        accountPatchTable,
        before,
        patchOperations,
        undefined,
      )
      tx.put(keys.account(scope), after)
      return accountAnswer(after, quotas)
    })
  },
} satisfies Partial<Handlers<ApiGatewayContext, ApiGatewayOperations>>

function accountAnswer(record: AccountRecord, quotas: Quotas): Account {
  return {
    ...record,
    throttleSettings: {
      burstLimit: quotas.accountThrottleBurst,
      rateLimit: quotas.accountThrottleRate,
    },
    features: [usagePlansFeature],
    apiKeyVersion: '4',
  }
}
