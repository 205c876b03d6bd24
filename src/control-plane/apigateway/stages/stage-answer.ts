import type { Stage } from '../../../aws/models/apigateway-types.ts'
import type { StageRecord } from '../records.ts'

/**
 * A stage as every operation answers it: members that were never set are absent, but for
 * `methodSettings`, which is always there, and the status of the cache cluster, which follows from
 * `cacheClusterEnabled`: a cluster is there as soon as it is asked for, so that a client that waits for
 * it goes on at once.
 *
 * Observed: deployments-and-stages/create-stage-defaults.json
 * Chosen: docs/decisions/0009-stages-where-aws-is-silent.md (the status).
 */
export function stageAnswer(stage: StageRecord): Stage {
  const { variables, tags } = stage
  return {
    ...stage,
    cacheClusterStatus: stage.cacheClusterEnabled ? 'AVAILABLE' : 'NOT_AVAILABLE',
    variables: isEmpty(variables) ? undefined : variables,
    tags: isEmpty(tags) ? undefined : tags,
  }
}

function isEmpty(map: Readonly<Record<string, string>> | undefined): boolean {
  return map === undefined || Object.keys(map).length === 0
}
