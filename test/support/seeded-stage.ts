import type {
  DefinitionHash,
  DeploymentId,
  ResourceId,
  RestApiId,
  StageName,
} from '../../src/aws/identifiers.ts'
import type { ApiGatewayContext } from '../../src/control-plane/apigateway/context.ts'
import {
  keys,
  type DeploymentRecord,
  type RestApiRecord,
  type StageRecord,
} from '../../src/control-plane/apigateway/records.ts'
import { transact } from '../../src/control-plane/transaction.ts'

// Test names are as good as made ones.
export const restApiId = 'a1b2c3d4e5' as RestApiId
export const stageName = 'prod' as StageName
export const deploymentIds = [
  'dep001',
  'dep002',
  'dep003',
] as readonly string[] as readonly DeploymentId[]

/** The hash that a seeded deployment's definition is said to have. */
export function seededHash(deploymentId: string): DefinitionHash {
  return `hash-of-${deploymentId}` as DefinitionHash
}

/**
 * Stores an API with three deployments, one version of its documentation (`1.1`) and one stage on the first
 * deployment, and returns the stage. The account has a client certificate, `a1b2c3`.
 * `members` go over those of a new stage.
 */
export async function seedStage(
  { store, scope }: ApiGatewayContext,
  members: Partial<StageRecord> = {},
): Promise<StageRecord> {
  const api: RestApiRecord = {
    id: restApiId,
    name: 'pets',
    createdDate: 1_700_000_000,
    apiKeySource: 'HEADER',
    endpointConfiguration: { types: ['REGIONAL'], ipAddressType: 'ipv4' },
    disableExecuteApiEndpoint: false,
    rootResourceId: 'rootid0001' as ResourceId,
  }
  const stage: StageRecord = {
    stageName,
    deploymentId: 'dep001' as DeploymentId,
    createdDate: 1_700_000_000,
    lastUpdatedDate: 1_700_000_000,
    cacheClusterEnabled: false,
    methodSettings: {},
    tracingEnabled: false,
    ...members,
  }
  await transact(store, async (tx) => {
    tx.put<RestApiRecord>(keys.restApi(scope, restApiId), api)
    tx.put<StageRecord>(keys.stage(scope, restApiId, stage.stageName), stage)
    const version = { version: '1.1', createdDate: 1_700_000_000, partsHash: 'hash-of-parts' }
    tx.put(keys.documentationVersion(scope, restApiId, version.version), version)
    tx.put(keys.clientCertificate(scope, 'a1b2c3'), {
      id: 'a1b2c3',
      createdDate: 1_700_000_000,
      expirationDate: 1_731_536_000,
      certificatePem: 'certificate',
      privateKeyPem: 'private key',
    })
    for (const id of deploymentIds) {
      const definitionHash = seededHash(id)
      const deployment: DeploymentRecord = { id, createdDate: 1_700_000_000, definitionHash }
      tx.put<DeploymentRecord>(keys.deployment(scope, restApiId, id), deployment)
    }
  })
  return stage
}
