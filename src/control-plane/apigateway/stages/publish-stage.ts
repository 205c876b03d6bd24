import type { DefinitionHash, RestApiId, Scope } from '../../../aws/identifiers.ts'
import { invariant } from '../../../base/invariant.ts'
import type { DeploymentFeed } from '../../../ports/deployment-feed.ts'
import type { Transaction } from '../../transaction.ts'
import { keys, type DeploymentRecord, type StageRecord } from '../records.ts'
import { stageDeclarationOf } from './stage-declaration-of.ts'

/** A stage as a transaction left it, with what its declaration needs. */
export interface StageChange {
  readonly restApiId: RestApiId
  readonly stage: StageRecord
  readonly definitionHashOf: (deploymentId: string) => DefinitionHash
}

/**
 * Looks up the definitions that a stage serves, so that it can be declared once the transaction has
 * committed.
 */
export async function readStageChange(
  tx: Transaction,
  scope: Scope,
  { restApiId, stage }: Omit<StageChange, 'definitionHashOf'>,
): Promise<StageChange> {
  const hashes = new Map<string, DefinitionHash>()
  for (const id of deploymentIdsOf(stage)) {
    const deployment = await tx.get<DeploymentRecord>(keys.deployment(scope, restApiId, id))
    invariant(deployment !== undefined, `stage ${stage.stageName} serves deployment ${id}`)
    hashes.set(id, deployment.definitionHash)
  }
  const definitionHashOf = (id: string): DefinitionHash => {
    const hash = hashes.get(id)
    invariant(hash !== undefined, `deployment ${id} was read`)
    return hash
  }
  return { restApiId, stage, definitionHashOf }
}

/** The deployments that a stage names: its own, and its canary's. */
export function deploymentIdsOf({ deploymentId, canarySettings }: StageRecord): readonly string[] {
  return canarySettings === undefined || canarySettings.deploymentId === deploymentId
    ? [deploymentId]
    : [deploymentId, canarySettings.deploymentId]
}

/**
 * Tells the data plane what a stage is now. `revision` is the one that the commit gave its record: of two
 * racing changes the data plane keeps the later one, in whatever order it hears of them.
 */
export async function publishStage(
  { feed, scope }: { readonly feed: DeploymentFeed; readonly scope: Scope },
  change: StageChange,
  revision: number,
): Promise<void> {
  await feed.publish({ kind: 'stage', stage: stageDeclarationOf({ scope, revision, ...change }) })
}
