import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test } from 'node:test'
import { redisProgram, startRedisServer } from '../../../test/support/redis-server.ts'
import { openRedisConnection, type RedisConnection, type RedisReply } from './connection.ts'

const skip = redisProgram === undefined && 'redis-server is not here'

/** Long for a slow machine; what is asked to be late is late for good. */
const patient = { commandMs: 10_000 }

describe('openRedisConnection()', { skip }, () => {
  test('answers commands, bytes as they are', async (t) => {
    const server = await startRedisServer()
    const connection = openRedisConnection({ url: server.url, ...patient })
    t.after(() => connection.close())
    t.after(() => server.stop())
    const bytes = Buffer.from([0, 255, 10, 13])
    assert.deepEqual(textOf(await connection.command('SET', ['key', bytes])), 'OK')
    assert.deepEqual(await connection.command('GET', ['key']), { outcome: 'replied', value: bytes })
    assert.deepEqual(await connection.command('GET', ['none']), { outcome: 'replied', value: null })
    assert.deepEqual(connection.figures(), { isUp: true, failures: 0 })
  })

  test('runs a script that the store does not know yet, and again when it has forgotten it', async (t) => {
    const server = await startRedisServer()
    const connection = openRedisConnection({ url: server.url, ...patient })
    t.after(() => connection.close())
    t.after(() => server.stop())
    const source = "return redis.call('INCRBY', KEYS[1], ARGV[1])"
    const script = { source, sha1: createHash('sha1').update(source).digest('hex') }
    for (const expected of [2, 4]) {
      const reply = await connection.evaluate(script, ['count'], [2])
      assert.deepEqual(reply, { outcome: 'replied', value: expected })
    }
    await connection.command('SCRIPT', ['FLUSH'])
    assert.deepEqual(await connection.evaluate(script, ['count'], [2]), {
      outcome: 'replied',
      value: 6,
    })
    assert.equal(connection.figures().failures, 0)
  })

  test('fails at once while there is no store, and recovers by itself', async (t) => {
    const server = await startRedisServer()
    const connection = openRedisConnection({ url: server.url, ...patient })
    t.after(() => connection.close())
    t.after(() => server.stop())
    await connection.command('PING', [])
    await server.stop()
    const lost = await connection.command('PING', [])
    assert.equal(lost.outcome, 'failed')
    await untilUp(connection, false)
    assert.ok(connection.figures().failures > 0)
    await server.start()
    await untilUp(connection)
    assert.equal(textOf(await connection.command('PING', [])), 'PONG')
  })

  test('sends nothing to a store that does not answer, until it does', async (t) => {
    const server = await startRedisServer()
    const connection = openRedisConnection({ url: server.url, commandMs: 200 })
    t.after(() => connection.close())
    t.after(() => server.stop())
    await untilUp(connection)
    server.pause()
    const late = await connection.command('INCR', ['count'])
    assert.equal(late.outcome, 'failed')
    assert.deepEqual(await connection.command('INCR', ['count']), {
      outcome: 'failed',
      detail: 'not connected: the store is late',
    })
    server.resume()
    await untilUp(connection)
    const count = textOf(await connection.command('GET', ['count']))
    assert.ok(count === '1' || count === '')
  })

  test('says what is refused, and goes on', async (t) => {
    const server = await startRedisServer()
    const connection = openRedisConnection({ url: server.url, ...patient })
    t.after(() => connection.close())
    t.after(() => server.stop())
    const refused = await connection.command('GET', ['one', 'two'])
    assert.match(refused.outcome === 'failed' ? refused.detail : '', /wrong number of arguments/)
    assert.equal(textOf(await connection.command('PING', [])), 'PONG')
    assert.deepEqual(connection.figures(), { isUp: true, failures: 1 })
  })

  test('refuses more than may wait', async (t) => {
    const server = await startRedisServer()
    const connection = openRedisConnection({ url: server.url, ...patient, commandsMax: 2 })
    t.after(() => connection.close())
    t.after(() => server.stop())
    await connection.command('PING', [])
    const replies = await Promise.all([1, 2, 3].map(() => connection.command('PING', [])))
    assert.deepEqual(
      replies.map(({ outcome }) => outcome),
      ['replied', 'replied', 'failed'],
    )
  })
})

describe('openRedisConnection() where there never was a store', () => {
  test('fails within its bound', async (t) => {
    // Port 1 of loopback: nothing listens there.
    const connection = openRedisConnection({ url: 'redis://127.0.0.1:1', ...patient })
    t.after(() => connection.close())
    const reply = await connection.command('PING', [])
    assert.match(reply.outcome === 'failed' ? reply.detail : '', /^not connected: /)
    assert.equal(connection.figures().isUp, false)
  })
})

async function untilUp(connection: RedisConnection, isUp = true): Promise<void> {
  const patience = AbortSignal.timeout(30_000)
  while (connection.figures().isUp !== isUp) {
    patience.throwIfAborted()
    await new Promise((resolve) => setImmediate(resolve))
  }
}

function textOf(reply: RedisReply): string {
  return reply.outcome === 'replied' && Buffer.isBuffer(reply.value) ? reply.value.toString() : ''
}
