import { setTimeout as timeout } from 'node:timers/promises'
import type { Clock } from '../../ports/clock.ts'
import { systemClock } from './clock.ts'

/**
 * Memory of a clock that a test moves: one for all threads of a process, made by the one that moves it.
 *
 * Three words, in ticks: how time passes, the latest that any thread was told, and what stands between the
 * clock's two times. One word says how time passes, so that it is read and written as one: doubled, what is
 * added to the machine's own monotonic time; one more than that double, the time at which it stands still.
 */
const passingIndex = 0
const latestIndex = 1
const epochIndex = 2

/** A binary fraction: sums and differences of readings are exact, to the very end of a period. */
const ticksPerMs = 1024

/** A clock that a test moves begins at the machine's time and goes with it. */
export function createStageClockMemory(): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(3 * BigInt64Array.BYTES_PER_ELEMENT)
  new BigInt64Array(memory)[epochIndex] = BigInt(Date.now() * ticksPerMs) - machineTicks()
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
  const monotonicMs = () => Number(readTicks(words)) / ticksPerMs
  return Object.freeze({
    nowMs: () =>
      Math.floor(Number(Atomics.load(words, epochIndex) + readTicks(words)) / ticksPerMs),
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
  const goOn = (at: bigint, frozen: boolean) =>
    void Atomics.store(words, passingIndex, frozen ? at * 2n + 1n : (at - machineTicks()) * 2n)
  return {
    clock: openStageClock(memory),
    isFrozen,
    advance(durationMs) {
      goOn(readTicks(words) + BigInt(Math.ceil(durationMs * ticksPerMs)), isFrozen())
    },
    setFrozen: (frozen) => goOn(readTicks(words), frozen),
  }
}

/**
 * Never earlier than what any thread was told before: a thread that reads while another one stops the clock
 * may be ahead of the time at which it stops.
 */
function readTicks(words: BigInt64Array): bigint {
  const passing = Atomics.load(words, passingIndex)
  const isFrozen = (passing & 1n) === 1n
  const own = isFrozen ? passing >> 1n : (passing >> 1n) + machineTicks()
  for (let latest = Atomics.load(words, latestIndex); ;) {
    if (latest >= own) return latest
    const found = Atomics.compareExchange(words, latestIndex, latest, own)
    if (found === latest) return own
    latest = found
  }
}

function machineTicks(): bigint {
  return (process.hrtime.bigint() * BigInt(ticksPerMs)) / 1_000_000n
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
