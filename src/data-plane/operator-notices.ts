import type { Clock } from '../ports/clock.ts'
import type { OperatorFields, OperatorLog } from '../ports/operator-log.ts'

/** Lines for the operator that a caller's requests bring about, so that no caller can flood the log. */
export interface OperatorNotices {
  /** Writes a line, unless one of the same event, subject and variant was written within the interval. */
  write(level: 'warn' | 'error', notice: OperatorNotice): void
}

/** One line for the operator. */
export interface OperatorNotice {
  /** A fixed word. */
  readonly event: string
  /** What the line is about: of one subject, one line an interval. */
  readonly subject: string
  /** What sets notices of one subject apart: up to `variantsMax` of them are written in an interval. */
  readonly variant?: string
  readonly fields: OperatorFields
}

/** Milliseconds in which a notice is not repeated. */
export const noticeIntervalMs = 60_000
/** So that a second, different failure of a method is seen, and no caller can make up a thousand. */
const variantsMax = 5
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
  const remembered = new Map<string, RememberedSubject>()
  return {
    write(level, { event, subject, variant = '', fields }) {
      const key = `${event} ${subject}`
      const known = remembered.get(key)
      const nowMs = clock.monotonicMs()
      if (known !== undefined && nowMs - known.writtenMs < noticeIntervalMs) {
        if (known.variants.has(variant) || known.variants.size >= variantsMax) {
          known.repeatedCount += 1
          return
        }
        known.variants.add(variant)
        return log[level](event, { ...fields, repeatedCount: undefined })
      }
      remembered.delete(key)
      if (remembered.size >= subjectsMax) forgetOldest(remembered)
      remembered.set(key, { writtenMs: nowMs, repeatedCount: 0, variants: new Set([variant]) })
      log[level](event, { ...fields, repeatedCount: known?.repeatedCount })
    },
  }
}

interface RememberedSubject {
  readonly writtenMs: number
  repeatedCount: number
  readonly variants: Set<string>
}

function forgetOldest(remembered: Map<string, unknown>): void {
  const oldest = remembered.keys().next()
  if (oldest.done !== true) remembered.delete(oldest.value)
}
