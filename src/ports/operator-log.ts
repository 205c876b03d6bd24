export type OperatorFields = Readonly<Record<string, string | number | boolean | undefined>>

/**
 * Structured lines for whoever runs the server. `event` is a fixed word (`stage-compile-failed`),
 * ids go into the fields. Never blocks; secrets never go in.
 */
export interface OperatorLog {
  info(event: string, fields: OperatorFields): void
  warn(event: string, fields: OperatorFields): void
  error(event: string, fields: OperatorFields): void
}
