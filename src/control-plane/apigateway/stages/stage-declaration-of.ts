import type { DefinitionHash, RestApiId, Scope } from '../../../aws/identifiers.ts'
import { deepFreeze } from '../../../base/freeze.ts'
import type { CanaryDeclaration, StageDeclaration } from '../../../snapshot/stage-declaration.ts'
import type { CanaryRecord, StageRecord } from '../records.ts'

/** A stored stage and what the data plane needs beside it. */
export interface StageToDeclare {
  readonly scope: Scope
  readonly restApiId: RestApiId
  readonly stage: StageRecord
  /** Of the stage's record in the store. */
  readonly revision: number
  /** The hash of the definition of each deployment that the stage names. */
  readonly definitionHashOf: (deploymentId: string) => DefinitionHash
}

/**
 * What the data plane is told of a stage: this is the only place where a stored stage becomes one that is
 * served.
 *
 * Left out is what no request sees: dates, description, documentation version, tags.
 */
export function stageDeclarationOf(given: StageToDeclare): StageDeclaration {
  const { scope, restApiId, stage, revision, definitionHashOf } = given
  const { canarySettings, cacheClusterSize, clientCertificateId, webAclArn } = stage
  const { accessLogSettings } = stage
  return deepFreeze({
    account: scope.account,
    region: scope.region,
    restApiId,
    stageName: stage.stageName,
    revision,
    deploymentId: stage.deploymentId,
    definitionHash: definitionHashOf(stage.deploymentId),
    variables: { ...stage.variables },
    methodSettings: { ...stage.methodSettings },
    ...(canarySettings === undefined
      ? {}
      : { canary: canaryDeclarationOf(canarySettings, definitionHashOf) }),
    cacheClusterEnabled: stage.cacheClusterEnabled,
    ...(cacheClusterSize === undefined ? {} : { cacheClusterSize }),
    ...(clientCertificateId === undefined ? {} : { clientCertificateId }),
    tracingEnabled: stage.tracingEnabled,
    ...(webAclArn === undefined ? {} : { webAclArn }),
    ...(accessLogSettings === undefined ? {} : { accessLogSettings: { ...accessLogSettings } }),
  })
}

function canaryDeclarationOf(
  canary: CanaryRecord,
  definitionHashOf: StageToDeclare['definitionHashOf'],
): CanaryDeclaration {
  return {
    deploymentId: canary.deploymentId,
    definitionHash: definitionHashOf(canary.deploymentId),
    percentTraffic: canary.percentTraffic,
    stageVariableOverrides: { ...canary.stageVariableOverrides },
    useStageCache: canary.useStageCache,
  }
}
