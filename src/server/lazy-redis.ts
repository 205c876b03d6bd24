import type { RedisConnection, RedisReply } from '../adapters/redis/connection.ts'
import type { ThreadRedis } from './configuration/redis-settings.ts'

/**
 * A connection to the store that gateways share. Its client is loaded here and not before: a gateway without
 * such a store never loads it.
 */
export function openLazyRedis(settings: ThreadRedis): RedisConnection {
  let opened: RedisConnection | undefined
  let isClosed = false
  const opening = open(settings).then((connection) => {
    opened = connection
    if (isClosed) connection.close()
    return connection
  })
  const notLoaded = (error: unknown): RedisReply => ({ outcome: 'failed', detail: String(error) })
  opening.catch(notLoaded)
  return {
    command: (name, args) =>
      opened?.command(name, args) ??
      opening.then((connection) => connection.command(name, args), notLoaded),
    evaluate: (script, keys, args) =>
      opened?.evaluate(script, keys, args) ??
      opening.then((connection) => connection.evaluate(script, keys, args), notLoaded),
    figures: () => opened?.figures() ?? { isUp: false, failures: 0 },
    close() {
      isClosed = true
      opened?.close()
    },
  }
}

async function open(settings: ThreadRedis): Promise<RedisConnection> {
  const { openRedisConnection } = await import('../adapters/redis/connection.ts')
  return openRedisConnection(settings)
}
