import { cutText } from '../../base/cut-text.ts'
import type { Clock } from '../../ports/clock.ts'
import type { LogEvent, LogSink } from '../../ports/log-sink.ts'
import type { OperatorLog } from '../../ports/operator-log.ts'

export interface OperatorLogSinkOptions {
  readonly log: OperatorLog
  readonly clock: Clock
  /** The word that a line of the operator's log begins with. */
  readonly event: string
  /** Events above it in a second are dropped and counted. */
  readonly eventsPerSecondMax?: number
  /** Characters of a message; what is longer is cut. */
  readonly charactersMax?: number
  /** Whether lines of the platform itself are wanted. Absent: they are. */
  readonly takesPlatformLines?: boolean
}

/** Log events as lines of the operator's log, so many a second that they cannot flood it. */
export function createOperatorLogSink({
  log,
  clock,
  event: word,
  eventsPerSecondMax = 500,
  charactersMax = 4096,
  takesPlatformLines = true,
}: OperatorLogSinkOptions): LogSink {
  let dropped = 0
  let secondStartMs = -Infinity
  let eventsOfSecond = 0
  return {
    takesPlatformLines,
    write({ account, region, logGroup, logStream, timestampMs, message }: LogEvent) {
      const nowMs = clock.monotonicMs()
      if (nowMs - secondStartMs >= 1000) {
        secondStartMs = nowMs
        eventsOfSecond = 0
      }
      eventsOfSecond += 1
      if (eventsOfSecond > eventsPerSecondMax) dropped += 1
      else {
        const text = cutText(message, charactersMax)
        log.info(word, { account, region, logGroup, logStream, timestampMs, message: text })
      }
    },
    droppedCount: () => dropped,
  }
}
