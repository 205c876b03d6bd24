import type {
  Commit,
  CommitOutcome,
  RecordKey,
  RecordPage,
  StateStore,
  StoredRecord,
} from '../../src/ports/state-store.ts'
import type { SeededRandom } from '../support/seeded-random.ts'

export interface SlowConflictingOptions {
  readonly random: SeededRandom
  /** Share of the commits with expectations that are refused though they could be done; 0 to 1. */
  readonly conflictShare: number
  /** The most turns of the event loop that one call is held up before and after its work. */
  readonly turnsMax: number
}

/**
 * A store behind a slow, contended network: each call waits some turns before it acts and before it
 * answers, so calls overtake each other, and some commits meet a conflict that nobody here caused (what
 * a database that serialises transactions may answer at any time).
 */
export function slowConflictingStore(
  store: StateStore,
  { random, conflictShare, turnsMax }: SlowConflictingOptions,
): StateStore {
  const wait = async (): Promise<void> => {
    for (let turns = random.integer(turnsMax + 1); turns > 0; turns -= 1) {
      if (random.integer(2) === 0) await Promise.resolve()
      else await new Promise<void>((resolve) => setImmediate(resolve))
    }
  }
  const slowly = async <Result>(call: () => Promise<Result>): Promise<Result> => {
    await wait()
    try {
      return await call()
    } finally {
      await wait()
    }
  }
  return {
    get: (key: RecordKey): Promise<StoredRecord | undefined> => slowly(() => store.get(key)),
    list: (range): Promise<RecordPage> => slowly(() => store.list(range)),
    commit: (commit: Commit): Promise<CommitOutcome> => {
      // Taken before the wait, as a message on the wire would be.
      const sent: Commit = structuredClone(commit)
      return slowly(async () => {
        const [unlucky] = sent.expected
        if (unlucky !== undefined && random.fraction() < conflictShare) {
          // What is wrong in itself is still refused.
          await store.commit({ expected: sent.expected, writes: [] })
          return { outcome: 'conflict', key: unlucky.key }
        }
        return store.commit(sent)
      })
    },
    putBlob: (hash, bytes) => {
      const sent = bytes.slice()
      return slowly(() => store.putBlob(hash, sent))
    },
    findBlob: (hash) => slowly(() => store.findBlob(hash)),
    sweepBlobs: (isReferenced) => slowly(() => store.sweepBlobs(isReferenced)),
    reset: () => slowly(() => store.reset()),
    close: () => slowly(() => store.close()),
  }
}
