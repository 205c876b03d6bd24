import { missingStarts, type SandboxPool } from './sandbox-pool.ts'

/** The machine's room, and how it is shared. */
export interface Room {
  readonly sandboxesMax: number
  readonly startsAtOnceMax: number
}

/** The pools that wait, each with the sandboxes that all pools in use may have when room is short. */
export interface PoolChoice {
  /** Whose next sandbox should start first; undefined: nobody's. */
  readonly pool: SandboxPool | undefined
  /** It has less than its share: another pool's sandbox may be stopped for it as soon as it is free. */
  readonly isStarved: boolean
  /** Sandboxes that all pools together want to start. */
  readonly missing: number
}

/**
 * Who of those that wait gets the next room: pools with less than an equal share before the others, and
 * of these the one whose invocation has waited longest. So no pool starves, and pools that have their
 * share keep their warm sandboxes instead of taking each other's.
 *
 * Cost: a look at every pool that waits and that is in use; only asked while an invocation waits.
 */
export function nextPool(
  waitingPools: Iterable<SandboxPool>,
  poolsInUse: number,
  room: Room,
): PoolChoice {
  const share = Math.max(1, Math.floor(room.sandboxesMax / Math.max(1, poolsInUse)))
  let best: SandboxPool | undefined
  let isStarved = false
  let missing = 0
  for (const pool of waitingPools) {
    const wanted = missingStarts(pool, room.startsAtOnceMax)
    if (wanted <= 0) continue
    missing += wanted
    const starves = pool.alive.size < share
    if (
      best === undefined ||
      (starves && !isStarved) ||
      (starves === isStarved && waitsLonger(pool, best))
    ) {
      best = pool
      isStarved = starves
    }
  }
  return { pool: best, isStarved, missing }
}

function waitsLonger(pool: SandboxPool, than: SandboxPool): boolean {
  return (pool.waiting[0]?.sinceMs ?? Infinity) < (than.waiting[0]?.sinceMs ?? Infinity)
}
