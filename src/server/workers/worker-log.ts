import type { OperatorFields, OperatorLog } from '../../ports/operator-log.ts'
import type { LogMessage } from './worker-messages.ts'

/** A worker's operator log: its owner writes the lines. */
export interface WorkerLog extends OperatorLog {
  droppedCount(): number
}

/** Lines of one thread per second; those on top are dropped and counted. */
const linesPerSecondDefault = 200

/** A log that no flood of requests can make a flood of messages to the owner. */
export function createWorkerLog(
  post: (message: LogMessage) => void,
  linesPerSecondMax: number = linesPerSecondDefault,
): WorkerLog {
  let dropped = 0
  let secondStartMs = 0
  let linesOfSecond = 0
  const log = (level: 'info' | 'warn' | 'error', event: string, fields: OperatorFields) => {
    const nowMs = performance.now()
    if (nowMs - secondStartMs >= 1000) {
      secondStartMs = nowMs
      linesOfSecond = 0
    }
    linesOfSecond += 1
    if (linesOfSecond > linesPerSecondMax) dropped += 1
    else post({ kind: 'log', level, event, fields })
  }
  return {
    info: (event, fields) => log('info', event, fields),
    warn: (event, fields) => log('warn', event, fields),
    error: (event, fields) => log('error', event, fields),
    droppedCount: () => dropped,
  }
}
