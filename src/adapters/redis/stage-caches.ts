import { createHash } from 'node:crypto'
import type { Clock } from '../../ports/clock.ts'
import type {
  CacheEntry,
  CacheReading,
  StageCacheFailures,
  StageCachePlace,
  StageCaches,
  StageCacheSize,
} from '../../ports/stage-caches.ts'
import type { RedisConnection, RedisReply, RedisValue } from './connection.ts'
import { stageCacheScripts } from './stage-cache-scripts.ts'

/** What keeps caches in a store that gateways share. */
export interface RedisStageCachesParts {
  readonly connection: RedisConnection
  readonly clock: Pick<Clock, 'nowMs'>
  /** The clock is a test's: the store must not let go of anything by its own. */
  readonly isClockGiven?: boolean
  /** Before every key; default: `stagedoor:`. */
  readonly prefix?: string
}

/** The cache of a stage, as those who use it are told. */
export interface RedisStageCache {
  readonly place: StageCachePlace
  /** Undefined: it has none any more, or the store was not told of it yet; nothing is read or kept. */
  readonly size: StageCacheSize | undefined
}

/** The caches that a thread was told of. */
export interface AttachedRedisStageCaches extends StageCaches {
  attach(cache: RedisStageCache): void
  /** Resolves when all that was written has arrived, or not. */
  idle(): Promise<void>
}

const prefixDefault = 'stagedoor:'
/** The longest that an entry lives. */
const ttlMsMax = 3_600_000
/** When an entry ends by the stage clock, before its content. */
const endBytes = 8

/**
 * Caches in Redis or Valkey, each one for all gateways that share it.
 *
 * An entry is known by the SHA-256 of its key. The sum of what a stage keeps stays below its size, keys and an
 * allowance for the store's own memory included; what was not read or written for the longest time goes first.
 * An entry ends by the store's time and by the stage clock, whichever is earlier.
 *
 * How long a reading may take, and when the store is not asked at all, is the connection's to say.
 */
export function redisStageCaches(parts: RedisStageCachesParts): AttachedRedisStageCaches {
  const { connection, clock, isClockGiven = false } = parts
  const names = keyNames(parts.prefix)
  const scripts = stageCacheScripts()
  const sizes = new Map<string, StageCacheSize>()
  const writings = new Set<Promise<void>>()
  let unavailableCount = 0
  let droppedCount = 0

  async function write(
    place: StageCachePlace,
    key: string,
    { entry, bytesMax }: { readonly entry: CacheEntry; readonly bytesMax: number },
  ): Promise<void> {
    const content = Buffer.allocUnsafe(endBytes + entry.bytes.length)
    content.writeDoubleBE(clock.nowMs() + entry.ttlMs)
    content.set(entry.bytes, endBytes)
    const keptMs = isClockGiven ? ttlMsMax : Math.ceil(entry.ttlMs)
    const args = [entryName(key), String(entry.generation), keptMs, bytesMax, content, entry.order]
    const reply = await connection.evaluate(scripts.write, [names(place)], args)
    if (reply.outcome === 'failed' || reply.value === -1) droppedCount += 1
  }

  return {
    attach({ place, size }) {
      if (size === undefined) sizes.delete(names(place))
      else sizes.set(names(place), size)
    },
    async read(place, key): Promise<CacheReading> {
      const name = names(place)
      if (!sizes.has(name)) {
        unavailableCount += 1
        return { outcome: 'unavailable', detail: 'no such cache was declared in the store yet' }
      }
      const reply = await connection.evaluate(scripts.read, [name], [entryName(key)])
      const read = readingOf(reply, clock.nowMs())
      if (read.outcome === 'unavailable') unavailableCount += 1
      return read
    },
    write(place, key, entry) {
      const size = sizes.get(names(place))
      if (size === undefined || entry.ttlMs <= 0) return
      const writing = write(place, key, { entry, bytesMax: size.bytesMax })
      writings.add(writing)
      void writing.finally(() => writings.delete(writing))
    },
    figures: (): StageCacheFailures => ({ unavailableCount, droppedCount }),
    idle: async () => void (await Promise.all(writings)),
  }
}

function readingOf(reply: RedisReply, nowMs: number): CacheReading {
  if (reply.outcome === 'failed') return { outcome: 'unavailable', detail: reply.detail }
  const [generationText, content, place] = listOf(reply.value)
  const order = () => Number(place)
  const generation = Number(String(generationText))
  if (!Buffer.isBuffer(content) || content.length < endBytes)
    return { outcome: 'miss', generation, order }
  if (content.readDoubleBE() <= nowMs) return { outcome: 'miss', generation, order }
  return { outcome: 'hit', bytes: content.subarray(endBytes), generation, order }
}

function listOf(value: RedisValue): readonly RedisValue[] {
  return Array.isArray(value) ? value : []
}

function entryName(key: string): Buffer {
  return createHash('sha256').update(key, 'utf8').digest()
}

/** The key of a stage's generation, with which all its others begin: in one part of a store that has parts. */
export function keyNames(prefix = prefixDefault): (place: StageCachePlace) => string {
  return ({ account, region, restApiId, stageName }) =>
    `${prefix}{${account}/${region}/${restApiId}/${stageName}}:cache`
}
