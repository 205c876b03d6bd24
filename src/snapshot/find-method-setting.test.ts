import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { stageDeclarationOf } from '../../test/support/api-definition.ts'
import type { DefinitionHash } from '../aws/identifiers.ts'
import { findMethodSetting, isShutByThrottle } from './find-method-setting.ts'
import type { MethodSetting } from './stage-declaration.ts'

const setting = (throttlingRateLimit: number, throttlingBurstLimit = 5000): MethodSetting => ({
  metricsEnabled: false,
  dataTraceEnabled: false,
  throttlingBurstLimit,
  throttlingRateLimit,
  cachingEnabled: false,
  cacheTtlInSeconds: 300,
  cacheDataEncrypted: false,
  requireAuthorizationForCacheControl: true,
  unauthorizedCacheControlHeaderStrategy: 'SUCCEED_WITH_RESPONSE_HEADER',
})

describe('findMethodSetting()', () => {
  const stage = stageDeclarationOf({
    definitionHash: 'none' as DefinitionHash,
    methodSettings: {
      '*/*': setting(1),
      '~1pets~1{id}/GET': setting(2),
      'test/GET': setting(3),
      '~1/GET': setting(4),
    },
  })
  const rateOf = (resourcePath: string, httpMethod = 'GET') =>
    findMethodSetting(stage, { resourcePath, httpMethod })?.throttlingRateLimit

  test('takes the entry of the method, escaped or not, and else that of all methods', () => {
    assert.equal(rateOf('/pets/{id}'), 2)
    assert.equal(rateOf('/test'), 3)
    assert.equal(rateOf('/'), 4)
    assert.equal(rateOf('/pets/{id}', 'POST'), 1)
    assert.equal(rateOf('/other'), 1)
  })

  test('finds nothing on a stage without settings', () => {
    const bare = stageDeclarationOf({
      definitionHash: 'none' as DefinitionHash,
      methodSettings: {},
    })
    assert.equal(findMethodSetting(bare, { resourcePath: '/', httpMethod: 'GET' }), undefined)
  })
})

describe('isShutByThrottle()', () => {
  test('is true for a rate or a burst of 0 alone', () => {
    assert.equal(isShutByThrottle(setting(0)), true)
    assert.equal(isShutByThrottle(setting(10, 0)), true)
    assert.equal(isShutByThrottle(setting(-1, -1)), false)
    assert.equal(isShutByThrottle(setting(0.5, 1)), false)
    assert.equal(isShutByThrottle(undefined), false)
  })
})
