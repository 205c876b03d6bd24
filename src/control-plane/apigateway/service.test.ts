import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { functionPorts } from '../../../test/support/function-ports.ts'
import { testQuotaLedger } from '../../../test/support/quota-ledger.ts'
import { sdkCalls } from '../../../test/support/sdk-client.ts'
import { MemoryStateStore } from '../../adapters/memory/state-store.ts'
import type { AccountId, Region } from '../../aws/identifiers.ts'
import { defaultQuotas } from '../../aws/limits.ts'
import { createControlPlane } from '../server.ts'
import { loadedService } from '../service.ts'
import { apigatewayService, builtOperations } from './service.ts'
import { unsupportedOperations } from './unsupported-operations.ts'

describe('apigatewayService', () => {
  test('has all 124 operations, each once: built, or not with a reason', () => {
    const names = [...Object.keys(builtOperations), ...Object.keys(unsupportedOperations)]
    assert.deepEqual(
      names.filter((name, index) => names.indexOf(name) !== index),
      [],
      'an operation that is built has a row that says it is not',
    )
    assert.equal(names.length, 124)
    assert.equal(Object.keys(apigatewayService.handlers).length, 124)
  })

  test('runs what is built and gives a reason for everything else', () => {
    for (const [name, handler] of Object.entries(apigatewayService.handlers)) {
      if (Object.hasOwn(builtOperations, name)) assert.equal(typeof handler, 'function', name)
      else assert.ok(typeof handler === 'object' && handler.reason.length > 10, name)
    }
  })
})

describe('the official SDK', () => {
  test('builds an API, deploys it to a stage and reads both back', async () => {
    const send = startSdk()
    const restApiId = '1234567890'
    await send('CreateRestApi', { name: 'pets', tags: { _custom_id_: restApiId } })
    const { items } = await send('GetResources', { restApiId })
    const method = { restApiId, resourceId: items[0].id, httpMethod: 'GET' }
    await send('PutMethod', { ...method, authorizationType: 'NONE' })
    await send('PutIntegration', { ...method, type: 'MOCK' })
    const { id: deploymentId } = await send('CreateDeployment', { restApiId })
    const stage = { restApiId, stageName: 'prod' }
    await send('CreateStage', { ...stage, deploymentId, variables: { lambdaAlias: 'PROD' } })
    const read = await send('GetStage', stage)
    assert.equal(read.deploymentId, deploymentId)
    assert.deepEqual(read.variables, { lambdaAlias: 'PROD' })
    assert.deepEqual(read.createdDate, new Date(0))
    await assert.rejects(send('GetStage', { ...stage, restApiId: 'other' }), {
      name: 'NotFoundException',
      message: 'Invalid API identifier specified 123456789012:other',
    })
  })
})

/** The SDK on the real handlers over an empty store. */
function startSdk() {
  let identifiers = 0
  const plane = createControlPlane({
    services: [loadedService(apigatewayService)],
    // Both are what the brands stand for.
    defaultScope: { account: '000000000000' as AccountId, region: 'us-east-1' as Region },
    ports: {
      store: new MemoryStateStore(),
      feed: { publish: () => Promise.resolve() },
      clock: { nowMs: () => 0, monotonicMs: () => 0, sleep: () => Promise.resolve() },
      stageClock: { nowMs: () => 0, monotonicMs: () => 0, sleep: () => Promise.resolve() },
      certificates: {
        makeClientCertificate: () => assert.fail('no certificate is made'),
      },
      quotaLedger: testQuotaLedger(),
      stageCaches: { resize: async () => {}, flush: async () => {} },
      random: {
        uuid: () => '00000000-0000-4000-8000-000000000000',
        identifier: (length) => String(identifiers++).padStart(length, 'a'),
        fraction: () => 0,
      },
      quotas: defaultQuotas,
      log: { info: () => {}, warn: () => {}, error: () => {} },
      vpcLinkTargets: { find: () => undefined },
      awsServices: { findEndpoint: () => undefined, findCredentials: () => undefined },
      methodTester: { test: async () => ({ outcome: 'other-path' }) },
      ...functionPorts(),
    },
  })
  const calls = sdkCalls((request) => plane.call({ ...request, sourceIp: '127.0.0.1' }))
  // What the SDK gives has the output's own type, which a name known at run time only cannot tell.
  return (operation: string, input: object) => calls(operation)(input) as Promise<Answer>
}

interface Answer {
  readonly id: string
  readonly items: readonly [{ readonly id: string }]
  readonly deploymentId?: string
  readonly variables?: object
  readonly createdDate?: Date
}
