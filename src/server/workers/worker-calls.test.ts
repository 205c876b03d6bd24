import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { MethodTest } from '../../ports/method-tester.ts'
import { createWorkerCalls } from './worker-calls.ts'
import type { OwnerMessage } from './worker-messages.ts'
import type { WorkerPool } from './worker-pool.ts'
import type { Gone, WorkerThread } from './worker-thread.ts'

/** As much of a thread as a call looks at. */
function threadOf(load: number) {
  const gone = Promise.withResolvers<Gone>()
  const posted: OwnerMessage[] = []
  const thread = {
    ...{ state: 'serving', load, gone: gone.promise },
    post: (message: OwnerMessage) => void posted.push(message),
  } as unknown as WorkerThread
  return { thread, posted, gone }
}

const poolOf = (...threads: WorkerThread[]) => ({ threads }) as unknown as WorkerPool
const methodTest = {} as MethodTest

describe('createWorkerCalls()', () => {
  test('asks the worker with the least to do', async () => {
    const [busy, idle] = [threadOf(3), threadOf(1)]
    const calls = createWorkerCalls(() => poolOf(busy.thread, idle.thread))
    const testing = calls.test(methodTest)
    assert.equal(busy.posted.length, 0)
    const [message] = idle.posted
    assert.ok(message?.kind === 'test-method')
    calls.arrived(message.call, { outcome: 'other-path' })
    assert.deepEqual(await testing, { outcome: 'other-path' })
  })

  test('rejects when the worker is gone, and for a bug of ours', async () => {
    const { thread, gone, posted } = threadOf(0)
    const calls = createWorkerCalls(() => poolOf(thread))
    const failing = calls.test(methodTest)
    const [message] = posted
    assert.ok(message?.kind === 'test-method')
    calls.arrived(message.call, { outcome: 'failed', detail: 'a bug' })
    await assert.rejects(failing, /a bug/)
    const testing = calls.test(methodTest)
    gone.resolve({ reason: 'hung', detail: 'no heartbeat' })
    await assert.rejects(testing, /the worker is gone: no heartbeat/)
  })

  test('puts the traces of all workers in order, but of one that is gone', async () => {
    const [one, other, third] = [threadOf(0), threadOf(0), threadOf(0)]
    const calls = createWorkerCalls(() => poolOf(one.thread, other.thread, third.thread))
    const reading = calls.traces()
    const trace = (requestId: string, time: string) => ({ requestId, time, status: 200 })
    for (const [{ posted }, traces] of [
      [one, [trace('c', '3'), trace('a', '1')]],
      [other, [trace('b', '2')]],
    ] as const) {
      const [message] = posted
      assert.ok(message?.kind === 'read-traces')
      calls.arrived(message.call, traces)
    }
    third.gone.resolve({ reason: 'died', detail: '' })
    assert.deepEqual(
      (await reading).map(({ requestId }) => requestId),
      ['c', 'b', 'a'],
    )
  })
})
