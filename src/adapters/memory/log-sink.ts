import type { LogEvent, LogSink } from '../../ports/log-sink.ts'

export interface MemoryLogSinkOptions {
  /** The most events that are kept. */
  readonly eventsMax?: number
  /** The most characters that the messages of the kept events have together. */
  readonly charactersMax?: number
}

/**
 * The latest log events of this process. When there is no room the oldest go, and are counted as
 * dropped; so is an event that alone has no room.
 */
export class MemoryLogSink implements LogSink {
  readonly #charactersMax: number
  readonly #ring: (LogEvent | undefined)[]
  #start = 0
  #count = 0
  #characters = 0
  #droppedCount = 0

  constructor({ eventsMax = 10_000, charactersMax = 16_777_216 }: MemoryLogSinkOptions = {}) {
    this.#charactersMax = charactersMax
    this.#ring = Array.from({ length: eventsMax })
  }

  write(event: LogEvent): void {
    if (event.message.length > this.#charactersMax) {
      this.#droppedCount += 1
      return
    }
    const room = this.#charactersMax - event.message.length
    while (this.#count === this.#ring.length || this.#characters > room) {
      this.#takeOldest()
      this.#droppedCount += 1
    }
    this.#ring[(this.#start + this.#count) % this.#ring.length] = event
    this.#count += 1
    this.#characters += event.message.length
  }

  droppedCount(): number {
    return this.#droppedCount
  }

  /** The kept events, oldest first. */
  events(): readonly LogEvent[] {
    const kept: LogEvent[] = []
    for (let i = 0; i < this.#count; i += 1) {
      const event = this.#ring[(this.#start + i) % this.#ring.length]
      if (event !== undefined) kept.push(event)
    }
    return kept
  }

  /** The kept events, oldest first, which are then no longer kept. */
  drain(): readonly LogEvent[] {
    const kept = this.events()
    while (this.#count > 0) this.#takeOldest()
    return kept
  }

  #takeOldest(): void {
    this.#characters -= this.#ring[this.#start]?.message.length ?? 0
    this.#ring[this.#start] = undefined
    this.#start = (this.#start + 1) % this.#ring.length
    this.#count -= 1
  }
}
