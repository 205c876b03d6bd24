/**
 * What a worker thread tells its owner without a message: counters in shared memory, so that the owner
 * can read them when the worker's event loop is blocked.
 *
 * The worker alone writes; each counter wraps around at 32 bits, so only differences mean anything but
 * for `open` and `inFlight`.
 */
const beatIndex = 0
const takenIndex = 1
const openIndex = 2
const inFlightIndex = 3
const endingIndex = 4

/** How often a worker's event loop shows that it turns, in milliseconds. */
export const beatIntervalMs = 100

/** Memory for one worker's signals. */
export function createSignalMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(5 * Int32Array.BYTES_PER_ELEMENT)
}

/** The worker's side. */
export interface SignalWriter {
  beat(): void
  connectionTaken(): void
  connectionClosed(): void
  requestStarted(): void
  requestFinished(): void
  /** The thread runs its last code: what is handed to it now is lost. */
  ending(): void
}

/** The owner's side. */
export interface SignalReader {
  beatCount(): number
  takenCount(): number
  /** Connections that the worker holds. */
  openCount(): number
  /** Requests that the worker has begun and not answered. */
  inFlightCount(): number
  /** True from the worker's last moments on, before its owner hears of its end. */
  isEnding(): boolean
}

/** Counts what the worker does, for its owner to read. */
export function writeSignals(memory: SharedArrayBuffer): SignalWriter {
  const counters = new Int32Array(memory)
  return {
    beat: () => void Atomics.add(counters, beatIndex, 1),
    connectionTaken() {
      Atomics.add(counters, openIndex, 1)
      Atomics.add(counters, takenIndex, 1)
    },
    connectionClosed: () => void Atomics.sub(counters, openIndex, 1),
    requestStarted: () => void Atomics.add(counters, inFlightIndex, 1),
    requestFinished: () => void Atomics.sub(counters, inFlightIndex, 1),
    ending: () => void Atomics.store(counters, endingIndex, 1),
  }
}

/** Reads what a worker counts, whether or not its event loop turns. */
export function readSignals(memory: SharedArrayBuffer): SignalReader {
  const counters = new Int32Array(memory)
  return {
    beatCount: () => Atomics.load(counters, beatIndex),
    takenCount: () => Atomics.load(counters, takenIndex),
    openCount: () => Atomics.load(counters, openIndex),
    inFlightCount: () => Atomics.load(counters, inFlightIndex),
    isEnding: () => Atomics.load(counters, endingIndex) === 1,
  }
}
