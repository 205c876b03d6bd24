import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { VirtualClock } from '../../../test/support/virtual-clock.ts'
import { createFedBody } from '../../base/fed-body.ts'
import { timedPieces } from './timed-pieces.ts'

function openScene(bounds: { idleMs?: number; wholeMs?: number } = {}) {
  const clock = new VirtualClock()
  const client = new AbortController()
  let drops = 0
  const fed = createFedBody({ taken: () => {}, dropped: () => (drops += 1) })
  const { idleMs = 1_000, wholeMs = 10_000 } = bounds
  const pieces = timedPieces(fed.body, { idleMs, wholeMs }, { clock, signal: client.signal })
  return { clock, client, fed, pieces, drops: () => drops }
}

const piece = Uint8Array.of(1)

describe('timedPieces()', () => {
  test('breaks off when its reader waits for too long', async () => {
    const { clock, fed, pieces, drops } = openScene()
    const waiting = assert.rejects(pieces.next(), /nothing came for too long/)
    await clock.advance(1_001)
    await waiting
    assert.equal(pieces.breach, 'idle')
    // Who feeds learns it with what comes next.
    fed.feed(piece)
    await clock.advance(0)
    assert.equal(drops(), 1)
  })

  test('waits for a reader that takes its time', async () => {
    const { clock, fed, pieces } = openScene()
    fed.feed(piece)
    await clock.advance(5_000)
    assert.deepEqual(await pieces.next(), { done: false, value: piece })
    assert.equal(pieces.breach, undefined)
  })

  test('counts from the last piece', async () => {
    const { clock, fed, pieces } = openScene()
    for (let n = 0; n < 5; n += 1) {
      const next = pieces.next()
      await clock.advance(900)
      fed.feed(piece)
      assert.equal((await next).done, false)
    }
  })

  test('breaks off when the whole takes too long, whatever comes', async () => {
    const { clock, fed, pieces } = openScene({ wholeMs: 2_000 })
    for (let n = 0; n < 3; n += 1) {
      const next = pieces.next()
      await clock.advance(600)
      fed.feed(piece)
      await next
    }
    const waiting = assert.rejects(pieces.next(), /too long as a whole/)
    await clock.advance(600)
    await waiting
    await assert.rejects(pieces.next(), /too long as a whole/)
    assert.equal(pieces.breach, 'whole')
  })

  test('breaks off when the client has gone', async () => {
    const { client, pieces } = openScene()
    const waiting = assert.rejects(pieces.next(), /the client is gone/)
    client.abort()
    await waiting
    assert.equal(pieces.breach, 'client-gone')
  })

  test('leaves nothing behind at its end, or when it is let go', async () => {
    for (const leave of ['end', 'return'] as const) {
      const { clock, fed, pieces, client } = openScene()
      if (leave === 'end') {
        fed.end()
        assert.equal((await pieces.next()).done, true)
      } else await pieces.return()
      await clock.advance(0)
      assert.equal(clock.sleepersCount, 0)
      client.abort()
      assert.equal(pieces.breach, undefined)
    }
  })
})
