import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Clock } from '../../src/ports/clock.ts'

export interface ClockUnderTest {
  readonly clock: Clock
  /** Lets a few milliseconds pass. */
  readonly pass: (durationMs: number) => Promise<void>
}

/** Every sentence of the `Clock` port, as tests. */
export function clockContract(name: string, open: () => ClockUnderTest): void {
  describe(name, () => {
    test('nowMs() is whole milliseconds since 1970, in this age', () => {
      const nowMs = open().clock.nowMs()
      assert.ok(Number.isInteger(nowMs))
      assert.ok(nowMs > Date.UTC(2020, 0, 1) && nowMs < Date.UTC(2200, 0, 1))
    })

    test('monotonicMs() grows with time and never goes back', async () => {
      const { clock, pass } = open()
      const startMs = clock.monotonicMs()
      await pass(3)
      let lastMs = clock.monotonicMs()
      assert.ok(lastMs - startMs >= 2)
      for (let i = 0; i < 1_000; i += 1) {
        const nextMs = clock.monotonicMs()
        assert.ok(nextMs >= lastMs)
        lastMs = nextMs
      }
    })

    test('sleep() resolves after the delay and not before', async () => {
      const { clock, pass } = open()
      const startMs = clock.monotonicMs()
      let sleptMs: number | undefined
      const sleeping = clock.sleep(4).then(() => {
        sleptMs = clock.monotonicMs() - startMs
        return undefined
      })
      await Promise.resolve()
      assert.equal(sleptMs, undefined)
      await pass(4)
      await sleeping
      assert.ok(sleptMs !== undefined && sleptMs >= 4)
    })

    test('sleep() of nothing or less resolves at once', async () => {
      const { clock } = open()
      await clock.sleep(0)
      await clock.sleep(-1)
    })

    test('sleep() resolves at once when its signal aborts, or had aborted', async () => {
      const { clock } = open()
      const aborter = new AbortController()
      const sleeping = clock.sleep(2 ** 40, aborter.signal)
      aborter.abort(new Error('enough'))
      await sleeping
      await clock.sleep(2 ** 40, aborter.signal)
    })

    test('sleep() is not over early when the delay is longer than a timer can be', async () => {
      const { clock, pass } = open()
      const aborter = new AbortController()
      let isOver = false
      const sleeping = clock.sleep(2 ** 31 + 1, aborter.signal).then(() => {
        isOver = true
        return undefined
      })
      await pass(5)
      assert.equal(isOver, false)
      aborter.abort()
      await sleeping
    })
  })
}
