import type { RequestTrace } from '../../data-plane/request-traces.ts'
import type { MethodTester, MethodTestOutcome } from '../../ports/method-tester.ts'
import type { MethodTestReport, OwnerMessage } from './worker-messages.ts'
import type { WorkerPool } from './worker-pool.ts'
import type { WorkerThread } from './worker-thread.ts'

/** What the owner asks of workers, one by one. */
export interface WorkerCalls extends MethodTester {
  /** The traces of all workers, the newest first; with an id, of that request alone. */
  traces(requestId?: string): Promise<readonly RequestTrace[]>
  /** What the worker that was asked has answered. */
  arrived(call: number, answer: Answer): void
}

type Answer = MethodTestReport | readonly RequestTrace[]

interface Waiting extends Pick<PromiseWithResolvers<Answer>, 'resolve' | 'reject'> {
  readonly thread: WorkerThread
}

/** Calls by message, each with a number that its answer repeats. A call to a worker that is gone rejects. */
export function createWorkerCalls(pool: () => WorkerPool): WorkerCalls {
  let lastCall = 0
  const waiting = new Map<number, Waiting>()
  const asked = new WeakSet<WorkerThread>()

  /** Once for each thread, which lives longer than any call. */
  function watch(thread: WorkerThread): void {
    if (asked.has(thread)) return
    asked.add(thread)
    void thread.gone.then(({ detail }) => {
      for (const [call, { thread: of, reject }] of waiting) {
        if (of !== thread) continue
        waiting.delete(call)
        reject(new Error(`the worker is gone: ${detail}`))
      }
    })
  }

  function ask(thread: WorkerThread, message: (call: number) => OwnerMessage): Promise<Answer> {
    const call = ++lastCall
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    waiting.set(call, { thread, resolve, reject })
    thread.post(message(call))
    watch(thread)
    return promise
  }

  return {
    async test(test) {
      const serving = pool().threads.filter(({ state }) => state === 'serving')
      const [first] = serving.toSorted((a, b) => a.load - b.load)
      const thread = first ?? (await pool().someThread())
      const report = await ask(thread, (call) => ({ kind: 'test-method', call, test }))
      // The message says what its answer is.
      const outcome = report as MethodTestReport
      if (outcome.outcome === 'failed') throw new Error(outcome.detail)
      return outcome satisfies MethodTestOutcome
    },
    async traces(requestId) {
      const threads = pool().threads.filter(({ state }) => state === 'serving')
      const asking = threads.map((thread) =>
        ask(thread, (call) => ({ kind: 'read-traces', call, requestId })).catch(() => []),
      )
      // As above.
      const lists = (await Promise.all(asking)) as (readonly RequestTrace[])[]
      return lists.flat().toSorted((a, b) => (a.time < b.time ? 1 : -1))
    },
    arrived(call, answer) {
      waiting.get(call)?.resolve(answer)
      waiting.delete(call)
    },
  }
}
