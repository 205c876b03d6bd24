import type { Clock } from '../ports/clock.ts'

/** Something that happens at a time, unless it is cancelled. */
export interface Alarm {
  /** Of the monotonic clock. Does not change while the alarm is set. */
  readonly dueMs: number
  ring(): void
}

/** Many alarms on one sleep. */
export interface Alarms {
  set(alarm: Alarm): void
  /** Does nothing when the alarm is not set. */
  cancel(alarm: Alarm): void
  /** Cancels all. */
  clear(): void
}

/**
 * No alarms yet.
 *
 * Cost: setting and cancelling one is an entry of a set, for most are cancelled long before they are due
 * (the patience of a caller). Only one that is due before all others starts a new sleep; each wake looks
 * at all that are set.
 */
export function createAlarms(clock: Clock): Alarms {
  const waiting = new Set<Alarm>()
  let sleep: AbortController | undefined
  let wakeMs = Infinity

  function sleepUntil(dueMs: number): void {
    sleep?.abort()
    const own = new AbortController()
    sleep = own
    wakeMs = dueMs
    void clock.sleep(dueMs - clock.monotonicMs(), own.signal).then(() => {
      if (sleep === own) wake()
    })
  }

  function wake(): void {
    sleep = undefined
    wakeMs = Infinity
    const nowMs = clock.monotonicMs()
    const due = [...waiting].filter((alarm) => alarm.dueMs <= nowMs)
    // One that rings may cancel another.
    for (const alarm of due) if (waiting.delete(alarm)) alarm.ring()
    let nextMs = Infinity
    for (const alarm of waiting) nextMs = Math.min(nextMs, alarm.dueMs)
    if (nextMs < wakeMs) sleepUntil(nextMs)
  }

  return Object.freeze({
    set(alarm: Alarm) {
      waiting.add(alarm)
      if (alarm.dueMs < wakeMs) sleepUntil(alarm.dueMs)
    },
    cancel(alarm: Alarm) {
      waiting.delete(alarm)
    },
    clear() {
      waiting.clear()
      sleep?.abort()
      sleep = undefined
      wakeMs = Infinity
    },
  })
}
