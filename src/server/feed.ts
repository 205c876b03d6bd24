import type { DeploymentFeed, FeedChange } from '../ports/deployment-feed.ts'

/** Removals remembered so that a late, older declaration cannot bring a removed stage back. */
const removalsMax = 10_000

/**
 * The feed to the workers of this process. It remembers the newest state of every stage, so that a
 * worker that starts later is told everything (`replay`) before it serves.
 */
export interface WorkerFeed extends DeploymentFeed {
  /** Takes a change into the replay without telling any worker: for what a start finds stored. */
  restore(change: FeedChange): void
  /** What is served now, as changes: all that a new worker needs. */
  replay(): readonly FeedChange[]
  /** Stages that are served. */
  stageCount(): number
}

/** What carries changes to the workers; resolves as `DeploymentFeed.publish` promises. */
export type ApplyToWorkers = (changes: readonly FeedChange[]) => Promise<void>

/** Makes the feed. Changes older than what is remembered are dropped here already. */
export function createWorkerFeed(applyToWorkers: ApplyToWorkers): WorkerFeed {
  const newest = new Map<string, FeedChange>()
  return {
    async publish(change) {
      if (remember(newest, change)) await applyToWorkers([change])
    },
    restore: (change) => void remember(newest, change),
    replay: () => [...newest.values()].filter(({ kind }) => kind === 'stage'),
    stageCount: () =>
      newest
        .values()
        .filter(({ kind }) => kind === 'stage')
        .toArray().length,
  }
}

/** False: there is something newer. */
function remember(newest: Map<string, FeedChange>, change: FeedChange): boolean {
  if (change.kind === 'reset') {
    newest.clear()
    return true
  }
  const { restApiId, stageName, revision } = change.kind === 'stage' ? change.stage : change
  const key = `${restApiId}/${stageName}`
  const known = newest.get(key)
  if (known !== undefined && revisionOf(known) > revision) return false
  newest.delete(key)
  newest.set(key, change)
  if (change.kind === 'stage-removed') forgetOldRemovals(newest)
  return true
}

function revisionOf(change: FeedChange): number {
  if (change.kind === 'reset') return 0
  return change.kind === 'stage' ? change.stage.revision : change.revision
}

function forgetOldRemovals(newest: Map<string, FeedChange>): void {
  if (newest.size <= removalsMax) return
  const removals = [...newest].filter(([, { kind }]) => kind === 'stage-removed')
  for (const [key] of removals.slice(0, -removalsMax)) newest.delete(key)
}
