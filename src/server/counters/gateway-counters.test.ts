import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { describe, test } from 'node:test'
import { recordingLog } from '../../../test/support/recording-sinks.ts'
import { MemoryStateStore } from '../../adapters/memory/state-store.ts'
import { systemClock } from '../../adapters/node/clock.ts'
import { Secret } from '../../base/secret.ts'
import { openGatewayCounters } from './gateway-counters.ts'

describe('start()', () => {
  test('says that a store which gateways share is not to be had', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    // A TCP server's address is never a text.
    const { port } = server.address() as AddressInfo
    server.close()
    await once(server, 'close')
    const log = recordingLog()
    const store = new MemoryStateStore()
    const redis = { url: new Secret(`redis://127.0.0.1:${port}/0`), commandMs: 100 }
    const counters = openGatewayCounters({ store, stageClock: systemClock, redis, log })
    await counters.start()
    await counters.close()
    assert.deepEqual(
      log.lines.map(({ event }) => event),
      ['redis-not-reached'],
    )
  })
})
