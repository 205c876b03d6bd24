import type { DatabaseSync } from 'node:sqlite'
import { toStateStoreError } from './sqlite-error.ts'

/** The most writes that share one transaction, so that the event loop is never held for long. */
const batchJobsMax = 256

interface Job {
  run(): void
  resolve(): void
  reject(error: unknown): void
}

/** Is told how each transaction ended: what its writes did is on the disk, or undone. Never throws. */
export interface TransactionObserver {
  onCommit(): void
  onRollback(): void
}

/**
 * Runs writes in transactions, those that wait at the same time in one, so that they share the wait for
 * the disk (group commit). Each still happens after the other, and is answered when it is on the disk.
 *
 * A batch that fails is undone, and its writes run again one by one: one that cannot be done (too
 * large, the disk full) fails alone.
 */
export class CommitQueue {
  readonly #db: DatabaseSync
  readonly #observer: TransactionObserver
  readonly #waiting: Job[] = []
  #scheduled = false

  constructor(db: DatabaseSync, observer: TransactionObserver) {
    this.#db = db
    this.#observer = observer
  }

  /** Runs `write` in a transaction, soon. It may be run twice: then its first run was undone. */
  enqueue<Result>(write: () => Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      let result: Result
      this.#waiting.push({
        run: () => {
          result = write()
        },
        resolve: () => resolve(result),
        reject,
      })
      this.#schedule()
    })
  }

  /** Runs everything that waits, now. */
  drain(): void {
    while (this.#waiting.length > 0) this.#runBatch()
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    // After the input of this turn of the loop, so that all that came with it is one batch.
    setImmediate(() => {
      this.#scheduled = false
      this.#runBatch()
      if (this.#waiting.length > 0) this.#schedule()
    })
  }

  #runBatch(): void {
    const jobs = this.#waiting.splice(0, batchJobsMax)
    if (jobs.length === 0 || this.#runTogether(jobs) || jobs.length === 1) return
    for (const job of jobs) this.#runTogether([job])
  }

  /** False: nothing was done. The only job of a batch is then told why. */
  #runTogether(jobs: readonly Job[]): boolean {
    try {
      this.#db.exec('BEGIN IMMEDIATE')
      for (const job of jobs) job.run()
      this.#db.exec('COMMIT')
    } catch (error) {
      this.#rollback()
      if (jobs.length === 1) jobs[0]?.reject(toStateStoreError(error))
      return false
    }
    this.#observer.onCommit()
    for (const job of jobs) job.resolve()
    return true
  }

  #rollback(): void {
    this.#observer.onRollback()
    try {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
    } catch {
      // The next BEGIN fails too, and tells the caller of that write.
    }
  }
}
