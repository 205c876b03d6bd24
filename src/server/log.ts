import type { OperatorFields, OperatorLog } from '../ports/operator-log.ts'
import type { LogLevel } from './configuration/configuration.ts'

/** The operator's log of this process. */
export interface ServerLog extends OperatorLog {
  /** Lines that were dropped because too many came before the writer was ready. */
  droppedCount(): number
  /** Resolves when every line is written. */
  flush(): Promise<void>
}

interface Line {
  readonly level: 'info' | 'warn' | 'error'
  readonly event: string
  readonly fields: OperatorFields
}

interface LineWriter {
  write(line: Line): void
  flush(): void
}

/** Lines that wait while pino loads. */
const waitingMax = 1000
/** Text that waits for a slow reader of standard error; what comes on top is dropped. */
const bufferBytesMax = 4 * 1024 * 1024

/**
 * JSON lines on standard error, written by pino: `level`, `time`, `event`, then the event's fields.
 *
 * Pino is loaded by the first line, so that a start that has nothing to say does not wait for it. Lines
 * are written in order, and nobody waits for them: when the reader of standard error is slower than the
 * lines come, they are dropped and counted. Standard output is for the start text that a person reads.
 */
export function createServerLog(level: LogLevel): ServerLog {
  const minimum = severity[level]
  let waiting: Line[] = []
  let writer: LineWriter | undefined
  let loading: Promise<void> | undefined
  let dropped = 0
  const load = async () => {
    const loaded = await loadPino(level, () => {
      dropped += 1
    })
    for (const line of waiting) loaded.write(line)
    waiting = []
    writer = loaded
  }
  const log = (line: Line) => {
    if (severity[line.level] < minimum) return
    if (writer !== undefined) return writer.write(line)
    if (waiting.length < waitingMax) waiting.push(line)
    else dropped += 1
    loading ??= load()
  }
  return {
    info: (event, fields) => log({ level: 'info', event, fields }),
    warn: (event, fields) => log({ level: 'warn', event, fields }),
    error: (event, fields) => log({ level: 'error', event, fields }),
    droppedCount: () => dropped,
    async flush() {
      await loading
      writer?.flush()
    },
  }
}

const severity = { info: 30, warn: 40, error: 50, silent: 100 } as const

async function loadPino(level: LogLevel, onDrop: () => void): Promise<LineWriter> {
  const { pino, destination } = await import('pino')
  const stream = destination({ fd: 2, sync: false, maxLength: bufferBytesMax })
  stream.on('drop', onDrop)
  // Nobody reads standard error any more: what is written there is lost, and nothing else is.
  stream.on('error', onDrop)
  const logger = pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    stream,
  )
  return {
    write: ({ level: lineLevel, event, fields }) => logger[lineLevel]({ event, ...fields }),
    flush: () => stream.flushSync(),
  }
}
