import type { ApiGatewayOperations } from '../../aws/models/apigateway-types.ts'
import type { Handlers } from '../service.ts'
import { transact } from '../transaction.ts'
import type { ApiGatewayContext } from './context.ts'
import { keys } from './records.ts'

/** The operations on an account. */
export const account = {
  /**
   * The account's limits and its logging role, if one was set.
   *
   * Documented: https://docs.aws.amazon.com/apigateway/latest/api/API_GetAccount.html
   */
  async GetAccount(_, { scope, store, quotas }) {
    const stored = await transact(store, async (tx) => tx.get(keys.account(scope)))
    return {
      ...stored,
      throttleSettings: {
        burstLimit: quotas.accountThrottleBurst,
        rateLimit: quotas.accountThrottleRate,
      },
      features: ['UsagePlans'],
      apiKeyVersion: '4',
    }
  },
} satisfies Partial<Handlers<ApiGatewayContext, ApiGatewayOperations>>
