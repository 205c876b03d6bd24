import type { AccountId, Region, Scope } from '../../../aws/identifiers.ts'
import { invariant } from '../../../base/invariant.ts'
import type { StateStore } from '../../../ports/state-store.ts'
import type { StageDeclaration } from '../../../snapshot/stage-declaration.ts'
import { listAll } from '../../transaction.ts'
import { asRestApiId } from '../identifiers.ts'
import {
  keys,
  type DeploymentRecord,
  type RestApiOwnerRecord,
  type StageRecord,
} from '../records.ts'
import { stageDeclarationOf } from './stage-declaration-of.ts'

/** A stored stage, and what the data plane is told of it. */
export interface LoadedStage {
  readonly stage: StageRecord
  readonly declaration: StageDeclaration
}

/**
 * Every stage of every API in the store: what a starting server serves. Reads while nothing is written.
 *
 * @throws {InvariantError} for a stage whose deployment is gone.
 */
export async function* loadStages(store: StateStore): AsyncGenerator<LoadedStage> {
  for (const { key, value } of await listAll<RestApiOwnerRecord>(store, keys.restApiOwners())) {
    const id = key.at(-1)
    invariant(id !== undefined, 'the last segment of the key of an owner is the API')
    // Both were the scope of the call that made the API.
    const scope: Scope = { account: value.account as AccountId, region: value.region as Region }
    yield* loadStagesOf(store, scope, id)
  }
}

async function* loadStagesOf(
  store: StateStore,
  scope: Scope,
  id: string,
): AsyncGenerator<LoadedStage> {
  const stages = await listAll<StageRecord>(store, keys.stages(scope, id))
  if (stages.length === 0) return
  const deployments = await listAll<DeploymentRecord>(store, keys.deployments(scope, id))
  const hashes = new Map<string, DeploymentRecord['definitionHash']>(
    deployments.map(({ value }) => [value.id, value.definitionHash]),
  )
  const definitionHashOf = (deploymentId: string): DeploymentRecord['definitionHash'] => {
    const hash = hashes.get(deploymentId)
    invariant(hash !== undefined, `deployment ${deploymentId} of API ${id} is stored`)
    return hash
  }
  const restApiId = asRestApiId(id)
  for (const { value: stage, revision } of stages) {
    const given = { scope, restApiId, stage, revision, definitionHashOf }
    yield { stage, declaration: stageDeclarationOf(given) }
  }
}
