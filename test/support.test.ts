import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { clockContract } from './contracts/clock.ts'
import { randomContract } from './contracts/random.ts'
import { seededRandom } from './support/seeded-random.ts'
import { VirtualClock } from './support/virtual-clock.ts'

clockContract('VirtualClock', () => {
  const clock = new VirtualClock()
  return { clock, pass: (ms) => clock.advance(ms) }
})

randomContract('seededRandom()', () => seededRandom(1))

describe('VirtualClock', () => {
  test('advance() wakes sleepers in order, each at its own time', async () => {
    const clock = new VirtualClock()
    const woken: string[] = []
    const sleeper = async (name: string, delayMs: number): Promise<void> => {
      await clock.sleep(delayMs)
      woken.push(`${name}@${clock.monotonicMs()}`)
    }
    const sleeping = [sleeper('c', 30), sleeper('a', 10), sleeper('b', 20)]
    await clock.advance(25)
    assert.deepEqual(woken, ['a@10', 'b@20'])
    assert.equal(clock.sleepersCount, 1)
    await clock.advance(5)
    await Promise.all(sleeping)
    assert.deepEqual(woken, ['a@10', 'b@20', 'c@30'])
  })

  test('advance() wakes again who sleeps again within the time', async () => {
    const clock = new VirtualClock()
    let ticks = 0
    const aborter = new AbortController()
    const ticking = (async () => {
      while (!aborter.signal.aborted) {
        await clock.sleep(1_000, aborter.signal)
        ticks += 1
      }
    })()
    await clock.advance(60_000)
    assert.equal(ticks, 60)
    aborter.abort()
    await ticking
    assert.equal(clock.sleepersCount, 0)
  })
})

test('seededRandom() repeats with its seed and differs with another', () => {
  const said = (seed: number) => {
    const random = seededRandom(seed)
    return [random.uuid(), random.identifier(10), random.fraction(), random.integer(1_000)]
  }
  assert.deepEqual(said(7), said(7))
  assert.notDeepEqual(said(7), said(8))
})
