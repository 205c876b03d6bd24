import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { defaultQuotas } from '../../../aws/limits.ts'
import type { MethodSetting } from '../../../snapshot/stage-declaration.ts'
import { effectiveSettings, unmatchedKeys, type DeployedMethod } from './effective-settings.ts'

const plain: MethodSetting = {
  metricsEnabled: false,
  dataTraceEnabled: false,
  throttlingBurstLimit: 5000,
  throttlingRateLimit: 10_000,
  cachingEnabled: false,
  cacheTtlInSeconds: 300,
  cacheDataEncrypted: false,
  requireAuthorizationForCacheControl: true,
  unauthorizedCacheControlHeaderStrategy: 'SUCCEED_WITH_RESPONSE_HEADER',
}

const methods: readonly DeployedMethod[] = [
  { resourcePath: '/', methodKey: 'GET' },
  { resourcePath: '/pets', methodKey: 'ANY' },
  { resourcePath: '/test', methodKey: 'POST' },
]

const methodSettings = {
  '*/*': { ...plain, cachingEnabled: true, throttlingRateLimit: -1 },
  '~1pets/POST': { ...plain, cachingEnabled: true, cacheTtlInSeconds: 60, throttlingRateLimit: 7 },
  'test/POST': { ...plain, loggingLevel: 'INFO' as const },
  '~1test/PUT': plain,
  '/test/POST': plain,
}

/** `GET /: value from` of one setting, a row each. */
function rowsOf(
  member: keyof MethodSetting,
  stage: Parameters<typeof effectiveSettings>[0] = { methodSettings, cacheClusterEnabled: true },
) {
  return effectiveSettings(stage, methods, defaultQuotas).map(
    ({ httpMethod, resourcePath, settings }) =>
      `${httpMethod} ${resourcePath}: ${settings[member].value} from ${settings[member].from}`,
  )
}

describe('effectiveSettings()', () => {
  test('says the value of each setting and where it was said', () => {
    assert.deepEqual(rowsOf('throttlingRateLimit'), [
      'GET /: 10000 from account',
      'POST /pets: 7 from ~1pets/POST',
      'GET /pets: 10000 from account',
      'ANY /pets: 10000 from account',
      'POST /test: 10000 from test/POST',
    ])
    assert.deepEqual(rowsOf('loggingLevel'), [
      'GET /: OFF from default',
      'POST /pets: OFF from default',
      'GET /pets: OFF from default',
      'ANY /pets: OFF from default',
      'POST /test: INFO from test/POST',
    ])
    assert.equal(rowsOf('cacheTtlInSeconds')[1], 'POST /pets: 60 from ~1pets/POST')
  })

  test('says of rate and burst what they come to together', () => {
    const stage = {
      methodSettings: {
        '~1/GET': { ...plain, throttlingRateLimit: -1, throttlingBurstLimit: 5 },
        '*/*': { ...plain, throttlingRateLimit: 2.5, throttlingBurstLimit: -1 },
        '~1test/POST': { ...plain, throttlingRateLimit: -1, throttlingBurstLimit: 0 },
      },
      cacheClusterEnabled: false,
    }
    assert.deepEqual(rowsOf('throttlingRateLimit', stage), [
      'GET /: 10000 from account',
      'ANY /pets: 2.5 from */*',
      'POST /test: 0 from ~1test/POST',
    ])
    assert.deepEqual(rowsOf('throttlingBurstLimit', stage), [
      'GET /: 5000 from account',
      'ANY /pets: 3 from */*',
      'POST /test: 0 from ~1test/POST',
    ])
  })

  test('caches by the entry of all methods for GET alone, and nothing without a cluster', () => {
    assert.deepEqual(rowsOf('cachingEnabled'), [
      'GET /: true from */*',
      'POST /pets: true from ~1pets/POST',
      'GET /pets: true from */*',
      'ANY /pets: false from default',
      'POST /test: false from test/POST',
    ])
    const stage = { methodSettings, cacheClusterEnabled: false }
    assert.equal(rowsOf('cachingEnabled', stage)[0], 'GET /: false from stage')
  })

  test('has the defaults of AWS where nobody said anything', () => {
    const stage = { methodSettings: {}, cacheClusterEnabled: false }
    const [root] = effectiveSettings(stage, methods, defaultQuotas)
    assert.deepEqual(
      Object.values(root?.settings ?? {}).map(({ value, from }) => `${value} ${from}`),
      [
        'false default',
        'OFF default',
        'false default',
        '5000 account',
        '10000 account',
        'false default',
        '300 default',
        'false default',
        'true default',
        'SUCCEED_WITH_RESPONSE_HEADER default',
      ],
    )
  })
})

describe('unmatchedKeys()', () => {
  test('names the keys that act on no method', () => {
    assert.deepEqual(unmatchedKeys(methodSettings, methods), ['~1test/PUT', '/test/POST'])
  })

  test('takes an escaped key for the one that counts', () => {
    const both = { 'test/POST': plain, '~1test/POST': plain }
    assert.deepEqual(unmatchedKeys(both, methods), ['test/POST'])
  })
})
