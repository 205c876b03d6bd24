import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { VirtualClock } from '../../test/support/virtual-clock.ts'
import { createAlarms } from './alarms.ts'

function scene() {
  const clock = new VirtualClock()
  const alarms = createAlarms(clock)
  const rung: string[] = []
  const alarm = (name: string, dueMs: number) => ({
    dueMs,
    ring: () => void rung.push(`${name}@${clock.monotonicMs()}`),
  })
  return { clock, alarms, rung, alarm }
}

describe('createAlarms()', () => {
  test('rings each at its own time, an earlier one that was set later too', async () => {
    const { clock, alarms, rung, alarm } = scene()
    alarms.set(alarm('late', 100))
    alarms.set(alarm('early', 10))
    alarms.set(alarm('middle', 50))
    await clock.advance(200)
    assert.deepEqual(rung, ['early@10', 'middle@50', 'late@100'])
  })

  test('does not ring what was cancelled, by another that rings either', async () => {
    const { clock, alarms, rung, alarm } = scene()
    const [one, two] = [alarm('one', 10), alarm('two', 20)]
    alarms.set({ dueMs: 20, ring: () => alarms.cancel(two) })
    alarms.set(one)
    alarms.set(two)
    alarms.cancel(one)
    await clock.advance(100)
    assert.deepEqual(rung, [])
  })

  test('sleeps once for many alarms', async () => {
    const { clock, alarms, alarm } = scene()
    for (let i = 0; i < 100; i += 1) alarms.set(alarm('x', 100 + i))
    assert.equal(clock.sleepersCount, 1)
    alarms.clear()
    await clock.advance(0)
    assert.equal(clock.sleepersCount, 0)
  })

  test('rings what is set while it rings', async () => {
    const { clock, alarms, rung, alarm } = scene()
    alarms.set({ dueMs: 10, ring: () => alarms.set(alarm('next', 30)) })
    await clock.advance(100)
    assert.deepEqual(rung, ['next@30'])
  })
})
