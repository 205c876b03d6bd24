import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { redisProgram, startRedisServer } from '../../test/support/redis-server.ts'
import { openLazyRedis } from './lazy-redis.ts'

const source = dirname(dirname(fileURLToPath(import.meta.url)))
const skip = redisProgram === undefined && 'redis-server is not here'

describe('openLazyRedis()', () => {
  test('answers what was asked before the client was loaded', { skip }, async (t) => {
    const server = await startRedisServer()
    t.after(() => server.stop())
    const connection = openLazyRedis({ url: server.url, commandMs: 30_000 })
    t.after(() => connection.close())
    assert.deepEqual(connection.figures(), { isUp: false, failures: 0 })
    const replies = await Promise.all([
      connection.command('INCR', ['count']),
      connection.command('INCR', ['count']),
    ])
    assert.deepEqual(replies, [
      { outcome: 'replied', value: 1 },
      { outcome: 'replied', value: 2 },
    ])
    assert.equal(connection.figures().isUp, true)
  })

  test('fails what is asked where there is no store', async (t) => {
    const connection = openLazyRedis({ url: 'redis://127.0.0.1:1', commandMs: 30_000 })
    t.after(() => connection.close())
    assert.equal((await connection.command('PING', [])).outcome, 'failed')
  })

  test('is all that loads the client', () => {
    const loads = globSync('**/*.ts', { cwd: source }).filter((path) => {
      if (path.endsWith('.test.ts')) return false
      const text = readFileSync(join(source, path), 'utf8')
      return /^import (?!type).*(?:'ioredis'|redis\/connection\.ts')|import\('ioredis'/m.test(text)
    })
    assert.deepEqual(
      loads.map((path) => path.replaceAll('\\', '/')),
      ['adapters/redis/connection.ts'],
    )
  })
})
