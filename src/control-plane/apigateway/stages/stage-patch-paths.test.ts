import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { testPatchTable } from '../../../../test/support/patch-table-rows.ts'
import { seededHash } from '../../../../test/support/seeded-stage.ts'
import { defaultQuotas } from '../../../aws/limits.ts'
import type { DeploymentId, StageName } from '../../../aws/identifiers.ts'
import type { PatchOperation } from '../../../aws/models/apigateway-types.ts'
import { deploymentPatchTable } from '../deployments/deployment-patch-paths.ts'
import { applyPatchOperations } from '../patches/patch-operations.ts'
import type { DeploymentRecord, StageRecord } from '../records.ts'
import type { StagePatchEnvironment } from './stage-patch-environment.ts'
import { stagePatchTable } from './stage-patch-paths.ts'
import { newStage } from './stage-records.ts'

const environment: StagePatchEnvironment = {
  findDocumentationVersion: async (version) => ({ version, createdDate: 0, partsHash: '' }),
  account: { cloudwatchRoleArn: 'arn:aws:iam::000000000000:role/logs' },
  quotas: defaultQuotas,
  holdClientCertificate: async () => {},
  findDeployment: async (id) =>
    id === 'dep002'
      ? { id: id as DeploymentId, createdDate: 0, definitionHash: seededHash(id) }
      : undefined,
}

/** A stage that has something at every path. */
const stage: StageRecord = {
  ...newStage('prod' as StageName, 'dep001' as DeploymentId, 0),
  variables: { name: 'value' },
  accessLogSettings: { format: '$context.extendedRequestId' },
  canarySettings: {
    deploymentId: 'dep003' as DeploymentId,
    percentTraffic: 1,
    stageVariableOverrides: { name: 'other' },
    useStageCache: false,
  },
}

testPatchTable('stagePatchTable', stagePatchTable, {
  states: [stage],
  environment,
  segments: { resourcePath: '~1pets~1{petId}', httpMethod: 'GET', name: 'name' },
  copySources: {
    '/deploymentId': '/canarySettings/deploymentId',
    '/variables': '/canarySettings/stageVariableOverrides',
  },
  // Those at the end of the table refuse what they take, so they have no example.
  isCatchAll: ({ path }) => /\{(?:setting|methodKey\+)\}$/.test(path),
})

const deployment: DeploymentRecord = {
  id: 'dep001' as DeploymentId,
  createdDate: 0,
  definitionHash: seededHash('dep001'),
}

testPatchTable('deploymentPatchTable', deploymentPatchTable, {
  states: [deployment],
  environment: undefined,
})

describe('deploymentPatchTable', () => {
  const refusalOf = (operation: PatchOperation): Promise<DeploymentRecord> =>
    applyPatchOperations(deploymentPatchTable, deployment, [operation], undefined)

  test('clears a description that is replaced by nothing', async () => {
    const described = { ...deployment, description: 'x' }
    const operations = [{ op: 'replace', path: '/description', value: '' }] as const
    const after = await applyPatchOperations(deploymentPatchTable, described, operations, undefined)
    assert.deepEqual(after, deployment)
  })

  test('tells an operation it does not have from a path it does not have', async () => {
    await assert.rejects(refusalOf({ op: 'remove', path: '/description' }), {
      message: 'Invalid patch operation specified. Must be one of: [replace]',
    })
    await assert.rejects(refusalOf({ op: 'replace', path: '/id', value: 'x' }), {
      message: 'Invalid patch path /id',
    })
  })
})
