import type { RedisConnection } from '../../adapters/redis/connection.ts'
import type { SharedChargeOutcome } from '../../adapters/redis/counters.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Charge, ChargeOutcome, Counters } from '../../ports/counters.ts'
import type { OperatorLog } from '../../ports/operator-log.ts'
import type { WithoutStore } from '../configuration/redis-settings.ts'

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

/** Between two tellings, in milliseconds. */
const quietMs = 10_000

/**
 * Counters that never keep a request from being answered: what the store does not decide in time is decided by
 * the operator's policy, counted, and told when it begins and when it is over: of a store that comes and goes,
 * once in ten seconds.
 */
export function createStoreCounters(parts: {
  readonly shared: { charge(charge: Charge): Promise<SharedChargeOutcome> }
  readonly connection: Pick<RedisConnection, 'figures'>
  /** This process's own. */
  readonly local: Counters
  readonly withoutStore: WithoutStore
  readonly clock: Pick<Clock, 'monotonicMs'>
  readonly log: OperatorLog
}): StoreCounters {
  const { shared, connection, local, withoutStore, clock, log } = parts
  let failures = 0
  /** The operator has been told that it is gone. */
  let isTold = false
  let quietUntilMs = 0

  function decideWithout(charge: Charge, detail: string): ChargeOutcome | Promise<ChargeOutcome> {
    failures += 1
    if (!isTold && clock.monotonicMs() >= quietUntilMs) {
      log.warn('counter-store-gone', { detail, counters: withoutStore })
      isTold = true
    }
    if (withoutStore === 'local') return local.charge(charge)
    if (withoutStore === 'allow') return { outcome: 'taken' }
    return { outcome: 'unavailable', detail: `the store of the counters is gone: ${detail}` }
  }

  return {
    async charge(charge) {
      const outcome = await shared.charge(charge)
      if (outcome.outcome === 'failed') return decideWithout(charge, outcome.detail)
      if (isTold) {
        log.info('counter-store-back', { failures })
        isTold = false
        quietUntilMs = clock.monotonicMs() + quietMs
      }
      return outcome
    },
    figures: () => ({ isUp: connection.figures().isUp, failures }),
  }
}
