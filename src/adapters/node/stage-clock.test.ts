import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as timeout } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { clockContract } from '../../../test/contracts/clock.ts'
import { controlStageClock, createStageClockMemory, openStageClock } from './stage-clock.ts'

const passTime = (ms: number) => timeout(ms)

clockContract('openStageClock()', () => ({ clock: openStageClock(undefined), pass: passTime }))
clockContract('openStageClock() of a memory', () => ({
  clock: openStageClock(createStageClockMemory()),
  pass: passTime,
}))
clockContract('openStageClock() of a memory that is frozen', () => {
  const memory = createStageClockMemory()
  const control = controlStageClock(memory)
  control.setFrozen(true)
  return { clock: openStageClock(memory), pass: async (ms) => control.advance(ms) }
})

function frozenClock() {
  const memory = createStageClockMemory()
  const control = controlStageClock(memory)
  control.setFrozen(true)
  return { memory, control, clock: openStageClock(memory) }
}

describe('controlStageClock()', () => {
  test('moves both times by as much, and lets none pass while it is frozen', async () => {
    const { control, clock } = frozenClock()
    const [nowMs, monotonicMs] = [clock.nowMs(), clock.monotonicMs()]
    await timeout(3)
    assert.deepEqual([clock.nowMs(), clock.monotonicMs()], [nowMs, monotonicMs])
    control.advance(86_400_000)
    assert.equal(clock.nowMs(), nowMs + 86_400_000)
    assert.equal(clock.monotonicMs(), monotonicMs + 86_400_000)
    control.advance(0.25)
    assert.equal(clock.monotonicMs(), monotonicMs + 86_400_000.25)
    assert.equal(control.isFrozen(), true)
  })

  test('goes on from where it stood', async () => {
    const { control, clock } = frozenClock()
    control.advance(1000)
    const stoodMs = clock.monotonicMs()
    await timeout(3)
    control.setFrozen(false)
    assert.equal(control.isFrozen(), false)
    await timeout(2)
    const nowMs = clock.monotonicMs()
    assert.ok(nowMs > stoodMs, `${nowMs} is not after ${stoodMs}`)
    control.advance(5000)
    assert.ok(clock.monotonicMs() >= nowMs + 5000)
    assert.equal(control.isFrozen(), false)
  })

  test('wakes who sleeps over a move', async () => {
    const { control, clock } = frozenClock()
    const sleeping = clock.sleep(3_600_000)
    control.advance(3_600_000)
    await sleeping
  })

  test('is one time for all threads, from the moment on at which it is moved', async () => {
    const { memory, control, clock } = frozenClock()
    const source = `
      const { parentPort, workerData } = require('node:worker_threads')
      import(workerData.url).then(({ openStageClock }) => {
        const clock = openStageClock(workerData.memory)
        parentPort.on('message', () => parentPort.postMessage([clock.nowMs(), clock.monotonicMs()]))
        parentPort.postMessage('ready')
      })`
    const url = new URL('./stage-clock.ts', import.meta.url).href
    const worker = new Worker(source, { eval: true, workerData: { url, memory } })
    const next = () => new Promise((resolve) => worker.once('message', resolve))
    await next()
    for (const durationMs of [0, 1, 31 * 86_400_000]) {
      control.advance(durationMs)
      const answer = next()
      worker.postMessage('read')
      assert.deepEqual(await answer, [clock.nowMs(), clock.monotonicMs()])
    }
    await worker.terminate()
  })
})

describe('openStageClock()', () => {
  test('counts from one moment in all threads', async () => {
    const source = `
      const { parentPort, workerData } = require('node:worker_threads')
      import(workerData).then(({ openStageClock }) =>
        parentPort.postMessage(openStageClock(undefined).monotonicMs()))`
    const clock = openStageClock(undefined)
    const beforeMs = clock.monotonicMs()
    const url = new URL('./stage-clock.ts', import.meta.url).href
    const worker = new Worker(source, { eval: true, workerData: url })
    const insideMs = await new Promise<number>((resolve) => worker.once('message', resolve))
    assert.ok(beforeMs <= insideMs && insideMs <= clock.monotonicMs())
    await worker.terminate()
  })
})
