import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testApiGateway } from '../../../test/support/api-gateway-context.ts'
import { transact } from '../transaction.ts'
import { account } from './account.ts'
import { keys } from './records.ts'
import { restApis } from './rest-apis.ts'

test("GetAccount answers the server's throttle quotas and the stored logging role", async () => {
  const { context } = testApiGateway({
    quotas: { accountThrottleBurst: 7, accountThrottleRate: 3 },
  })
  const cloudwatchRoleArn = 'arn:aws:iam::000000000000:role/logs'
  await transact(context.store, async (tx) => {
    tx.put(keys.account(context.scope), { cloudwatchRoleArn })
  })
  // A new API writes the account's record as it is.
  await restApis.CreateRestApi({ name: 'pets' }, context)
  assert.deepEqual(await account.GetAccount({}, context), {
    cloudwatchRoleArn,
    throttleSettings: { burstLimit: 7, rateLimit: 3 },
    features: ['UsagePlans'],
    apiKeyVersion: '4',
  })
})
