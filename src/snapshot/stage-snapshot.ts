import type { DeploymentId } from '../aws/identifiers.ts'
import type { CompiledDeployment } from './compiled-deployment.ts'
import type { MethodSettingTable } from './method-setting-table.ts'
import type { StageDeclaration } from './stage-declaration.ts'

/**
 * What the data plane executes: a stage's declaration laid over compiled deployments. Frozen. A request
 * reads one snapshot from its first step to its last, so it never mixes two deployments.
 */
export interface StageSnapshot {
  readonly declaration: StageDeclaration
  readonly base: StageVariant
  readonly canary: { readonly percentTraffic: number; readonly variant: StageVariant } | undefined
  /** The declaration's, by what they are for. */
  readonly methodSettings: MethodSettingTable
  /** `User-Agent` of requests that the gateway makes for the API. */
  readonly userAgent: string
}

/** One of the (at most two) deployments that a stage serves. */
export interface StageVariant {
  readonly deploymentId: DeploymentId
  readonly deployment: CompiledDeployment
  /** The stage's variables, with a canary's overrides laid over. */
  readonly variables: Readonly<Record<string, string>>
  readonly isCanary: boolean
}
