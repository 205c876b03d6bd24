import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { get, startFront, type Respond } from '../../../test/support/front-bench.ts'
import { streamBody, textBody } from '../../base/body.ts'

describe('an HTTP front', () => {
  for (const [kind, isStreamed] of [
    ['streamed', true],
    ['in memory', false],
  ] as const) {
    test(`cuts off a client that takes nothing of an answer ${kind}, and stops its source`, async (t) => {
      const stopped = Promise.withResolvers<void>()
      const endless = async function* () {
        try {
          for (;;) yield Buffer.alloc(65_536)
        } finally {
          stopped.resolve()
        }
      }
      const respond: Respond = async () => {
        if (isStreamed) return { status: 200, headers: [], body: streamBody(endless(), undefined) }
        stopped.resolve()
        return { status: 200, headers: [], body: textBody('x'.repeat(20_000_000)) }
      }
      const bench = await startFront(t, { respond, bounds: { answerStallTimeoutMs: 100 } })
      const client = await bench.open()
      client.socket.pause()
      client.send(get('/').repeat(3))
      await stopped.promise
      while (bench.signals.openCount() > 0) await new Promise((resolve) => setImmediate(resolve))
      assert.equal(bench.signals.inFlightCount(), 0)
      assert.deepEqual(bench.bugs, [])
    })
  }

  test('never cuts off a client that reads slowly, nor one that waits', async (t) => {
    const answerStallTimeoutMs = 200
    const bytesPerMs = 20_000
    const held = Promise.withResolvers<void>()
    const long = 'x'.repeat(16_000_000)
    const respond: Respond = async (_, path) => {
      if (path === '/wait') await held.promise
      return { status: 200, headers: [], body: textBody(path === '/wait' ? 'hello' : long) }
    }
    const bench = await startFront(t, { respond, bounds: { answerStallTimeoutMs } })
    const [slow, waiting] = [await bench.open(), await bench.open()]
    waiting.send(get('/wait'))
    slow.socket.removeAllListeners('data')
    const startMs = performance.now()
    let length = 0
    slow.socket.on('data', (text: string) => {
      length += text.length
      const aheadMs = length / bytesPerMs - (performance.now() - startMs)
      if (aheadMs < 1) return
      slow.socket.pause()
      setTimeout(() => slow.socket.resume(), aheadMs)
    })
    slow.send(get('/', 'Connection: close'))
    await slow.untilClosed()
    assert.ok(performance.now() - startMs > 3 * answerStallTimeoutMs)
    assert.ok(length > long.length, `${length} bytes`)
    held.resolve()
    await waiting.until((text) => text.endsWith('hello'))
  })
})
