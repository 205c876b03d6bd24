import { control } from './stage-cache-memory.ts'

/** Attempts before a thread lays itself down. */
const spins = 100
/** How long a thread waits for a lock in all, in milliseconds. */
const waitMsMax = 20
/** How long a lock that was not given up in time is not waited for again, in milliseconds. */
const distrustMs = 100

/**
 * The lock of one cache, as one thread holds it. The word of the lock is the holder's token, so that whoever
 * sees a thread end knows which caches it left half-written.
 *
 * Nobody waits long: a thread that does not get the lock does without the cache.
 */
export class StageCacheLock {
  readonly #words: Int32Array
  readonly #token: number
  #distrusted = 0
  #distrustedUntilMs = 0

  /** `token`: of this thread, greater than 0, of no other thread of the process ever. */
  constructor(words: Int32Array, token: number) {
    this.#words = words
    this.#token = token
  }

  /** False: another thread holds it and does not give it up. */
  acquire(): boolean {
    for (let spin = 0; spin < spins; spin += 1) {
      if (this.#try()) return true
    }
    return this.#wait()
  }

  release(): void {
    const words = this.#words
    Atomics.store(words, control.lock, 0)
    if (Atomics.load(words, control.waiting) > 0) Atomics.notify(words, control.lock, 1)
  }

  /** True when the thread with this token holds it: of one that has ended, for ever. */
  isHeldBy(token: number): boolean {
    return Atomics.load(this.#words, control.lock) === token
  }

  #try(): boolean {
    return Atomics.compareExchange(this.#words, control.lock, 0, this.#token) === 0
  }

  #wait(): boolean {
    const words = this.#words
    const startMs = performance.now()
    const isDistrusted =
      startMs < this.#distrustedUntilMs && Atomics.load(words, control.lock) === this.#distrusted
    if (isDistrusted) return false
    for (let nowMs = startMs; nowMs - startMs < waitMsMax; nowMs = performance.now()) {
      const holder = Atomics.load(words, control.lock)
      if (holder !== 0) {
        Atomics.add(words, control.waiting, 1)
        Atomics.wait(words, control.lock, holder, 1)
        Atomics.sub(words, control.waiting, 1)
      }
      if (this.#try()) return true
    }
    this.#distrusted = Atomics.load(words, control.lock)
    this.#distrustedUntilMs = performance.now() + distrustMs
    return false
  }
}
