import type { RestApiId, StageName } from '../aws/identifiers.ts'
import type { StageSnapshot } from '../snapshot/stage-snapshot.ts'

/** Names a stage at one of its revisions. */
export interface StageRevision {
  readonly restApiId: RestApiId
  readonly stageName: StageName
  readonly revision: number
}

/** The snapshot of each stage that is served, and the revisions at which others were removed. */
export interface StagePlaces {
  /** True when neither a snapshot nor a removal of the stage is as new. */
  isNews(revision: StageRevision): boolean
  /** Serves the snapshot from now on, and gives the one before. */
  put(snapshot: StageSnapshot): StageSnapshot | undefined
  /** Serves the stage no more, and gives what it served. */
  remove(removal: StageRevision): StageSnapshot | undefined
  /** Forgets everything, and gives what was served. */
  clear(): readonly StageSnapshot[]
  find(restApiId: RestApiId, stageName: StageName): StageSnapshot | undefined
  hasApi(restApiId: RestApiId): boolean
  /** Stages that are served. */
  count(): number
}

/** Removals remembered, so that a late change of a removed stage does not bring it back. */
const removalsMax = 10_000

/** Places without stages. */
export function createStagePlaces(): StagePlaces {
  const apis = new Map<RestApiId, Map<StageName, StageSnapshot>>()
  const removals = new Map<string, number>()
  const find: StagePlaces['find'] = (restApiId, stageName) => apis.get(restApiId)?.get(stageName)

  return {
    isNews({ restApiId, stageName, revision }) {
      const served = find(restApiId, stageName)?.declaration.revision ?? -1
      return revision > Math.max(served, removals.get(`${restApiId}/${stageName}`) ?? -1)
    },
    put(snapshot) {
      const { restApiId, stageName } = snapshot.declaration
      const stages = apis.get(restApiId) ?? new Map<StageName, StageSnapshot>()
      const before = stages.get(stageName)
      apis.set(restApiId, stages.set(stageName, snapshot))
      removals.delete(`${restApiId}/${stageName}`)
      return before
    },
    remove({ restApiId, stageName, revision }) {
      const before = find(restApiId, stageName)
      const stages = apis.get(restApiId)
      if (stages?.delete(stageName) && stages.size === 0) apis.delete(restApiId)
      remember(removals, `${restApiId}/${stageName}`, revision)
      return before
    },
    clear() {
      const served = [...apis.values()].flatMap((stages) => [...stages.values()])
      apis.clear()
      removals.clear()
      return served
    },
    find,
    hasApi: (restApiId) => apis.has(restApiId),
    count: () => apis.values().reduce((sum, stages) => sum + stages.size, 0),
  }
}

/** The newest removal last; the oldest is forgotten when there are too many. */
function remember(removals: Map<string, number>, key: string, revision: number): void {
  removals.delete(key)
  removals.set(key, revision)
  if (removals.size <= removalsMax) return
  const oldest = removals.keys().next()
  if (oldest.done !== true) removals.delete(oldest.value)
}
