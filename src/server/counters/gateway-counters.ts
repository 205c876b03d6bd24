import {
  createCounterMemory,
  type CounterMemory,
} from '../../adapters/shared-memory/counter-memory.ts'
import { RedisCounters } from '../../adapters/redis/counters.ts'
import { SharedCounters } from '../../adapters/shared-memory/counters.ts'
import type { Clock } from '../../ports/clock.ts'
import type { QuotaLedger } from '../../ports/counters.ts'
import type { OperatorLog } from '../../ports/operator-log.ts'
import type { StateStore } from '../../ports/state-store.ts'
import { openLazyRedis } from '../lazy-redis.ts'
import { createQuotaKeeper, type QuotaKeeperFigures } from './quota-keeper.ts'
import { threadRedisOf, type ConfiguredRedis } from '../configuration/redis-settings.ts'

/** The counters of throttles and quotas, as the owner of all threads has them. */
export interface GatewayCounters {
  /** For the threads that count. */
  readonly memory: CounterMemory
  readonly quotaLedger: QuotaLedger
  /** What was kept counts from now on. */
  start(): Promise<void>
  /** Looks at what was counted so far: before time is moved, which may end a day. */
  collect(): void
  /** A thread has ended, and runs no code any more. */
  threadEnded(token: number): void
  /**
   * Everything begins anew; what was kept is gone with the store. `quotaKeys`: the counters of what was
   * declared, which a store that gateways share forgets; what else is in it stays.
   */
  clear(quotaKeys: readonly string[]): Promise<void>
  /** Keeps the last of it. The store must still be open. */
  close(): Promise<void>
  /** Undefined: quotas are not kept here but in the store that gateways share. */
  keeperFigures(): QuotaKeeperFigures | undefined
  /** Buckets that were forgotten before they were full, for want of room. */
  forgottenBuckets(): number
}

/** Tokens of threads that count are smaller. */
const ownerToken = 2 ** 30

/** Makes the counters of a gateway. */
export function openGatewayCounters(parts: {
  readonly store: StateStore
  readonly stageClock: Clock
  /** What gateways share; undefined: this one counts for itself, and keeps quotas in its store. */
  readonly redis: ConfiguredRedis | undefined
  readonly log: OperatorLog
}): GatewayCounters {
  const memory = createCounterMemory()
  const counters = new SharedCounters({ memory, token: ownerToken, clock: parts.stageClock })
  const keeper = createQuotaKeeper({ ...parts, counters })
  const shared = parts.redis && openSharedLedger(parts.redis, parts.log)
  return {
    memory,
    quotaLedger: shared?.ledger ?? keeper,
    start: async () => {
      await (shared === undefined ? keeper.start() : shared.probe())
    },
    collect: () => keeper.collect(),
    threadEnded: (token) => counters.threadEnded(token),
    async clear(quotaKeys) {
      await keeper.clear()
      await shared?.ledger.remove(quotaKeys)
    },
    close: async () => {
      if (shared === undefined) await keeper.close()
      else shared.close()
    },
    keeperFigures: () => (shared === undefined ? keeper.figures() : undefined),
    forgottenBuckets: () => counters.forgottenCount(),
  }
}

/** How long a management call waits for the store at least, in milliseconds. */
const commandMsMin = 1_000

/** A key that is taken away is taken away also while the store is gone: its counters expire. */
function openSharedLedger(redis: ConfiguredRedis, log: OperatorLog) {
  const settings = threadRedisOf(redis)
  const commandMs = Math.max(settings.commandMs, commandMsMin)
  const connection = openLazyRedis({ ...settings, commandMs })
  const shared = new RedisCounters({ connection })
  const ledger: QuotaLedger = {
    usage: (key, range) => shared.usage(key, range),
    setRemaining: (counter, remaining) => shared.setRemaining(counter, remaining),
    remove: (keys) =>
      shared.remove(keys).catch((error: unknown) => {
        log.warn('quotas-not-removed', { detail: String(error) })
      }),
  }
  return {
    ledger,
    /** Says that the store is not to be had: nobody would hear of it before the first request. */
    async probe() {
      const reply = await connection.command('PING', [])
      if (reply.outcome === 'failed') log.warn('redis-not-reached', { detail: reply.detail })
    },
    close: () => connection.close(),
  }
}
