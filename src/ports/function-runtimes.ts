/** Whether, and with what, functions of a runtime are run on this machine. */
export type RuntimeAvailability =
  | {
      readonly outcome: 'available'
      /** What the user should know (a newer Node runs it). Absent: nothing. */
      readonly warning?: string
    }
  | {
      readonly outcome: 'unavailable'
      /** Why, for the caller: which command is missing and how to name one. */
      readonly detail: string
    }

/**
 * The runtimes of this machine. Nothing of it waits or blocks but `look`; what has not been looked for counts
 * as available until it is known. What is known does not change while the server runs.
 */
export interface FunctionRuntimes {
  /** Resolves when it is known whether the runtime can be run. Absent: of all of them. Never rejects. */
  look(runtime?: string): Promise<void>
  /** `nodejs22.x`, `python3.12`, `provided.al2023` … */
  find(runtime: string): RuntimeAvailability
  /** Those that are available, in alphabetical order. */
  available(): readonly string[]
}
