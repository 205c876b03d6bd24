import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { emptyBody } from '../../base/body.ts'
import type { UpstreamOutcome, UpstreamRequest } from '../../ports/upstream.ts'
import { ConnectionPool, type OriginConnection, type PoolLimits } from './connection-pool.ts'
import { DeadlineQueue } from './deadline-queue.ts'
import { Exchange } from './exchange.ts'
import { Ripener } from './ripener.ts'
import { defaultUpstreamLimits } from './upstream-options.ts'

const origin = { protocol: 'http:', hostname: 'a.test', port: 80 } as const

const request: UpstreamRequest = {
  origin,
  method: 'GET',
  target: '/',
  headers: ['Host', 'a.test'],
  body: emptyBody,
  timeoutMs: 60_000,
}

/** A connection that does nothing but remember. */
class FakeConnection implements OriginConnection {
  readonly carried: Exchange[] = []
  readonly pool: ConnectionPool
  idleUntilMs = 0
  contentWaitingSinceMs: number | undefined = undefined
  contentIdleMs: number | undefined = undefined
  destroyedBecause: string | undefined

  constructor(pool: ConnectionPool) {
    this.pool = pool
  }

  get isDestroyed(): boolean {
    return this.destroyedBecause !== undefined
  }

  send(exchange: Exchange): void {
    this.carried.push(exchange)
  }

  destroy(detail: string): void {
    if (this.isDestroyed) return
    this.destroyedBecause = detail
    this.pool.onGone(this, undefined)
  }
}

function setting(limits: Partial<PoolLimits> = {}) {
  const connections: FakeConnection[] = []
  const deadlines = new DeadlineQueue()
  const pool: ConnectionPool = new ConnectionPool({
    destination: {
      origin,
      address: origin,
      insecureSkipVerification: false,
      clientCertificate: undefined,
    },
    dial: () => {
      const connection = new FakeConnection(pool)
      connections.push(connection)
      return connection
    },
    limits: { ...defaultUpstreamLimits, ...limits },
    ripener: new Ripener(),
  })
  const submit = (nowMs = performance.now()) => {
    const outcomes: UpstreamOutcome[] = []
    const exchange = new Exchange({
      request,
      written: { head: '', framing: 'none' },
      deadlines,
      resolve: (outcome) => outcomes.push(outcome),
      onOver: () => {},
    })
    pool.submit(exchange, nowMs)
    return { exchange, outcomes }
  }
  return { pool, connections, submit }
}

/** Long enough for a free connection to become reusable. */
async function ripen(): Promise<void> {
  for (let i = 0; i < 3; i += 1) await new Promise((resolve) => setImmediate(resolve))
}

