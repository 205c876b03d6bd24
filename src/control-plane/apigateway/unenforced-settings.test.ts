import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { DeploymentId, StageName } from '../../aws/identifiers.ts'
import type { OperatorFields } from '../../ports/operator-log.ts'
import type { IntegrationDefinition } from '../../snapshot/definition.ts'
import type { MethodSetting } from '../../snapshot/stage-declaration.ts'
import { allSettings } from './settings.ts'
import { newStage } from './stages/stage-records.ts'
import {
  unenforcedOfDefinition,
  unenforcedOfStage,
  warnUnenforced,
  type UnenforcedSetting,
} from './unenforced-settings.ts'

const stage = newStage('prod' as StageName, 'dep001' as DeploymentId, 0)

const setting: MethodSetting = {
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

const namesOf = (found: readonly UnenforcedSetting[]): string[] =>
  found.map(({ where, setting: name }) => `${where}: ${name}`)

describe('unenforcedOfStage()', () => {
  test('finds nothing in a new stage, nor in what is enforced or as the account has it', () => {
    const used = { ...stage, variables: { a: 'b' }, methodSettings: { '*/*': setting } }
    assert.deepEqual(unenforcedOfStage(stage), [])
    assert.deepEqual(unenforcedOfStage(used), [])
  })

  test('finds each setting that has no effect, once', () => {
    const found = unenforcedOfStage({
      ...stage,
      cacheClusterEnabled: true,
      tracingEnabled: true,
      clientCertificateId: 'cert01',
      accessLogSettings: { format: '$context.requestId' },
      canarySettings: {
        deploymentId: 'dep001' as DeploymentId,
        percentTraffic: 0,
        useStageCache: true,
      },
      methodSettings: {
        '*/*': { ...setting, metricsEnabled: true, cachingEnabled: true, loggingLevel: 'INFO' },
        '~1/GET': { ...setting, metricsEnabled: true },
      },
    })
    assert.deepEqual(namesOf(found), [
      'stage: accessLogSettings',
      'stage: tracingEnabled',
      'method settings: metricsEnabled',
      'method settings: loggingLevel, dataTraceEnabled',
    ])
  })
})

describe('unenforcedOfDefinition()', () => {
  test('finds what closes or does not run a method', () => {
    const integration: IntegrationDefinition = {
      type: 'AWS_PROXY',
      passthroughBehavior: 'WHEN_NO_MATCH',
      timeoutInMillis: 29_000,
      integrationResponses: {},
    }
    const found = unenforcedOfDefinition({
      format: 1,
      restApiId: 'a1b2c3d4e5' as never,
      name: 'pets',
      apiKeySource: 'HEADER',
      binaryMediaTypes: [],
      disableExecuteApiEndpoint: true,
      endpointTypes: ['PRIVATE'],
      policy: '{}',
      gatewayResponses: {},
      models: {},
      requestValidators: {},
      authorizers: {},
      resources: [
        {
          resourceId: 'root000001' as never,
          path: '/',
          methods: {
            GET: {
              authorizationType: 'AWS_IAM',
              apiKeyRequired: true,
              methodResponses: {},
              integration,
            },
          },
        },
      ],
    })
    assert.deepEqual(
      found.map(({ setting: name, status }) => [name, status]),
      [
        ['policy', 'closes'],
        ['endpointConfiguration.types=PRIVATE', 'closes'],
        ['authorizationType', 'closes'],
        ['type=AWS_PROXY with another service than Lambda', 'not-run'],
      ],
    )
  })
})

describe('warnUnenforced()', () => {
  test('warns of what is new, with the fields that it was given', () => {
    const lines: [string, OperatorFields][] = []
    const log = {
      info: assert.fail,
      error: assert.fail,
      warn: (event: string, fields: OperatorFields) => void lines.push([event, fields]),
    }
    const before = unenforcedOfStage({ ...stage, tracingEnabled: true })
    const accessLogSettings = { format: '$context.requestId' }
    const now = unenforcedOfStage({ ...stage, tracingEnabled: true, accessLogSettings })
    warnUnenforced(log, { stageName: 'prod' }, now, before)
    assert.deepEqual(lines, [
      [
        'setting-not-enforced',
        {
          stageName: 'prod',
          where: 'stage',
          setting: 'accessLogSettings',
          status: 'stored',
          note: 'Nothing is logged. A log group is refused while the account has no role, as on AWS.',
        },
      ],
    ])
  })
})

describe('allSettings()', () => {
  test('names each setting of a place once', () => {
    const names = allSettings().map(({ where, setting: name }) => `${where} ${name}`)
    assert.equal(new Set(names).size, names.length)
  })
})
