/** Something that must be over at a certain time. The queue owns the three fields. */
export interface Expiring {
  deadlineMs: number
  previous: Expiring | undefined
  next: Expiring | undefined
  lane: DeadlineLane | undefined
  /** Called once, when the time has come and the entry is still queued. */
  expire(): void
}

/** All entries of one duration, in the order of their deadlines. */
interface DeadlineLane {
  readonly durationMs: number
  first: Expiring | undefined
  last: Expiring | undefined
  timer: NodeJS.Timeout | undefined
}

const timerMsMax = 2_147_483_647

/**
 * Many deadlines on few timers: one per distinct duration, which is kept while entries come and go.
 *
 * An entry never expires early, and late only by the event loop's own delay and a timer's millisecond.
 * Cost: two pointer writes to add and to remove; the clock is read by the caller.
 */
export class DeadlineQueue {
  readonly #lanes = new Map<number, DeadlineLane>()
  #recent: DeadlineLane | undefined

  /** Queues an entry that expires `durationMs` after `nowMs` (monotonic); nothing below 1 ms. */
  add(entry: Expiring, durationMs: number, nowMs: number): void {
    const bounded = Math.min(Math.max(durationMs, 1), timerMsMax)
    let lane = this.#recent
    if (lane?.durationMs !== bounded) lane = this.#laneFor(bounded)
    entry.deadlineMs = nowMs + bounded
    entry.lane = lane
    entry.previous = lane.last
    if (lane.last === undefined) lane.first = entry
    else lane.last.next = entry
    lane.last = entry
    lane.timer ??= this.#arm(lane, bounded)
  }

  /** Takes an entry out. Does nothing when it is not queued. */
  remove(entry: Expiring): void {
    const { lane, previous, next } = entry
    if (lane === undefined) return
    if (previous === undefined) lane.first = next
    else previous.next = next
    if (next === undefined) lane.last = previous
    else next.previous = previous
    entry.lane = undefined
    entry.previous = undefined
    entry.next = undefined
  }

  #laneFor(durationMs: number): DeadlineLane {
    let lane = this.#lanes.get(durationMs)
    if (lane === undefined) {
      lane = { durationMs, first: undefined, last: undefined, timer: undefined }
      this.#lanes.set(durationMs, lane)
    }
    this.#recent = lane
    return lane
  }

  // Whoever waits holds a socket open, so that the timer itself need not keep the process alive.
  #arm(lane: DeadlineLane, delayMs: number): NodeJS.Timeout {
    return setTimeout(() => this.#expireDue(lane), Math.ceil(delayMs)).unref()
  }

  #expireDue(lane: DeadlineLane): void {
    const nowMs = performance.now()
    let entry = lane.first
    while (entry !== undefined && entry.deadlineMs <= nowMs) {
      this.remove(entry)
      entry.expire()
      entry = lane.first
    }
    if (entry !== undefined) {
      lane.timer = this.#arm(lane, entry.deadlineMs - nowMs)
      return
    }
    lane.timer = undefined
    this.#lanes.delete(lane.durationMs)
    if (this.#recent === lane) this.#recent = undefined
  }
}
