import type { FunctionPlaneFigures } from '../../function-plane/function-plane-figures.ts'

/** What the thread of the function plane reports when it is asked. */
export interface FunctionsFigures {
  readonly plane: FunctionPlaneFigures
  /** Lines of functions that did not get into the operator's log. */
  readonly droppedFunctionLines: number
  readonly droppedLogLines: number
  readonly heapUsedBytes: number
}
