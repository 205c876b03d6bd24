import { randomBytes } from 'node:crypto'
import { sealKeyBytes } from '../../adapters/node/sealed-stage-caches.ts'
import { redisStageCacheClusters } from '../../adapters/redis/stage-cache-clusters.ts'
import {
  createStageCacheClusters,
  type StageCacheState,
} from '../../adapters/shared-memory/stage-cache-clusters.ts'
import type { FeedChange } from '../../ports/deployment-feed.ts'
import type { OperatorLog } from '../../ports/operator-log.ts'
import type { StageCacheClusters, StageCachePlace } from '../../ports/stage-caches.ts'
import type { StageDeclaration } from '../../snapshot/stage-declaration.ts'
import { openLazyRedis } from '../lazy-redis.ts'
import { threadRedisOf, type ConfiguredRedis } from '../configuration/redis-settings.ts'
import type { ThreadStageCache } from './worker-caches.ts'

/** The caches of stages, as the owner of all threads has them. */
export interface GatewayCaches {
  readonly clusters: StageCacheClusters
  /** For the threads: what seals entries; undefined: nobody gave a key, and entries are shared. */
  readonly sealKey: Uint8Array | undefined
  /** What a change means for caches: resolves when it holds for every thread. Undefined: nothing. Never rejects. */
  declare(change: FeedChange): Promise<void> | undefined
  /** What a thread that starts must be told. */
  shared(): readonly ThreadStageCache[]
  /** A thread has ended, and runs no code any more. */
  threadEnded(token: number): void
  /** Of the caches in this process. */
  figures(): readonly StageCacheState[]
  close(): void
}

/** What the caches of a gateway are made with. */
export interface GatewayCachesParts {
  /** Bytes of all caches in this process together. */
  readonly bytesMax: number
  /** Undefined: caches are in this process. */
  readonly redis: ConfiguredRedis | undefined
  /** Of `--cache-key-file`. */
  readonly sealKey: Uint8Array | undefined
  readonly tell: (cache: ThreadStageCache) => void
  readonly log: OperatorLog
}

/** Makes the caches of a gateway: none until a stage is declared that has one. */
export function openGatewayCaches(parts: GatewayCachesParts): GatewayCaches {
  const backing = parts.redis === undefined ? inMemory(parts) : inRedis(parts, parts.redis)
  const declared = new Map<string, StageCachePlace>()

  function declareSize(
    place: StageCachePlace,
    bytesMax: number | undefined,
  ): Promise<void> | undefined {
    const key = `${place.restApiId}/${place.stageName}`
    if (bytesMax === undefined && !declared.delete(key)) return undefined
    if (bytesMax !== undefined) declared.set(key, place)
    return resize(place, bytesMax)
  }

  async function resize(place: StageCachePlace, bytesMax: number | undefined): Promise<void> {
    try {
      await backing.clusters.resize(place, bytesMax === undefined ? undefined : { bytesMax })
    } catch (error) {
      const { restApiId, stageName } = place
      const detail = `${String(error)}; requests go past the cache until it does`
      parts.log.error('stage-cache-not-changed', { restApiId, stageName, detail })
    }
  }

  return {
    ...backing,
    declare(change) {
      if (change.kind === 'stage') return declareSize(placeOf(change.stage), bytesOf(change.stage))
      if (change.kind === 'reset') {
        const places = [...declared.values()]
        declared.clear()
        return Promise.all(places.map((place) => resize(place, undefined))).then(() => {})
      }
      if (change.kind !== 'stage-removed') return undefined
      const place = declared.get(`${change.restApiId}/${change.stageName}`)
      return place && declareSize(place, undefined)
    },
  }
}

function placeOf({ account, region, restApiId, stageName }: StageDeclaration): StageCachePlace {
  return { account, region, restApiId, stageName }
}

/** AWS sells gigabytes of 1,024³ bytes. */
function bytesOf({ cacheClusterEnabled, cacheClusterSize }: StageDeclaration): number | undefined {
  return cacheClusterEnabled ? Math.floor(Number(cacheClusterSize ?? '0.5') * 1024 ** 3) : undefined
}

type Backing = Omit<GatewayCaches, 'declare'>

function inMemory({ bytesMax, tell, log }: GatewayCachesParts): Backing {
  const clusters = createStageCacheClusters({
    bytesMax,
    tell: (shared) => tell({ in: 'memory', shared }),
    onShortage({ restApiId, stageName }, shortage) {
      const detail =
        'stages declare larger caches than this server has memory for: they share what --cache-memory allows'
      log.warn('stage-cache-memory-short', { restApiId, stageName, ...shortage, detail })
    },
    onReclaimed({ restApiId, stageName }) {
      const detail = 'it had most of --cache-memory, and another stage begins to have a cache'
      log.info('stage-cache-emptied', { restApiId, stageName, detail })
    },
  })
  return {
    clusters,
    sealKey: randomBytes(sealKeyBytes),
    shared: () => clusters.shared().map((shared) => ({ in: 'memory', shared })),
    threadEnded: (token) => clusters.threadEnded(token),
    figures: () => clusters.figures(),
    close: () => {},
  }
}

/** How long a management call waits for the store at least, in milliseconds. */
const commandMsMin = 1_000

function inRedis({ sealKey, tell, log }: GatewayCachesParts, redis: ConfiguredRedis): Backing {
  const settings = threadRedisOf(redis)
  const commandMs = Math.max(settings.commandMs, commandMsMin)
  const connection = openLazyRedis({ ...settings, commandMs })
  const told = new Map<string, ThreadStageCache>()
  const clusters = redisStageCacheClusters({
    connection,
    tell(shared) {
      const cache: ThreadStageCache = { in: 'redis', shared }
      const key = `${shared.place.restApiId}/${shared.place.stageName}`
      if (shared.size === undefined) told.delete(key)
      else told.set(key, cache)
      tell(cache)
    },
    onDone: ({ restApiId, stageName }) => log.info('stage-cache-changed', { restApiId, stageName }),
  })
  return {
    clusters,
    sealKey,
    shared: () => [...told.values()],
    threadEnded: () => {},
    figures: () => [],
    close() {
      clusters.close()
      connection.close()
    },
  }
}
