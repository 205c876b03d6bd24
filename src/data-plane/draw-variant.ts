import type { Random } from '../ports/random.ts'
import type { StageSnapshot, StageVariant } from '../snapshot/stage-snapshot.ts'

/**
 * Which of a stage's deployments a request is for: its canary's in `percentTraffic` of a hundred, each request
 * by a draw of its own. Nothing sticks to a client.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/canary-release.html
 */
export function drawVariant(
  { base, canary }: Pick<StageSnapshot, 'base' | 'canary'>,
  random: Pick<Random, 'fraction'>,
): StageVariant {
  if (canary === undefined) return base
  return random.fraction() * 100 < canary.percentTraffic ? canary.variant : base
}
