import { addFigures, noFigures, type WorkerFigures } from './worker-figures.ts'
import type { WorkerThread } from './worker-thread.ts'

/** How long a worker may take to tell its figures; then the last ones it told stand. */
const collectWithinMs = 1000

/** What the workers of this process have counted, those that are gone included. */
export interface FiguresOfWorkers {
  /** By worker; one that does not answer in time is told with its last figures. */
  collect(threads: readonly WorkerThread[]): Promise<ReadonlyMap<number, WorkerFigures>>
  arrived(call: number, figures: WorkerFigures): void
  /** The counts of workers that are not in `collected` any more. */
  ofGone(collected: ReadonlyMap<number, WorkerFigures>): WorkerFigures
}

/** Asks workers for their figures by message, and keeps the last that each has told. */
export function createFiguresOfWorkers(): FiguresOfWorkers {
  let lastCall = 0
  const waiting = new Map<number, (figures: WorkerFigures) => void>()
  const last = new Map<number, WorkerFigures>()
  let gone = noFigures

  function ask(thread: WorkerThread): Promise<WorkerFigures> {
    const call = ++lastCall
    return new Promise((resolve) => {
      const known = last.get(thread.id) ?? noFigures
      const timer = setTimeout(() => settle(known), collectWithinMs)
      const settle = (figures: WorkerFigures) => {
        clearTimeout(timer)
        waiting.delete(call)
        last.set(thread.id, figures)
        resolve(figures)
      }
      waiting.set(call, settle)
      thread.post({ kind: 'collect', call })
    })
  }

  return {
    async collect(threads) {
      const asked = threads.map(async (thread) => [thread.id, await ask(thread)] as const)
      return new Map(await Promise.all(asked))
    },
    arrived: (call, figures) => waiting.get(call)?.(figures),
    ofGone(collected) {
      for (const [id, figures] of last) {
        if (collected.has(id)) continue
        last.delete(id)
        // What a thread was using is not used any more; what it counted stays counted.
        const { counterStore } = figures
        const store = counterStore && { ...counterStore, isUp: true }
        gone = addFigures(gone, { ...figures, ...notCounted, counterStore: store })
      }
      return gone
    },
  }
}

const notCounted = { heapUsedBytes: 0, eventLoopDelayMsMax: 0, eventLoopUtilization: 0 }
