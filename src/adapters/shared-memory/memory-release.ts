import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Less than this is not worth looking through everything that a thread has. */
const noticedBytes = 32 * 1024 ** 2
/** For what is let go of at a time, in milliseconds. */
const waitMs = 100

/** Gives memory back that threads share, as far as one of them is concerned. */
export interface MemoryRelease {
  /** This thread refers to so many bytes no longer. */
  letGo(bytes: number): void
}

/**
 * Memory that threads share is given back when each of them has found out, by collecting garbage, that it does not
 * refer to it any more. V8 does not count such memory, so an idle thread would keep gigabytes for hours: where
 * a lot was let go of, garbage is collected soon.
 *
 * Cost: some ten milliseconds of the thread for each hundred megabytes of its own objects.
 */
export function createMemoryRelease(): MemoryRelease {
  let bytesCount = 0
  let collect: CollectGarbage | undefined
  return {
    letGo(bytes) {
      const before = bytesCount
      bytesCount += bytes
      if (before >= noticedBytes || bytesCount < noticedBytes) return
      setTimeout(() => {
        bytesCount = 0
        collect ??= findCollector()
        void collect({ type: 'major', execution: 'async' })
      }, waitMs).unref()
    },
  }
}

type CollectGarbage = (how: { type: 'major'; execution: 'async' }) => Promise<void>

/** V8 gives it to contexts that begin with the flag, which is of all threads: none takes it from another one. */
function findCollector(): CollectGarbage {
  setFlagsFromString('--expose-gc')
  // V8's own, by the name that the flag gives it.
  return runInNewContext('globalThis.gc ?? (() => Promise.resolve())') as CollectGarbage
}
