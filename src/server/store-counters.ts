import type { RedisConnection } from '../adapters/redis/connection.ts'
import type { SharedChargeOutcome } from '../adapters/redis/counters.ts'
import type { Charge, ChargeOutcome, Counters } from '../ports/counters.ts'
import type { OperatorLog } from '../ports/operator-log.ts'
import type { WithoutStore } from './redis-settings.ts'

/** How the store of the counters does. */
export interface CounterStoreFigures {
  readonly isUp: boolean
  /** Charges that it did not decide. */
  readonly failures: number
}

/** Counters in a store that gateways share, and what counts while it is gone. */
export interface StoreCounters extends Counters {
  figures(): CounterStoreFigures
}

/**
 * Counters that never keep a request from being answered: what the store does not decide in time is decided by
 * the operator's policy, counted, and told once when it begins and once when it is over.
 */
export function createStoreCounters(parts: {
  readonly shared: { charge(charge: Charge): Promise<SharedChargeOutcome> }
  readonly connection: Pick<RedisConnection, 'figures'>
  /** This process's own. */
  readonly local: Counters
  readonly withoutStore: WithoutStore
  readonly log: OperatorLog
}): StoreCounters {
  const { shared, connection, local, withoutStore, log } = parts
  let failures = 0
  let isGone = false

  function decideWithout(charge: Charge, detail: string): ChargeOutcome | Promise<ChargeOutcome> {
    failures += 1
    if (!isGone) log.warn('counter-store-gone', { detail, counters: withoutStore })
    isGone = true
    if (withoutStore === 'local') return local.charge(charge)
    if (withoutStore === 'allow') return { outcome: 'taken' }
    return { outcome: 'unavailable', detail: `the store of the counters is gone: ${detail}` }
  }

  return {
    async charge(charge) {
      const outcome = await shared.charge(charge)
      if (outcome.outcome === 'failed') return decideWithout(charge, outcome.detail)
      if (isGone) log.info('counter-store-back', { failures })
      isGone = false
      return outcome
    },
    figures: () => ({ isUp: connection.figures().isUp, failures }),
  }
}
