import { BroadcastChannel } from 'node:worker_threads'

/** The channel between tests and the workers of `fragile-worker.ts`. */
export const orderChannel = 'stagedoor-test-orders'

/** What a worker is told to do. */
export interface Order {
  readonly worker: number
  readonly order: 'exit' | 'throw' | 'hang'
}

/** The script of workers that obey orders. */
export const fragileWorkerEntry = new URL('./fragile-worker.ts', import.meta.url)

/** The workers of this process that obey. */
export interface FragileWorkers {
  /** Tells the worker that began `index`-th (0: the first of all) what to do. */
  order(index: number, order: Order['order']): void
  /** Resolves when so many have begun. */
  begun(count: number): Promise<void>
  [Symbol.dispose](): void
}

/** Hears workers begin; to be called before they do. */
export function watchFragileWorkers(): FragileWorkers {
  const channel = new BroadcastChannel(orderChannel)
  const present: number[] = []
  let waiting: (() => void)[] = []
  channel.addEventListener('message', (event) => {
    // Workers post their presence here.
    const worker = (event as { readonly data: { readonly present?: number } }).data.present
    if (worker === undefined) return
    present.push(worker)
    for (const look of waiting) look()
  })
  return {
    order: (index, order) => channel.postMessage({ worker: present[index] ?? -1, order }),
    begun: (count) =>
      new Promise((resolve) => {
        const look = () => {
          if (present.length < count) return
          waiting = waiting.filter((other) => other !== look)
          resolve()
        }
        waiting.push(look)
        look()
      }),
    [Symbol.dispose]: () => channel.close(),
  }
}
