import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { defaultQuotas } from '../../aws/limits.ts'
import type { DeploymentId, StageName } from '../../aws/identifiers.ts'
import type { PatchOperation } from '../../aws/models/apigateway-types.ts'
import { ServiceError } from '../../aws/service-error.ts'
import { seededHash } from '../../../test/support/seeded-stage.ts'
import { deploymentPatchTable } from './deployment-patch-paths.ts'
import { applyPatchOperations, type PatchRow, type PatchTable } from './patch-operations.ts'
import type { DeploymentRecord, StageRecord } from './records.ts'
import { newStage } from './stage-records.ts'
import type { StagePatchEnvironment } from './stage-patch-environment.ts'
import { stagePatchTable } from './stage-patch-paths.ts'

const allOps = ['add', 'remove', 'replace', 'copy', 'move', 'test'] as const

const environment: StagePatchEnvironment = {
  account: { cloudwatchRoleArn: 'arn:aws:iam::000000000000:role/logs' },
  quotas: defaultQuotas,
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

const copySources: Readonly<Record<string, string>> = {
  '/deploymentId': '/canarySettings/deploymentId',
  '/variables': '/canarySettings/stageVariableOverrides',
}

/** A path that the pattern of a row fits. */
function examplePath(pattern: string): string {
  return pattern
    .replace('{resourcePath+}', '~1pets~1{petId}')
    .replace('{httpMethod}', 'GET')
    .replace(/\{(?:group|setting|methodKey\+?)\}/g, 'x')
    .replace('{name}', 'name')
}

/** The catch-alls at the end of the stage's table refuse what they take, so they have no example. */
const isCatchAll = ({ path }: { path: string }): boolean =>
  /\{(?:setting|methodKey\+)\}$/.test(path)

/** Each row of a table accepts its example with each of its operations and with no other. */
function testRows<State, Environment>(
  name: string,
  table: PatchTable<State, Environment>,
  given: { readonly state: State; readonly environment: Environment },
): void {
  const apply = (operation: PatchOperation): Promise<State> =>
    applyPatchOperations(table, given.state, [operation], given.environment)
  const takes = (path: string, op: string): boolean =>
    table.rows.some((row: PatchRow<State, Environment>) => {
      return examplePath(row.path) === path && row.ops.some((each) => each === op)
    })
  describe(name, () => {
    for (const row of table.rows.filter((each) => !isCatchAll(each))) {
      const path = examplePath(row.path)
      for (const op of allOps) {
        const from = op === 'copy' ? copySources[path] : undefined
        const operation = { op, path, value: row.example, from }
        if (row.ops.includes(op)) {
          test(`takes ${op} ${row.path}`, async () => {
            assert.notDeepEqual(await apply(operation), given.state)
          })
        } else if (!takes(path, op)) {
          test(`refuses ${op} ${row.path}`, async () => {
            await assert.rejects(apply(operation), ServiceError)
          })
        }
      }
    }
  })
}

testRows('stagePatchTable', stagePatchTable, { state: stage, environment })

const deployment: DeploymentRecord = {
  id: 'dep001' as DeploymentId,
  createdDate: 0,
  definitionHash: seededHash('dep001'),
}

testRows('deploymentPatchTable', deploymentPatchTable, {
  state: deployment,
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
