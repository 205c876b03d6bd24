/** The longest that an event loop may be held. */
export const stallMsMax = 50

/** Measures the steps of one case, between which others would have a turn. */
export interface StepWatch {
  step<Result>(work: () => Result): Result
}

/** A case with a step that took too long, also when it was run alone. */
export interface Stall {
  readonly milliseconds: number
  readonly case: string
}

/** What the steps of many cases took. */
export interface StallReport {
  /** Of all steps, this machine's own pauses included. */
  readonly longestMs: number
  readonly stalls: readonly Stall[]
}

/** Runs cases and keeps those that hold the event loop. */
export class StallRecorder implements StallReport {
  longestMs = 0
  readonly stalls: Stall[] = []

  /**
   * Runs a case. One with a step that takes too long is run three times more, and then the thread's processor
   * time counts: the machine pauses now and then, others use it, and garbage of other cases is collected. The
   * least of the three is the case's own. Throws what the case does.
   */
  run<Outcome>(name: () => string, work: (watch: StepWatch) => Outcome): Outcome {
    const first = timed(work, () => performance.now())
    this.longestMs = Math.max(this.longestMs, first.longestMs)
    if (first.longestMs > stallMsMax) {
      const again = Array.from({ length: 3 }, () => timed(work, threadMs).longestMs)
      const milliseconds = Math.min(...again)
      if (milliseconds > stallMsMax) this.stalls.push({ milliseconds, case: name() })
    }
    return first.outcome
  }
}

/** Processor time of this thread, in milliseconds. */
export function threadMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

function timed<Outcome>(
  work: (watch: StepWatch) => Outcome,
  nowMs: () => number,
): {
  readonly outcome: Outcome
  readonly longestMs: number
} {
  let longestMs = 0
  const outcome = work({
    step(one) {
      const startedAt = nowMs()
      try {
        return one()
      } finally {
        longestMs = Math.max(longestMs, nowMs() - startedAt)
      }
    },
  })
  return { outcome, longestMs }
}

/** Runs work that pauses, each step by itself. */
export function inSteps<Result>(watch: StepWatch, work: Generator<void, Result, void>): Result {
  for (;;) {
    const step = watch.step(() => work.next())
    if (step.done === true) return step.value
  }
}
