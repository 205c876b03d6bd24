import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { seededHash } from '../../../../test/support/seeded-stage.ts'
import type {
  AccountId,
  DeploymentId,
  Region,
  RestApiId,
  StageName,
} from '../../../aws/identifiers.ts'
import type { StageRecord } from '../records.ts'
import { stageDeclarationOf } from './stage-declaration-of.ts'

const methodSettings: StageRecord['methodSettings'] = {
  '*/*': {
    metricsEnabled: true,
    dataTraceEnabled: false,
    throttlingBurstLimit: 10,
    throttlingRateLimit: 0.5,
    cachingEnabled: false,
    cacheTtlInSeconds: 300,
    cacheDataEncrypted: false,
    requireAuthorizationForCacheControl: true,
    unauthorizedCacheControlHeaderStrategy: 'FAIL_WITH_403',
  },
}

const stage: StageRecord = {
  stageName: 'prod' as StageName,
  deploymentId: 'dep001' as DeploymentId,
  description: 'left out',
  createdDate: 1,
  lastUpdatedDate: 2,
  documentationVersion: 'left out',
  tags: { left: 'out' },
  cacheClusterEnabled: true,
  cacheClusterSize: '0.5',
  clientCertificateId: 'cert01',
  methodSettings,
  variables: { a: 'b' },
  accessLogSettings: { format: '$context.requestId' },
  canarySettings: {
    deploymentId: 'dep002' as DeploymentId,
    percentTraffic: 12.5,
    stageVariableOverrides: { a: 'c' },
    useStageCache: true,
  },
  tracingEnabled: true,
  webAclArn: 'arn:aws:wafv2:::x',
}

const given = {
  scope: { account: '000000000000' as AccountId, region: 'us-east-1' as Region },
  restApiId: 'a1b2c3d4e5' as RestApiId,
  revision: 7,
  definitionHashOf: seededHash,
}

describe('stageDeclarationOf()', () => {
  test('declares every setting that a request can see', () => {
    const declaration = stageDeclarationOf({ ...given, stage })
    assert.deepEqual(declaration, {
      account: '000000000000',
      region: 'us-east-1',
      restApiId: 'a1b2c3d4e5',
      stageName: 'prod',
      revision: 7,
      deploymentId: 'dep001',
      definitionHash: 'hash-of-dep001',
      variables: { a: 'b' },
      methodSettings,
      canary: {
        deploymentId: 'dep002',
        definitionHash: 'hash-of-dep002',
        percentTraffic: 12.5,
        stageVariableOverrides: { a: 'c' },
        useStageCache: true,
      },
      cacheClusterEnabled: true,
      cacheClusterSize: '0.5',
      clientCertificateId: 'cert01',
      tracingEnabled: true,
      webAclArn: 'arn:aws:wafv2:::x',
      accessLogSettings: { format: '$context.requestId' },
    })
    assert.ok(Object.isFrozen(declaration.canary?.stageVariableOverrides))
  })

  test('has no absent members, so it survives JSON', () => {
    const { variables: _v, canarySettings: _c, accessLogSettings: _a, ...bare } = stage
    const declaration = stageDeclarationOf({ ...given, stage: bare })
    assert.deepEqual(JSON.parse(JSON.stringify(declaration)), declaration)
    assert.deepEqual(declaration.variables, {})
    assert.equal('canary' in declaration, false)
  })
})
