import type { Clock } from '../ports/clock.ts'

/** An answer that is being fetched, for all that wait for it. */
export interface CacheFlight {
  /** The answer as it is kept; undefined: there is none to share. */
  land(bytes: Uint8Array | undefined): void
  /** Who fetches it has gone away, which says nothing of the answer. */
  leave(): void
}

/** What a flight came to: bytes, or nothing to share; `left`: somebody else is to fetch it. */
type Landing = Uint8Array | 'left' | undefined

/** What a request finds that missed. */
export type Boarding =
  /** It fetches the answer; the others wait for it. */
  | { readonly role: 'leader'; readonly flight: CacheFlight }
  /** Resolves with what the leader fetched; undefined: nothing within the time. */
  | { readonly role: 'follower'; readonly landed: Promise<Landing> }

/** Requests of one worker that miss the same entry at a time: the first fetches it. */
export interface CacheFlights {
  /** `waitMs`: how long a follower waits at most. */
  board(
    id: string,
    wait: { readonly waitMs: number; readonly signal: AbortSignal | undefined },
  ): Boarding
}

/** Nobody is on the way. */
export function createCacheFlights(clock: Pick<Clock, 'sleep'>): CacheFlights {
  const flights = new Map<string, Promise<Landing>>()

  function lead(id: string): Boarding {
    const { promise, resolve } = Promise.withResolvers<Landing>()
    flights.set(id, promise)
    const end = (landing: Landing) => {
      if (flights.get(id) === promise) flights.delete(id)
      resolve(landing)
    }
    return { role: 'leader', flight: { land: end, leave: () => end('left') } }
  }

  async function follow(
    id: string,
    flight: Promise<Landing>,
    wait: { readonly waitMs: number; readonly signal: AbortSignal | undefined },
  ): Promise<Landing> {
    const isOver = new AbortController()
    const signal =
      wait.signal === undefined ? isOver.signal : AbortSignal.any([wait.signal, isOver.signal])
    const lateness = clock.sleep(wait.waitMs, signal).then(() => {
      // A leader that is never done holds nobody up again.
      if (!signal.aborted && flights.get(id) === flight) flights.delete(id)
      return undefined
    })
    try {
      return await Promise.race([flight, lateness])
    } finally {
      isOver.abort()
    }
  }

  return {
    board(id, wait) {
      const flight = flights.get(id)
      if (flight === undefined) return lead(id)
      return { role: 'follower', landed: follow(id, flight, wait) }
    },
  }
}
