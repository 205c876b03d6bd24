/** Work that may pause between any two of its steps. */
export type Steps<Result> = Generator<void, Result, void>

/** The same without a pause. */
export function atOnce<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}
