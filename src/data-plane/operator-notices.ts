import type { Clock } from '../ports/clock.ts'
import type { OperatorFields, OperatorLog } from '../ports/operator-log.ts'

/** Lines for the operator that a caller's requests bring about, so that no caller can flood the log. */
export interface OperatorNotices {
  /** Writes a line, unless one of the same event and subject was written within the interval. */
  write(level: 'warn' | 'error', notice: OperatorNotice): void
}

/** One line for the operator. */
export interface OperatorNotice {
  /** A fixed word. */
  readonly event: string
  /** What the line is about: of one subject, one line an interval. */
  readonly subject: string
  readonly fields: OperatorFields
}

/** Milliseconds in which a notice is not repeated. */
export const noticeIntervalMs = 60_000
/** Subjects remembered. Above it the oldest is forgotten, so its next notice is written early. */
const subjectsMax = 1_000

/**
 * Notices that are written once per subject and interval; `repeatedCount` on the next line says how many
 * were kept back in between.
 */
export function createOperatorNotices(ports: {
  readonly log: OperatorLog
  readonly clock: Clock
}): OperatorNotices {
  const { log, clock } = ports
  const remembered = new Map<string, { writtenMs: number; repeatedCount: number }>()
  return {
    write(level, { event, subject, fields }) {
      const key = `${event} ${subject}`
      const known = remembered.get(key)
      const nowMs = clock.monotonicMs()
      if (known !== undefined && nowMs - known.writtenMs < noticeIntervalMs) {
        known.repeatedCount += 1
        return
      }
      remembered.delete(key)
      if (remembered.size >= subjectsMax) forgetOldest(remembered)
      remembered.set(key, { writtenMs: nowMs, repeatedCount: 0 })
      log[level](event, { ...fields, repeatedCount: known?.repeatedCount })
    },
  }
}

function forgetOldest(remembered: Map<string, unknown>): void {
  const oldest = remembered.keys().next()
  if (oldest.done !== true) remembered.delete(oldest.value)
}
