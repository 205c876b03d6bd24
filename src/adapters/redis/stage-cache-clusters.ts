import { setTimeout as pause } from 'node:timers/promises'
import type {
  StageCacheClusters,
  StageCachePlace,
  StageCacheSize,
} from '../../ports/stage-caches.ts'
import { StateStoreError } from '../../ports/state-store.ts'
import type { RedisConnection, RedisReply, RedisValue } from './connection.ts'
import { stageCacheScripts, type StageCacheScripts } from './stage-cache-scripts.ts'
import { keyNames, type RedisStageCache } from './stage-caches.ts'

/** Who declares caches in a store. */
export interface RedisStageCacheOwner {
  readonly connection: RedisConnection
  readonly prefix?: string
  /** Tells every thread, before `resize` resolves or rejects. */
  readonly tell: (cache: RedisStageCache) => void
  /** The store was told of a change at last that it had not taken. */
  readonly onDone?: (place: StageCachePlace) => void
}

/** Caches in a store as one of the gateways that share it declares them. */
export interface RedisStageCacheClusters extends StageCacheClusters {
  /** Nothing is tried again from now on. */
  close(): void
}

/** A change that the store is to be told of. */
interface Change {
  readonly place: StageCachePlace
  readonly size: StageCacheSize | undefined
  /** What the store knows may be of this size, and be older than a change that it never heard of. */
  readonly isAnew: boolean
}

/** Between attempts to tell the store, in milliseconds; longer each time. */
const pauseMsMin = 100
const pauseMsMax = 5_000

/**
 * Declares caches in the store and flushes them, for all gateways that share it. A cache of the same size that
 * is there already is taken over with all that is in it.
 *
 * A store that does not answer is told of a change again and again until it has taken it, or there is a newer
 * one of the stage. Until then threads of this gateway read nothing of the cache and keep nothing in it.
 *
 * @throws {StateStoreError} when the store does not answer: a flush is not done, a resize is tried again.
 */
export function redisStageCacheClusters(owner: RedisStageCacheOwner): RedisStageCacheClusters {
  const { connection } = owner
  const names = keyNames(owner.prefix)
  const scripts = stageCacheScripts()
  /** What the store has not taken, by its key. */
  const undone = new Map<string, Change>()
  const closed = new AbortController()
  let isTrying = false
  /** One after another: the store ends with the last. */
  let asked: Promise<unknown> = Promise.resolve()

  function declare(name: string, change: Change): Promise<RedisReply | 'newer'> {
    const { size, isAnew } = change
    const replied = asked.then(async () => {
      if (undone.get(name) !== change) return 'newer'
      const args = [size === undefined ? '' : String(size.bytesMax), isAnew ? '1' : '']
      const reply = await connection.evaluate(scripts.resize, [name], args)
      if (undone.get(name) !== change) return 'newer'
      if (reply.outcome === 'replied') undone.delete(name)
      return reply
    })
    asked = replied
    return replied
  }

  async function tryAgain(): Promise<void> {
    if (isTrying) return
    isTrying = true
    let pauseMs = pauseMsMin
    while (undone.size > 0 && !closed.signal.aborted) {
      await pause(pauseMs, undefined, { ref: false, signal: closed.signal }).catch(() => {})
      pauseMs = Math.min(2 * pauseMs, pauseMsMax)
      for (const [name, change] of undone) {
        if (closed.signal.aborted) break
        const reply = await declare(name, change)
        if (reply === 'newer') continue
        if (reply.outcome === 'failed') break
        owner.tell({ place: change.place, size: change.size })
        owner.onDone?.(change.place)
        await sweep(connection, scripts, { name, before: reply.value })
      }
    }
    isTrying = false
  }

  return {
    async resize(place, size) {
      const name = names(place)
      const before = undone.get(name)
      const isAnew = before !== undefined && (before.isAnew || !isSame(before.size, size))
      const change = { place, size, isAnew }
      undone.set(name, change)
      // What was kept is not read by anybody before the store has taken the change.
      if (before !== undefined) owner.tell({ place, size: undefined })
      const reply = await declare(name, change)
      if (reply === 'newer') return
      if (reply.outcome === 'failed') {
        owner.tell({ place, size: undefined })
        void tryAgain()
      } else owner.tell({ place, size })
      await sweep(connection, scripts, { name, before: valueOf(reply) })
    },
    async flush(place) {
      const name = names(place)
      const before = valueOf(await connection.evaluate(scripts.flush, [name], []))
      await sweep(connection, scripts, { name, before })
    },
    close: () => closed.abort(),
  }
}

function isSame(one: StageCacheSize | undefined, other: StageCacheSize | undefined): boolean {
  return one?.bytesMax === other?.bytesMax
}

/** Lets go of a generation that nobody sees any more; what is left when the store fails ends by itself. */
async function sweep(
  connection: RedisConnection,
  scripts: StageCacheScripts,
  { name, before }: { readonly name: string; readonly before: RedisValue },
): Promise<void> {
  if (before === null) return
  for (;;) {
    const reply = await connection.evaluate(scripts.sweep, [name], [String(before)])
    if (reply.outcome === 'failed' || reply.value === 0) return
  }
}

function valueOf(reply: RedisReply): RedisValue {
  if (reply.outcome === 'replied') return reply.value
  throw new StateStoreError(`the store of the caches does not answer: ${reply.detail}`)
}
