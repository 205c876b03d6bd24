import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { DeadlineQueue, type Expiring } from './deadline-queue.ts'

function entry(onExpire: () => void): Expiring {
  return {
    deadlineMs: 0,
    previous: undefined,
    next: undefined,
    lane: undefined,
    expire: onExpire,
  }
}

/** How much later than asked each duration expired. */
function latenesses(queue: DeadlineQueue, durationsMs: readonly number[]): Promise<number[]> {
  return Promise.all(
    durationsMs.map(
      (durationMs) =>
        new Promise<number>((resolve) => {
          const startMs = performance.now()
          const onExpire = () => resolve(performance.now() - startMs - durationMs)
          queue.add(entry(onExpire), durationMs, startMs)
        }),
    ),
  )
}

describe('DeadlineQueue', () => {
  test('expires each entry after its duration, never before', async () => {
    const durations = [30, 5, 20, 20, 1, 30, 12.5, 20]
    const late = await held(latenesses(new DeadlineQueue(), durations))
    assert.ok(Math.min(...late) >= 0, late.join(' '))
    assert.ok(Math.max(...late) < 5000, late.join(' '))
  })

  test('does not expire an entry early when its lane was armed before', async () => {
    const queue = new DeadlineQueue()
    const first = entry(() => assert.fail('was removed'))
    queue.add(first, 20, performance.now())
    queue.remove(first)
    const busyUntilMs = performance.now() + 8
    while (performance.now() < busyUntilMs) continue
    const late = await held(latenesses(queue, [20, 20]))
    assert.ok(Math.min(...late) >= 0, late.join(' '))
  })

  test('expires what is left when entries are taken from anywhere', async () => {
    const queue = new DeadlineQueue()
    const expired: number[] = []
    const entries = Array.from({ length: 6 }, (_, i) => entry(() => void expired.push(i)))
    for (const one of entries) queue.add(one, 10, performance.now())
    for (const i of [0, 3, 5, 3]) queue.remove(entries[i]!)
    await held(latenesses(queue, [10]))
    assert.deepEqual(expired, [1, 2, 4])
    queue.remove(entries[1]!)
  })

  test('takes a duration of nothing as a millisecond', async () => {
    await held(latenesses(new DeadlineQueue(), [1]))
    let isExpired = false
    const queue = new DeadlineQueue()
    queue.add(
      entry(() => (isExpired = true)),
      -5,
      performance.now(),
    )
    await held(latenesses(queue, [3]))
    assert.ok(isExpired)
  })

  test('an entry may queue itself again when it expires', async () => {
    const queue = new DeadlineQueue()
    let times = 0
    await held(
      new Promise<void>((resolve) => {
        const again = entry(() => {
          times += 1
          if (times === 3) resolve()
          else queue.add(again, 2, performance.now())
        })
        queue.add(again, 2, performance.now())
      }),
    )
    assert.equal(times, 3)
  })
})

/** Keeps the process alive, as a socket would. */
async function held<T>(promise: Promise<T>): Promise<T> {
  const holder = setInterval(() => {}, 1000)
  try {
    return await promise
  } finally {
    clearInterval(holder)
  }
}
