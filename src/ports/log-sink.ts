export interface LogEvent {
  readonly account: string
  readonly region: string
  readonly logGroup: string
  readonly logStream: string
  readonly timestampMs: number
  readonly message: string
}

/**
 * Where access and execution logs go. Bound: a fixed number of events waits. Failure policy: never
 * blocks and never fails a request; what was dropped is counted in `droppedCount`.
 */
export interface LogSink {
  /**
   * False: of invocations that went well nobody reads START, END and REPORT here, and they need not even be
   * made. Absent: somebody does.
   */
  readonly takesPlatformLines?: boolean
  write(event: LogEvent): void
  droppedCount(): number
}
