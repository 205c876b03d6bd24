import type { DeploymentId, Scope, StageName } from '../../../aws/identifiers.ts'
import type { CacheClusterSize } from '../../../aws/models/apigateway-types.ts'
import { omitUndefined } from '../../../base/omit-undefined.ts'
import type { Transaction } from '../../transaction.ts'
import { findRecord } from '../lookup.ts'
import { keys, type CanaryRecord, type DeploymentRecord, type StageRecord } from '../records.ts'
import { stageRefusals } from './stage-refusals.ts'

/** Members of a stage that both CreateStage and CreateDeployment take; undefined: not given. */
export interface StageSettings {
  readonly description?: string | undefined
  readonly variables?: Readonly<Record<string, string>> | undefined
  readonly cacheClusterEnabled?: boolean | undefined
  readonly cacheClusterSize?: CacheClusterSize | undefined
  readonly tracingEnabled?: boolean | undefined
}

/** A stage that nothing was said about but its name and its deployment. `now` in seconds. */
export function newStage(
  stageName: StageName,
  deploymentId: DeploymentId,
  now: number,
): StageRecord {
  return {
    stageName,
    deploymentId,
    createdDate: now,
    lastUpdatedDate: now,
    cacheClusterEnabled: false,
    methodSettings: {},
    tracingEnabled: false,
  }
}

/**
 * A stage with the settings given; those not given stay. An empty description counts as none, and a cache
 * cluster of no size gets the smallest.
 */
export function withStageSettings(stage: StageRecord, settings: StageSettings): StageRecord {
  const { description, variables, ...rest } = settings
  const merged = { ...stage, ...omitUndefined({ ...rest, variables, description }) }
  const { description: shown, variables: kept, cacheClusterSize, ...members } = merged
  const size = cacheClusterSize ?? (members.cacheClusterEnabled ? '0.5' : undefined)
  return {
    ...members,
    ...(shown === undefined || shown === '' ? {} : { description: shown }),
    ...(kept === undefined || Object.keys(kept).length === 0 ? {} : { variables: { ...kept } }),
    ...(size === undefined ? {} : { cacheClusterSize: size }),
  }
}

/** A canary as it is stored: without traffic and without the stage's cache unless said otherwise. */
export function newCanary(
  deploymentId: DeploymentId,
  given: {
    readonly percentTraffic?: number | undefined
    readonly stageVariableOverrides?: Readonly<Record<string, string>> | undefined
    readonly useStageCache?: boolean | undefined
  },
): CanaryRecord {
  const { percentTraffic = 0, stageVariableOverrides = {}, useStageCache = false } = given
  const hasOverrides = Object.keys(stageVariableOverrides).length > 0
  return {
    deploymentId,
    percentTraffic,
    ...(hasOverrides ? { stageVariableOverrides: { ...stageVariableOverrides } } : {}),
    useStageCache,
  }
}

/** How a caller names a stage. */
export interface StageAddress {
  readonly restApiId: string
  readonly stageName: string
}

/** Undefined when the API has no such stage. */
export function findStage(
  tx: Transaction,
  scope: Scope,
  { restApiId, stageName }: StageAddress,
): Promise<StageRecord | undefined> {
  return findRecord(tx, keys.stage(scope, restApiId, stageName))
}

/** @throws {ServiceError} NotFoundException `Invalid stage identifier specified`. */
export async function getStage(
  tx: Transaction,
  scope: Scope,
  address: StageAddress,
): Promise<StageRecord> {
  const stage = await findStage(tx, scope, address)
  if (stage === undefined) throw stageRefusals.stageNotFound()
  return stage
}

/** How a caller names a deployment. */
export interface DeploymentAddress {
  readonly restApiId: string
  readonly deploymentId: string
}

/** Undefined when the API has no such deployment. */
export function findDeployment(
  tx: Transaction,
  scope: Scope,
  { restApiId, deploymentId }: DeploymentAddress,
): Promise<DeploymentRecord | undefined> {
  return findRecord(tx, keys.deployment(scope, restApiId, deploymentId))
}

/** @throws {ServiceError} NotFoundException `Invalid Deployment identifier specified`. */
export async function getDeployment(
  tx: Transaction,
  scope: Scope,
  address: DeploymentAddress,
): Promise<DeploymentRecord> {
  const deployment = await findDeployment(tx, scope, address)
  if (deployment === undefined) throw stageRefusals.deploymentNotFound()
  return deployment
}
