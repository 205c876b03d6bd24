import { systemClock } from '../../adapters/node/clock.ts'
import type { RedisConnection } from '../../adapters/redis/connection.ts'
import { RedisCounters } from '../../adapters/redis/counters.ts'
import { SharedCounters } from '../../adapters/shared-memory/counters.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Counters } from '../../ports/counters.ts'
import type { OperatorLog } from '../../ports/operator-log.ts'
import { createStoreCounters, type CounterStoreFigures } from './store-counters.ts'
import type { WorkerSettings } from '../workers/worker-messages.ts'

/** What a worker counts with. */
export interface WorkerCounters extends Counters {
  /** Undefined: there is no store that gateways share. */
  storeFigures(): CounterStoreFigures | undefined
}

/** The counters of the process, or those of the store that gateways share. */
export function createWorkerCounters(
  settings: Pick<WorkerSettings, 'counters' | 'token' | 'countersWithoutStore' | 'stageClock'>,
  parts: {
    readonly stageClock: Clock
    readonly redis: RedisConnection | undefined
    readonly log: OperatorLog
  },
): WorkerCounters {
  const { counters: memory, token, countersWithoutStore: withoutStore } = settings
  const { stageClock, redis: connection, log } = parts
  const local = new SharedCounters({ memory, token, clock: stageClock })
  if (connection === undefined) {
    return { charge: (charge) => local.charge(charge), storeFigures: () => undefined }
  }
  const isGiven = settings.stageClock !== undefined
  const givenUs = isGiven ? () => Math.round(stageClock.nowMs() * 1000) : undefined
  const shared = new RedisCounters({ connection, givenUs })
  const counters = createStoreCounters({
    ...{ shared, connection, local, withoutStore, log },
    clock: systemClock,
  })
  return {
    charge: (charge) => counters.charge(charge),
    storeFigures: () => counters.figures(),
  }
}
