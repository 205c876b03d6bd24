import { sealStageCaches } from '../../adapters/node/sealed-stage-caches.ts'
import { redisStageCaches, type RedisStageCache } from '../../adapters/redis/stage-caches.ts'
import {
  attachStageCaches,
  type SharedStageCache,
} from '../../adapters/shared-memory/stage-caches.ts'
import type { Clock } from '../../ports/clock.ts'
import type { OperatorLog } from '../../ports/operator-log.ts'
import type { StageCaches } from '../../ports/stage-caches.ts'
import { openLazyRedis } from '../lazy-redis.ts'
import type { WorkerSettings } from '../workers/worker-messages.ts'

/** A stage's cache, as a thread is told of it. */
export type ThreadStageCache =
  | { readonly in: 'memory'; readonly shared: SharedStageCache }
  | { readonly in: 'redis'; readonly shared: RedisStageCache }

/** The caches that a worker reads and writes. */
export interface WorkerCaches extends StageCaches {
  attach(cache: ThreadStageCache): void
}

/** The caches of this process, or those of the store that gateways share. */
export function createWorkerCaches(
  settings: Pick<WorkerSettings, 'token' | 'redis' | 'stageClock' | 'sealKey'>,
  { stageClock: clock, log }: { readonly stageClock: Clock; readonly log: OperatorLog },
): WorkerCaches {
  const { token, redis, sealKey: key } = settings
  const local = attachStageCaches({ token, clock })
  // A connection of its own: what is kept may be long, and a throttle must not wait behind it.
  const shared =
    redis &&
    redisStageCaches({
      connection: openLazyRedis(redis),
      clock,
      isClockGiven: settings.stageClock !== undefined,
    })
  const told = new Set<string>()
  const sealed = sealStageCaches(shared ?? local, {
    key,
    onKeyless({ restApiId, stageName }) {
      if (told.has(`${restApiId}/${stageName}`)) return
      told.add(`${restApiId}/${stageName}`)
      const detail =
        'cacheDataEncrypted wants entries encrypted, which gateways that share a store need --cache-key-file for: nothing of such methods is kept'
      log.error('stage-cache-keeps-nothing', { restApiId, stageName, detail })
    },
  })
  return {
    ...sealed,
    attach(cache) {
      if (cache.in === 'memory') local.attach(cache.shared)
      else shared?.attach(cache.shared)
    },
  }
}
