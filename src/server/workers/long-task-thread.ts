import { Worker } from 'node:worker_threads'
import { LongTaskRefused } from '../../base/long-task-refused.ts'
import type { LongTask, LongTaskOutcomes } from '../../engines/long-task.ts'
import type { LongTasks } from '../../data-plane/long-tasks.ts'

/** What is posted to the thread. */
export interface LongTaskOrder {
  readonly id: number
  readonly task: LongTask
}

/** What the thread posts. */
export interface LongTaskAnswer {
  readonly id: number
  readonly outcome: LongTaskOutcomes[LongTask['kind']]
}

/** Tasks that wait and the one that is done, at most; Chosen: docs/decisions/0036-long-work.md */
const tasksMax = 64
/** UTF-16 units of their bodies together. */
const unitsMax = 128 * 1024 * 1024
/** As long as an integration may take. The steps of a task end it long before. */
const taskMsMax = 29_000

/** Long tasks, and a way to end them. */
export interface LongTaskThread extends LongTasks {
  /** Ends the thread, if there is one; what waits is refused. */
  close(): void
}

interface Waiting {
  readonly units: number
  readonly patience: NodeJS.Timeout
  readonly resolve: (outcome: LongTaskAnswer['outcome']) => void
  readonly reject: (error: LongTaskRefused) => void
}

/**
 * Does long tasks in a thread of its own, one after the other: it is started with the first, and anew when it
 * has ended. A worker whose requests need it goes on serving the others.
 *
 * Chosen: docs/decisions/0036-long-work.md
 */
export function startLongTasks(entry: URL = longTaskEntry()): LongTaskThread {
  return new Thread(entry)
}

class Thread implements LongTaskThread {
  readonly #entry: URL
  readonly #waiting = new Map<number, Waiting>()
  #worker: Worker | undefined
  #units = 0
  #nextId = 0

  constructor(entry: URL) {
    this.#entry = entry
  }

  run<Kind extends LongTask['kind']>(
    task: Extract<LongTask, { kind: Kind }>,
  ): Promise<LongTaskOutcomes[Kind]> {
    const units = unitsOf(task)
    if (this.#waiting.size >= tasksMax || this.#units + units > unitsMax) {
      return Promise.reject(new LongTaskRefused('busy', 'too many long tasks wait'))
    }
    const id = this.#nextId++
    this.#units += units
    const answer = new Promise<LongTaskAnswer['outcome']>((resolve, reject) => {
      const patience = setTimeout(() => this.#end('a long task took too long'), taskMsMax)
      this.#waiting.set(id, { units, patience, resolve, reject })
    })
    this.#running().postMessage({ id, task } satisfies LongTaskOrder)
    // The thread answers each kind of task with its kind of outcome.
    return answer as Promise<LongTaskOutcomes[Kind]>
  }

  close(): void {
    this.#end('the thread of long tasks was ended')
  }

  #running(): Worker {
    if (this.#worker === undefined) {
      const worker = new Worker(this.#entry, { name: 'stagedoor-long-tasks' })
      const gone = (detail: string) => {
        if (this.#worker === worker) this.#end(detail)
      }
      worker.on('message', (answer: LongTaskAnswer) => this.#answered(answer))
      worker.on('error', (error) => gone(`the thread of long tasks died: ${String(error)}`))
      worker.on('exit', (code) => gone(`the thread of long tasks ended: ${code}`))
      this.#worker = worker
    }
    // Nobody has to wait for a thread that has nothing to do.
    this.#worker.ref()
    return this.#worker
  }

  #answered({ id, outcome }: LongTaskAnswer): void {
    this.#take(id)?.resolve(outcome)
    if (this.#waiting.size === 0) this.#worker?.unref()
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id)
    if (waiting === undefined) return undefined
    this.#waiting.delete(id)
    clearTimeout(waiting.patience)
    this.#units -= waiting.units
    return waiting
  }

  #end(detail: string): void {
    const worker = this.#worker
    this.#worker = undefined
    for (const id of [...this.#waiting.keys()]) {
      this.#take(id)?.reject(new LongTaskRefused('lost', detail))
    }
    // Terminating ends an endless loop too. Nothing can be done about a failure to terminate.
    void worker?.terminate().catch(() => {})
  }
}

function unitsOf(task: LongTask): number {
  return task.kind === 'render' ? task.input.body.length + task.template.length : task.body.length
}

/** The script has the extension that this file has: `.ts` from source, `.js` when compiled. */
function longTaskEntry(): URL {
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js'
  return new URL(`./long-task-entry${extension}`, import.meta.url)
}
