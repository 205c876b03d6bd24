import type { DefinitionHash, RestApiId, StageName } from '../aws/identifiers.ts'
import { invariant } from '../base/invariant.ts'
import type { ResetChange, StageFeedChange } from '../ports/deployment-feed.ts'
import type { StageDeclaration } from '../snapshot/stage-declaration.ts'
import { stageSnapshotOf } from '../snapshot/stage-snapshot-of.ts'
import type { StageSnapshot } from '../snapshot/stage-snapshot.ts'
import {
  createSharedDeployments,
  type DeploymentMaking,
  type SharedDeployments,
} from './shared-deployments.ts'
import { createStagePlaces } from './stage-places.ts'

/** What became of a change. */
export type FeedAck =
  | { readonly outcome: 'applied' }
  /** Something newer is served, or was removed, already. */
  | { readonly outcome: 'ignored' }
  /** What was served before still is. `detail` is for the operator. */
  | { readonly outcome: 'failed'; readonly detail: string }

/**
 * What a data plane serves: for each stage the newest snapshot that could be made of it.
 *
 * A change swaps one reference when all that it needs is compiled; until then, and when that fails, the
 * old snapshot serves. Changes of a stage count by revision, whatever the order in which they arrive or
 * are ready. A request keeps the snapshot that it found.
 */
export interface StageTable {
  /** Resolves when the change is served, or will not be. Never rejects. */
  apply(change: StageFeedChange | ResetChange): Promise<FeedAck>
  /** Undefined: no such stage is served. Cost: two look-ups, no allocation. */
  find(restApiId: RestApiId, stageName: StageName): StageSnapshot | undefined
  /** True when a stage of the API is served. */
  hasApi(restApiId: RestApiId): boolean
  /** Stages that are served, and compiled deployments that they share. */
  counts(): { readonly stages: number; readonly deployments: number }
}

/** A table that serves nothing yet. */
export function createStageTable(making: DeploymentMaking): StageTable {
  const deployments = createSharedDeployments(making)
  const places = createStagePlaces()
  let resetCount = 0

  const release = (snapshot: StageSnapshot | undefined) => {
    if (snapshot === undefined) return
    for (const hash of hashesOf(snapshot.declaration)) deployments.release(hash)
  }

  async function applyStage(stage: StageDeclaration): Promise<FeedAck> {
    const resetsBefore = resetCount
    const isNews = () => resetCount === resetsBefore && places.isNews(stage)
    if (!isNews()) return ignored
    const made = await makeSnapshot(stage, deployments)
    if (made.outcome === 'made' && isNews()) {
      release(places.put(made.snapshot))
      return applied
    }
    for (const hash of hashesOf(stage)) deployments.release(hash)
    return made.outcome === 'failed' && isNews() ? made : ignored
  }

  return Object.freeze({
    async apply(change: StageFeedChange | ResetChange): Promise<FeedAck> {
      if (change.kind === 'stage') return applyStage(change.stage)
      if (change.kind === 'reset') {
        resetCount++
        for (const snapshot of places.clear()) release(snapshot)
        return applied
      }
      if (!places.isNews(change)) return ignored
      release(places.remove(change))
      return applied
    },
    find: places.find,
    hasApi: places.hasApi,
    counts: () => ({ stages: places.count(), deployments: deployments.count() }),
  })
}

const applied: FeedAck = Object.freeze({ outcome: 'applied' })
const ignored: FeedAck = Object.freeze({ outcome: 'ignored' })

/** Holds the deployments of the stage, whatever the outcome. */
async function makeSnapshot(
  stage: StageDeclaration,
  deployments: SharedDeployments,
): Promise<
  | { readonly outcome: 'made'; readonly snapshot: StageSnapshot }
  | { readonly outcome: 'failed'; readonly detail: string }
> {
  const held = hashesOf(stage).map((hash) => deployments.hold(hash))
  try {
    const [base, canary] = await Promise.all(held)
    invariant(base !== undefined, 'a stage refers to a deployment')
    return { outcome: 'made', snapshot: stageSnapshotOf(stage, { base, canary }) }
  } catch (error) {
    return { outcome: 'failed', detail: error instanceof Error ? error.message : String(error) }
  }
}

/** Of the stage's deployment, then of its canary's. */
function hashesOf({ definitionHash, canary }: StageDeclaration): readonly DefinitionHash[] {
  return canary === undefined ? [definitionHash] : [definitionHash, canary.definitionHash]
}
