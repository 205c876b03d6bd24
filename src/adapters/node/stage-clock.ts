import { setTimeout as timeout } from 'node:timers/promises'
import type { Clock } from '../../ports/clock.ts'
import { systemClock } from './clock.ts'

/**
 * Memory of a clock that a test moves: one for all threads of a process, made by the one that moves it.
 *
 * Three words, in microseconds: how time passes, the latest that any thread was told, and what stands
 * between the clock's two times. One word says how time passes, so that it is read and written as one:
 * doubled, what is added to the machine's own monotonic time; one more than that double, the time at
 * which it stands still.
 */
const passingIndex = 0
const latestIndex = 1
const epochIndex = 2

/** A clock that a test moves begins at the machine's time and goes with it. */
export function createStageClockMemory(): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(3 * BigInt64Array.BYTES_PER_ELEMENT)
  new BigInt64Array(memory)[epochIndex] = BigInt(Date.now()) * 1000n - machineUs()
  return memory
}

/**
 * The time of throttles, quotas, caches and lifetimes. Its `monotonicMs` is one for all threads of the
 * process.
 *
 * `memory`: the clock is one that a test moves; undefined: it is the machine's.
 * Cost: some 100 ns a reading.
 */
export function openStageClock(memory: SharedArrayBuffer | undefined): Clock {
  if (memory === undefined) {
    return Object.freeze({ ...systemClock, monotonicMs: machineMs })
  }
  const words = new BigInt64Array(memory)
  const monotonicMs = () => Number(readUs(words)) / 1000
  return Object.freeze({
    nowMs: () => Number((Atomics.load(words, epochIndex) + readUs(words)) / 1000n),
    monotonicMs,
    sleep: (delayMs, signal) => sleepBy(monotonicMs, delayMs, signal),
  } satisfies Clock)
}

/** What a test does to the clock. Only the thread that made the memory may. */
export interface StageClockControl {
  readonly clock: Clock
  isFrozen(): boolean
  /** Lets time pass at once: milliseconds, 0 or more. */
  advance(durationMs: number): void
  /** Time stands still from now on, or passes again from where it stood. */
  setFrozen(isFrozen: boolean): void
}

/** The control of the clock in a memory. */
export function controlStageClock(memory: SharedArrayBuffer): StageClockControl {
  const words = new BigInt64Array(memory)
  const isFrozen = () => (Atomics.load(words, passingIndex) & 1n) === 1n
  const goOn = (atUs: bigint, frozen: boolean) =>
    void Atomics.store(words, passingIndex, frozen ? atUs * 2n + 1n : (atUs - machineUs()) * 2n)
  return {
    clock: openStageClock(memory),
    isFrozen,
    advance(durationMs) {
      goOn(readUs(words) + BigInt(Math.round(durationMs * 1000)), isFrozen())
    },
    setFrozen: (frozen) => goOn(readUs(words), frozen),
  }
}

/**
 * Never earlier than what any thread was told before: a thread that reads while another one stops the clock
 * may be ahead of the time at which it stops.
 */
function readUs(words: BigInt64Array): bigint {
  const passing = Atomics.load(words, passingIndex)
  const isFrozen = (passing & 1n) === 1n
  const ownUs = isFrozen ? passing >> 1n : (passing >> 1n) + machineUs()
  for (let latestUs = Atomics.load(words, latestIndex); ;) {
    if (latestUs >= ownUs) return latestUs
    const foundUs = Atomics.compareExchange(words, latestIndex, latestUs, ownUs)
    if (foundUs === latestUs) return ownUs
    latestUs = foundUs
  }
}

function machineUs(): bigint {
  return process.hrtime.bigint() / 1000n
}

/** `performance.now()` counts from another moment in each thread. */
function machineMs(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1000 + nanoseconds / 1e6
}

/** How often a sleeper looks whether a test has moved the clock, in milliseconds. */
const lookEveryMs = 20

async function sleepBy(
  monotonicMs: () => number,
  delayMs: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const endMs = monotonicMs() + delayMs
  for (let leftMs = delayMs; leftMs > 0; leftMs = endMs - monotonicMs()) {
    if (signal?.aborted === true) return
    const waitMs = Math.min(Math.ceil(leftMs), lookEveryMs)
    try {
      await timeout(waitMs, undefined, signal === undefined ? {} : { signal })
    } catch {
      return
    }
  }
}
