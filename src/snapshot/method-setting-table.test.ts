import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { compileMethodSettings, findMethodSettingIn } from './method-setting-table.ts'
import type { MethodSetting } from './stage-declaration.ts'

const setting = (throttlingRateLimit: number): MethodSetting => ({
  metricsEnabled: false,
  dataTraceEnabled: false,
  throttlingBurstLimit: 5000,
  throttlingRateLimit,
  cachingEnabled: false,
  cacheTtlInSeconds: 300,
  cacheDataEncrypted: false,
  requireAuthorizationForCacheControl: true,
  unauthorizedCacheControlHeaderStrategy: 'SUCCEED_WITH_RESPONSE_HEADER',
})

describe('compileMethodSettings()', () => {
  const table = compileMethodSettings({
    '*/*': setting(1),
    '~1pets~1{id}/GET': setting(2),
    'test/GET': setting(3),
    '~1/GET': setting(4),
    'both/GET': setting(5),
    '~1both/GET': setting(6),
    '/double/GET': setting(7),
    '~1~0user/GET': setting(8),
    '/PUT': setting(9),
  })
  const cases: readonly [place: string, rate: number, key: string][] = [
    ['GET /pets/{id}', 2, '~1pets~1{id}/GET'],
    ['POST /pets/{id}', 1, '*/*'],
    ['GET /test', 3, 'test/GET'],
    ['GET /', 4, '~1/GET'],
    ['PUT /', 9, '/PUT'],
    ['GET /both', 6, '~1both/GET'],
    ['GET /double', 1, '*/*'],
    ['GET /~user', 8, '~1~0user/GET'],
    ['GET /other', 1, '*/*'],
  ]
  for (const [place, rate, key] of cases) {
    test(`gives ${place} the entry ${key}`, () => {
      const [verb = '', resourcePath = ''] = place.split(' ')
      const found = findMethodSettingIn(table, resourcePath, verb)
      assert.equal(found?.setting.throttlingRateLimit, rate)
      assert.deepEqual([found.key, found.isOwn], [key, key !== '*/*'])
      assert.ok(Object.isFrozen(found) && Object.isFrozen(found.setting))
    })
  }

  test('has nothing of a stage without settings', () => {
    const empty = compileMethodSettings({})
    assert.equal(findMethodSettingIn(empty, '/', 'GET'), undefined)
  })
})
