import type { Sandboxes } from '../ports/sandboxes.ts'

/** What the thread of the function plane reports when it is asked. */
export interface FunctionsFigures {
  /** By name, as the function plane counts. */
  readonly plane: FunctionPlaneFigures
  readonly memoryMode: Sandboxes['memoryMode']
  /** Lines of functions that did not get into the operator's log. */
  readonly droppedFunctionLines: number
  readonly droppedLogLines: number
  readonly heapUsedBytes: number
}

/** Counts of the function plane. */
export type FunctionPlaneFigures = Readonly<Record<string, number>>
