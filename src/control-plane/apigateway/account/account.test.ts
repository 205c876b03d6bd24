import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testApiGateway } from '../../../../test/support/api-gateway-context.ts'
import { testPatchTable } from '../../../../test/support/patch-table-rows.ts'
import { transact } from '../../transaction.ts'
import { keys } from '../records.ts'
import { restApis } from '../rest-apis/rest-apis.ts'
import { accountPatchTable } from './account-patch-paths.ts'
import { account } from './account.ts'

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

testPatchTable('accountPatchTable', accountPatchTable, {
  states: [{}],
  environment: undefined,
  // Every account has the one feature there is: adding it changes nothing.
  isCatchAll: ({ path }) => path === '/features',
})

test('UpdateAccount leaves the account as it was when one operation is refused', async () => {
  const { context } = testApiGateway()
  const role = 'arn:aws:iam::000000000000:role/logs'
  await assert.rejects(
    account.UpdateAccount(
      {
        patchOperations: [
          { op: 'replace', path: '/cloudwatchRoleArn', value: role },
          { op: 'replace', path: '/other', value: '' },
        ],
      },
      context,
    ),
    { message: 'Invalid patch path /other' },
  )
  assert.equal((await account.GetAccount({}, context)).cloudwatchRoleArn, undefined)
})

test('UpdateAccount changes one account in one region', async () => {
  const gateway = testApiGateway()
  const role = 'arn:aws:iam::000000000000:role/logs'
  await account.UpdateAccount(
    { patchOperations: [{ op: 'replace', path: '/cloudwatchRoleArn', value: role }] },
    gateway.context,
  )
  const other = gateway.seenFrom({ region: 'eu-west-1' })
  assert.equal((await account.GetAccount({}, other)).cloudwatchRoleArn, undefined)
})
