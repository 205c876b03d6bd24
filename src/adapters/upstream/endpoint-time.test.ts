import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { EndpointTime } from './endpoint-time.ts'

/** Gives no piece, ever. */
const stalled: AsyncIterable<Uint8Array> = {
  [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }),
}

async function* once(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('piece')
}

describe('EndpointTime', () => {
  test('counts from the beginning while nobody else is waited for', () => {
    const time = new EndpointTime(1000)
    assert.equal(time.usedMs(1250), 250)
    assert.equal(time.isRunning, true)
  })

  test('stands still while the next piece of the request is waited for', () => {
    const time = new EndpointTime(performance.now())
    void time.paced(stalled)[Symbol.asyncIterator]().next()
    const usedMs = time.usedMs(performance.now())
    assert.equal(time.isRunning, false)
    const laterMs = time.usedMs(performance.now() + 10_000)
    assert.ok(Math.abs(laterMs - usedMs) < 0.001, `${usedMs} and ${laterMs} ms`)
  })

  test('goes on when the piece has come', async () => {
    const time = new EndpointTime(performance.now())
    const pieces: string[] = []
    for await (const piece of time.paced(once())) pieces.push(Buffer.from(piece).toString())
    assert.deepEqual(pieces, ['piece'])
    assert.equal(time.isRunning, true)
    const nowMs = performance.now()
    assert.ok(Math.abs(time.usedMs(nowMs + 500) - time.usedMs(nowMs) - 500) < 0.001)
  })

  test('calls a client late that sends nothing for 30 seconds', () => {
    const time = new EndpointTime(performance.now())
    void time.paced(stalled)[Symbol.asyncIterator]().next()
    assert.equal(time.clientIsLate(performance.now() + 1000), false)
    assert.equal(time.clientIsLate(performance.now() + 30_001), true)
  })

  test('counts behind the head what a reader of content waits', () => {
    const time = new EndpointTime(1000)
    const content = { waitingSinceMs: undefined as number | undefined, waitedMs: () => 40 }
    time.beginContent(1100, content)
    assert.equal(time.usedMs(9000), 140)
    assert.equal(time.isRunning, false)
    content.waitingSinceMs = 9000
    assert.equal(time.isRunning, true)
  })
})
