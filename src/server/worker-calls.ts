import type { RequestTrace } from '../data-plane/request-traces.ts'
import type { MethodTester, MethodTestOutcome } from '../ports/method-tester.ts'
import type { MethodTestReport, OwnerMessage } from './worker-messages.ts'
import type { WorkerPool } from './worker-pool.ts'
import type { WorkerThread } from './worker-thread.ts'

/** What the owner asks of workers, one by one. */
export interface WorkerCalls extends MethodTester {
  /** The traces of all workers, the newest first; with an id, of that request alone. */
  traces(requestId?: string): Promise<readonly RequestTrace[]>
  /** What the worker that was asked has answered. */
  arrived(call: number, answer: MethodTestReport | readonly RequestTrace[]): void
}

/** Calls by message, each with a number that its answer repeats. A call to a worker that is gone rejects. */
export function createWorkerCalls(pool: () => WorkerPool): WorkerCalls {
  let lastCall = 0
  const waiting = new Map<number, (answer: MethodTestReport | readonly RequestTrace[]) => void>()

  async function ask(thread: WorkerThread, message: (call: number) => OwnerMessage) {
    const call = ++lastCall
    const answer = Promise.withResolvers<MethodTestReport | readonly RequestTrace[]>()
    waiting.set(call, answer.resolve)
    const gone = thread.gone.then(({ detail }) => {
      throw new Error(`the worker is gone: ${detail}`)
    })
    thread.post(message(call))
    return Promise.race([answer.promise, gone]).finally(() => waiting.delete(call))
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
      const asked = threads.map((thread) =>
        ask(thread, (call) => ({ kind: 'read-traces', call, requestId })).catch(() => []),
      )
      // As above.
      const lists = (await Promise.all(asked)) as (readonly RequestTrace[])[]
      return lists.flat().toSorted((a, b) => (a.time < b.time ? 1 : -1))
    },
    arrived: (call, answer) => waiting.get(call)?.(answer),
  }
}