describe('ConnectionPool', () => {
  test('takes the connection that became free last', async () => {
    const { pool, connections, submit } = setting()
    for (let i = 0; i < 3; i += 1) submit()
    for (const i of [1, 0, 2]) pool.onFree(connections[i]!, undefined)
    await ripen()
    submit()
    assert.deepEqual(
      connections.map(({ carried }) => carried.length),
      [1, 1, 2],
    )
  })

  test('does not hand on a connection in the turn in which it became free', () => {
    const { pool, connections, submit } = setting()
    submit()
    pool.onFree(connections[0]!, undefined)
    submit()
    assert.equal(connections.length, 2)
  })

  test('closes connections that lay idle for too long, at a sweep or when it meets them', async () => {
    for (const how of ['sweep', 'submit'] as const) {
      const { pool, connections, submit } = setting({ idleMs: 4000 })
      submit()
      pool.onFree(connections[0]!, undefined)
      await ripen()
      const nowMs = performance.now()
      pool.sweep(nowMs + 3000)
      assert.ok(!connections[0]!.isDestroyed)
      if (how === 'sweep') pool.sweep(nowMs + 4001)
      else submit(nowMs + 4001)
      assert.ok(connections[0]!.isDestroyed)
      assert.equal(connections.length, how === 'sweep' ? 1 : 2)
      assert.equal(pool.isEmpty, how === 'sweep')
    }
  })

  test('keeps a connection for as long as the server says, less a second, within its own bound', async () => {
    const { pool, connections, submit } = setting({ idleMsMax: 60_000 })
    for (const [i, [seconds, keptMs]] of [
      [1, 0],
      [5, 4000],
      [3600, 60_000],
    ].entries()) {
      submit()
      pool.onFree(connections[i]!, seconds)
      if (keptMs === 0) assert.ok(connections[i]!.isDestroyed)
      else assert.ok(Math.abs(connections[i]!.idleUntilMs - performance.now() - keptMs!) < 1000)
    }
  })

  test('serves those who wait in their order, from free and from closed connections', async () => {
    const { pool, connections, submit } = setting({ connectionsPerOriginMax: 1 })
    const [first, second, third, fourth] = [submit(), submit(), submit(), submit()]
    assert.equal(connections.length, 1)
    pool.abandon(third.exchange)
    pool.onFree(connections[0]!, undefined)
    await ripen()
    assert.deepEqual(connections[0]!.carried, [first.exchange, second.exchange])
    connections[0]!.destroy('reset')
    assert.deepEqual(connections[1]!.carried, [fourth.exchange])
  })

  test('sends a retry on a fresh connection before those who wait', () => {
    const { pool, connections, submit } = setting({ connectionsPerOriginMax: 1 })
    const { exchange } = submit()
    submit()
    pool.onGone(connections[0]!, exchange)
    assert.deepEqual(connections[1]!.carried, [exchange])
    assert.equal(connections.length, 2)
  })

  test('gives a connection that nobody waits for any more to the next exchange', () => {
    const { pool, connections, submit } = setting()
    submit()
    pool.onUnclaimed(connections[0]!)
    assert.ok(pool.isIdle)
    const { exchange } = submit()
    assert.equal(connections.length, 1)
    assert.equal(connections[0]!.carried[1], exchange)
  })

  test('gives it to one who waits already, or gives it up after a while', () => {
    const limits = { connectionsPerOriginMax: 1, unclaimedMsMax: 5000 }
    const { pool, connections, submit } = setting(limits)
    submit()
    const { exchange } = submit()
    pool.onUnclaimed(connections[0]!)
    assert.equal(connections[0]!.carried[1], exchange)
    pool.onUnclaimed(connections[0]!)
    pool.sweep(performance.now() + 4000)
    assert.ok(!connections[0]!.isDestroyed)
    pool.sweep(performance.now() + 5001)
    assert.ok(connections[0]!.isDestroyed)
    assert.ok(pool.isEmpty)
  })

  test('breaks a response of which nothing came for too long', () => {
    const { pool, connections, submit } = setting({ contentIdleMsMax: 5000 })
    submit()
    const connection = connections[0]!
    pool.sweep(1_000_000)
    connection.contentWaitingSinceMs = 1_000_000
    pool.sweep(1_004_999)
    assert.ok(!connection.isDestroyed)
    pool.sweep(1_005_000)
    assert.equal(connection.destroyedBecause, 'no content for 5000 ms')
  })

  for (const [contentIdleMs, waitedMs] of [
    [50, 50],
    [9000, 5000],
  ] as const) {
    test(`breaks a response that may pause for ${contentIdleMs} ms after ${waitedMs}`, () => {
      const { pool, connections, submit } = setting({ contentIdleMsMax: 5000 })
      submit()
      const connection = connections[0]!
      connection.contentIdleMs = contentIdleMs
      connection.contentWaitingSinceMs = 1_000_000
      pool.sweep(1_000_000 + waitedMs - 1)
      assert.ok(!connection.isDestroyed)
      pool.sweep(1_000_000 + waitedMs)
      assert.equal(connection.destroyedBecause, `no content for ${waitedMs} ms`)
    })
  }

  test('keeps nothing after close()', async () => {
    const { pool, connections, submit } = setting()
    for (let i = 0; i < 3; i += 1) submit()
    pool.onFree(connections[0]!, undefined)
    await ripen()
    pool.onFree(connections[1]!, undefined)
    pool.close()
    assert.ok(connections[0]!.isDestroyed)
    await ripen()
    assert.ok(connections[1]!.isDestroyed)
    assert.ok(!connections[2]!.isDestroyed)
    pool.onFree(connections[2]!, undefined)
    assert.ok(pool.isEmpty)
  })
})
