import { invariant } from '../base/invariant.ts'
import type { LogSink } from '../ports/log-sink.ts'
import { endLine, reportLine, startLine } from './log-lines.ts'
import { LogTail } from './log-tail.ts'

/** Where the log of a sandbox goes. */
export interface LogPlace {
  readonly account: string
  readonly region: string
  readonly logGroup: string
  readonly logStream: string
}

/** The log of one invocation, from its START line to its REPORT line. */
export interface InvocationLog {
  readonly requestId: string
  readonly version: string
  readonly startMs: number
  /** Undefined: nobody asked for it. */
  readonly tail: LogTail | undefined
  /** Set when the invocation has ended: what is written when its output is complete. */
  end: InvocationEnd | undefined
  /** Called when the last line is written. */
  written: (() => void) | undefined
}

/** How an invocation ended, as its log says. */
export interface InvocationEnd {
  readonly endMs: number
  readonly durationMs: number
  readonly memoryMb: number
  readonly maxMemoryUsedMb: number
  readonly initMs: number | undefined
  /** Before the END line. */
  readonly failure: string | undefined
  /** In the REPORT line. */
  readonly status: string | undefined
}

/**
 * Logs that wait for the one before them at most: a sandbox in use all the time may have no moment in
 * which it is known that all of its output is here.
 */
const waitingLogsMax = 16

/**
 * The log of one sandbox.
 *
 * A sandbox that has answered is used again before all that it wrote has arrived. So the lines of the
 * next invocation wait here until the last one's are written, and nobody waits for a line.
 *
 * Bound: `outputCharactersMax` of an invocation's output and of what follows it; a line says how much was
 * dropped. Cost: one wait for output at a time, however many invocations end meanwhile.
 */
export class SandboxLog {
  readonly #place: LogPlace
  readonly #sink: LogSink
  readonly #outputCharactersMax: number
  readonly #outputSettled: () => Promise<void>
  readonly #takesPlatformLines: boolean
  #charactersLeft: number
  #droppedLines = 0
  #droppedCharacters = 0
  #current: InvocationLog | undefined
  /** The end of what was written before the first invocation. */
  #initTail: LogTail | undefined = new LogTail()
  readonly #waiting: InvocationLog[] = []
  #isSettling = false

  /** `outputSettled`: resolves when all output that was written before the call has been told. */
  constructor(
    place: LogPlace,
    sink: LogSink,
    output: {
      readonly outputCharactersMax: number
      readonly outputSettled: () => Promise<void>
    },
  ) {
    this.#place = place
    this.#sink = sink
    this.#outputCharactersMax = output.outputCharactersMax
    this.#outputSettled = output.outputSettled
    this.#takesPlatformLines = sink.takesPlatformLines !== false
    this.#charactersLeft = output.outputCharactersMax
  }

  begin(log: InvocationLog): void {
    if (this.#current === undefined) return this.#start(log)
    this.#waiting.push(log)
    if (this.#waiting.length > waitingLogsMax) this.#closeFirst()
  }

  /**
   * Begins the log of an invocation whose sandbox failed to start. Its tail holds what the start wrote, or
   * nothing would say there what is wrong: AWS starts the code once more within such an invocation.
   *
   * Documented: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
   */
  beginFailed(log: InvocationLog): void {
    const written = this.#initTail?.text() ?? ''
    this.begin(log)
    if (written !== '') log.tail?.add(written.slice(0, -1))
  }

  /** The invocation has ended: its last lines follow when its output is here. */
  end(log: InvocationLog, end: InvocationEnd): void {
    log.end = end
    if (!this.#isSettling) void this.#settle()
  }

  async #settle(): Promise<void> {
    this.#isSettling = true
    while (this.#current?.end !== undefined) {
      const last = this.#waiting.findLast((log) => log.end !== undefined) ?? this.#current
      await this.#outputSettled()
      while (last.written !== wasWritten) this.#closeFirst()
    }
    this.#isSettling = false
  }

  output(text: string, timestampMs: number): void {
    if (text.length > this.#charactersLeft) {
      this.#droppedLines += 1
      this.#droppedCharacters += text.length
      this.#charactersLeft = 0
      return
    }
    this.#charactersLeft -= text.length
    this.write(text, timestampMs)
  }

  /** Invocations end in the order in which they began: the first is always one that has. */
  #closeFirst(): void {
    const log = this.#current
    const end = log?.end
    invariant(log !== undefined && end !== undefined, 'one invocation follows the end of another')
    this.#tellDropped(end.endMs)
    if (end.failure !== undefined) this.write(end.failure, end.endMs)
    if (this.#isFramed(log)) {
      this.#frame(endLine(log.requestId), end.endMs)
      this.#frame(reportLine(log.requestId, end), end.endMs)
    }
    this.#current = undefined
    const { written } = log
    log.written = wasWritten
    written?.()
    const next = this.#waiting.shift()
    if (next !== undefined) this.#start(next)
  }

  /** A line that everyone is told: output, or why it failed. */
  write(message: string, timestampMs: number): void {
    const { account, region, logGroup, logStream } = this.#place
    this.#sink.write({ account, region, logGroup, logStream, timestampMs, message })
    if (this.#current === undefined) this.#initTail?.add(message)
    else this.#current.tail?.add(message)
  }

  /** Whether anybody reads when the invocation began and ended. */
  #isFramed({ tail }: InvocationLog): boolean {
    return this.#takesPlatformLines || tail !== undefined
  }

  /** START, END or REPORT. */
  #frame(message: string, timestampMs: number): void {
    if (this.#takesPlatformLines) this.write(message, timestampMs)
    else this.#current?.tail?.add(message)
  }

  #start(log: InvocationLog): void {
    this.#tellDropped(log.startMs)
    this.#current = log
    this.#initTail = undefined
    this.#charactersLeft = this.#outputCharactersMax
    if (this.#isFramed(log)) this.#frame(startLine(log.requestId, log.version), log.startMs)
  }

  #tellDropped(timestampMs: number): void {
    if (this.#droppedLines === 0) return
    const [lines, characters] = [this.#droppedLines, this.#droppedCharacters]
    this.#droppedLines = 0
    this.#droppedCharacters = 0
    this.write(
      `[stagedoor] ${lines} lines of output dropped (${characters} characters)`,
      timestampMs,
    )
  }
}

/** Marks a log whose last line is written. */
function wasWritten(): void {}
