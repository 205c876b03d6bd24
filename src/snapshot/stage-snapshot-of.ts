import { deepFreeze } from '../base/freeze.ts'
import type { CompiledDeployment } from './compiled-deployment.ts'
import { compileMethodSettings } from './method-setting-table.ts'
import type { StageDeclaration } from './stage-declaration.ts'
import type { StageSnapshot, StageVariant } from './stage-snapshot.ts'

/** The compiled deployments that a stage refers to. */
export interface StageDeployments {
  readonly base: CompiledDeployment
  /** Undefined: the stage has no canary. */
  readonly canary: CompiledDeployment | undefined
}

/**
 * Lays a stage's declaration over its deployments. Nothing but the keys of method settings is read: a change of
 * a variable costs a few small objects, whatever the size of the API.
 */
export function stageSnapshotOf(
  declaration: StageDeclaration,
  { base, canary }: StageDeployments,
): StageSnapshot {
  deepFreeze(declaration)
  return Object.freeze({
    declaration,
    base: Object.freeze({
      deploymentId: declaration.deploymentId,
      deployment: base,
      variables: declaration.variables,
      isCanary: false,
    }),
    canary: canary && canaryOf(declaration, canary),
    methodSettings: compileMethodSettings(declaration.methodSettings),
    userAgent: `AmazonAPIGateway_${declaration.restApiId}`,
  })
}

function canaryOf(
  declaration: StageDeclaration,
  deployment: CompiledDeployment,
): StageSnapshot['canary'] {
  if (declaration.canary === undefined) return undefined
  const { deploymentId, percentTraffic, stageVariableOverrides } = declaration.canary
  const variant: StageVariant = Object.freeze({
    deploymentId,
    deployment,
    variables: Object.freeze({ ...declaration.variables, ...stageVariableOverrides }),
    isCanary: true,
  })
  return Object.freeze({ percentTraffic, variant })
}
