import type {
  DeploymentFeed,
  FeedChange,
  StageFeedChange,
  VpcLinkFeedChange,
} from '../ports/deployment-feed.ts'

/** Removals remembered so that a late, older declaration cannot bring a removed stage back. */
const removalsMax = 10_000

/**
 * The feed to the workers of this process. It remembers the newest state of all that is served, so that a
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
    replay: () =>
      [...newest.values()].filter(({ kind }) => kind === 'stage' || kind === 'vpc-link'),
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
  const { key, revision } = subjectOf(change)
  const known = newest.get(key)
  if (known !== undefined && known.kind !== 'reset' && subjectOf(known).revision > revision) {
    return false
  }
  newest.delete(key)
  newest.set(key, change)
  if (isRemoval(change)) forgetOldRemovals(newest)
  return true
}

/** What a change is about, and how new it is. */
function subjectOf(change: StageFeedChange | VpcLinkFeedChange): { key: string; revision: number } {
  if (change.kind === 'stage' || change.kind === 'stage-removed') {
    const { restApiId, stageName, revision } = change.kind === 'stage' ? change.stage : change
    return { key: `stage/${restApiId}/${stageName}`, revision }
  }
  const link = change.kind === 'vpc-link' ? change.link : change
  const { account, region, vpcLinkId, revision } = link
  return { key: `vpc-link/${account}/${region}/${vpcLinkId}`, revision }
}

function isRemoval({ kind }: FeedChange): boolean {
  return kind === 'stage-removed' || kind === 'vpc-link-removed'
}

function forgetOldRemovals(newest: Map<string, FeedChange>): void {
  if (newest.size <= removalsMax) return
  const removals = [...newest].filter(([, change]) => isRemoval(change))
  for (const [key] of removals.slice(0, -removalsMax)) newest.delete(key)
}
