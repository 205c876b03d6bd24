import { counterControl } from './counter-memory.ts'

/** Attempts before a thread lays itself down. */
const spins = 100
/** How long it lies at a time, in milliseconds. */
const napMs = 2
/** Naps through which one holder is waited for: about a second in which this thread did run. */
const napsMaxDefault = 500

/**
 * The one lock of all counters of a process. There is one because every request takes a token of its
 * account's bucket: several would be taken one after the other by all of them.
 *
 * It is held for well under a microsecond. A thread that ends while it holds it is recovered by whoever sees
 * it end (`threadEnded`); failing that, it is not waited for any longer than a second. What it was changing
 * may be off by one request then.
 */
export class CounterLock {
  readonly #words: Int32Array
  readonly #token: number
  readonly #napsMax: number

  /** `token`: of this thread, greater than 0, of no other thread of the process ever. */
  constructor(control: SharedArrayBuffer, token: number, napsMax = napsMaxDefault) {
    this.#words = new Int32Array(control)
    this.#token = token
    this.#napsMax = napsMax
  }

  acquire(): void {
    for (let spin = 0; spin < spins; spin += 1) {
      if (this.#take(0)) return
    }
    this.#wait()
  }

  /** Does nothing when it was taken away meanwhile. */
  release(): void {
    const words = this.#words
    if (Atomics.compareExchange(words, counterControl.lock, this.#token, 0) !== this.#token) return
    if (Atomics.load(words, counterControl.waiting) > 0) {
      Atomics.notify(words, counterControl.lock, 1)
    }
  }

  /** The thread with this token runs no code any more. */
  threadEnded(token: number): void {
    Atomics.compareExchange(this.#words, counterControl.lock, token, 0)
    Atomics.notify(this.#words, counterControl.lock)
  }

  /** From whom: a token, or 0. */
  #take(from: number): boolean {
    const words = this.#words
    if (Atomics.compareExchange(words, counterControl.lock, from, this.#token) !== from)
      return false
    Atomics.add(words, counterControl.turns, 1)
    return true
  }

  #wait(): void {
    const words = this.#words
    let turn = Atomics.load(words, counterControl.turns)
    let naps = 0
    for (;;) {
      const holder = Atomics.load(words, counterControl.lock)
      if (holder === 0 ? this.#take(0) : naps >= this.#napsMax && this.#take(holder)) return
      const nowTurn = Atomics.load(words, counterControl.turns)
      if (nowTurn !== turn) naps = 0
      turn = nowTurn
      if (holder === 0) continue
      Atomics.add(words, counterControl.waiting, 1)
      const woken = Atomics.wait(words, counterControl.lock, holder, napMs)
      Atomics.sub(words, counterControl.waiting, 1)
      if (woken === 'timed-out') naps += 1
    }
  }
}
