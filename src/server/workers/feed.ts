import type {
  ServingChange,
  DeploymentFeed,
  FeedChange,
  FunctionFeedChange,
  FunctionPlaneChange,
  ResetChange,
} from '../../ports/deployment-feed.ts'

/** Removals remembered so that a late, older declaration cannot bring a removed stage back. */
const removalsMax = 10_000

/**
 * The feed to the workers and to the function plane of this process. It remembers the newest state of all
 * that is served, so that one that starts later is told everything (`replay`) before it serves.
 */
export interface WorkerFeed extends DeploymentFeed {
  /** Takes a change into the replay without telling anyone: for what a start finds stored. */
  restore(change: FeedChange): void
  /** What is served now, as changes: all that a new worker needs. */
  replay(): readonly ServingChange[]
  /** The functions that may be invoked now, as changes: all that a new function plane needs. */
  replayFunctions(): readonly FunctionFeedChange[]
  /** Stages that are served. */
  stageCount(): number
}

/** What carries changes to those who need them; each resolves as `DeploymentFeed.publish` promises. */
export interface FeedReceivers {
  /** Before the workers: they find the caches of what they come to serve. */
  caches?(change: FeedChange): Promise<void> | undefined
  workers(changes: readonly ServingChange[]): Promise<void>
  functionPlane(changes: readonly FunctionPlaneChange[]): Promise<void>
}

/** Makes the feed. Changes older than what is remembered are dropped here already. */
export function createWorkerFeed(receivers: FeedReceivers): WorkerFeed {
  const newest: Remembered = new Map()
  return {
    async publish(change) {
      if (!remember(newest, change)) return
      // What means nothing for caches goes on at once.
      const cached = receivers.caches?.(change)
      if (cached !== undefined) await cached
      await Promise.all([
        isForFunctionPlane(change) ? receivers.functionPlane([change]) : undefined,
        isForWorkers(change) ? receivers.workers([change]) : undefined,
      ])
    },
    restore: (change) => void remember(newest, change),
    replay: () => [
      ...newest
        .values()
        .filter((change) => isForWorkers(change))
        .filter((change) => !isRemoval(change)),
    ],
    replayFunctions: () => [...newest.values().filter((change) => change.kind === 'function')],
    stageCount: () =>
      newest
        .values()
        .filter(({ kind }) => kind === 'stage')
        .toArray().length,
  }
}

function isForFunctionPlane(change: FeedChange): change is FunctionPlaneChange {
  const { kind } = change
  return kind === 'function' || kind === 'function-removed' || kind === 'reset'
}

function isForWorkers(change: FeedChange): change is ServingChange {
  return change.kind === 'reset' || !isForFunctionPlane(change)
}

type Remembered = Map<string, Exclude<FeedChange, ResetChange>>

/** False: there is something newer. */
function remember(newest: Remembered, change: FeedChange): boolean {
  if (change.kind === 'reset') {
    newest.clear()
    return true
  }
  const { key, revision } = subjectOf(change)
  const known = newest.get(key)
  if (known !== undefined && subjectOf(known).revision > revision) return false
  newest.delete(key)
  newest.set(key, change)
  if (isRemoval(change)) forgetOldRemovals(newest)
  return true
}

/** What a change is about, and how new it is. */
function subjectOf(change: Exclude<FeedChange, ResetChange>): { key: string; revision: number } {
  if (change.kind === 'stage' || change.kind === 'stage-removed') {
    const { restApiId, stageName, revision } = change.kind === 'stage' ? change.stage : change
    return { key: `stage/${restApiId}/${stageName}`, revision }
  }
  if (change.kind === 'function' || change.kind === 'function-removed') {
    const subject = change.kind === 'function' ? change.function : change
    const { account, region, functionName, revision } = subject
    return { key: `function/${account}/${region}/${functionName}`, revision }
  }
  const { account, region, id, revision } = change.kind === 'declared' ? change.declaration : change
  return { key: `${change.of}/${account}/${region}/${id}`, revision }
}

function isRemoval({ kind }: FeedChange): boolean {
  return kind === 'stage-removed' || kind === 'withdrawn' || kind === 'function-removed'
}

function forgetOldRemovals(newest: Remembered): void {
  if (newest.size <= removalsMax) return
  const removals = [...newest].filter(([, change]) => isRemoval(change))
  for (const [key] of removals.slice(0, -removalsMax)) newest.delete(key)
}
