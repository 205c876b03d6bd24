/** Bytes of output that are told at once, and again for every second: what is beyond is dropped. */
export const outputBurstBytes = 16 * 1_048_576
const bytesPerSecond = 4 * 1_048_576
/** What a line costs beyond its bytes: a flood of empty lines is a flood. */
const lineCostBytes = 128

/** How much a sandbox may still say. */
export interface OutputBudget {
  /** Whether a line of this length may be told now; what may not is counted. */
  takes(length: number): boolean
  /** What was dropped since the last call, when there was any and lines are taken again. */
  dropped(): { readonly lines: number; readonly characters: number } | undefined
}

/** A bucket that holds `outputBurstBytes` and fills as time goes by. */
export function createOutputBudget(monotonicMs: () => number): OutputBudget {
  let left = outputBurstBytes
  let filledMs = monotonicMs()
  let lines = 0
  let characters = 0

  function fill(): void {
    const nowMs = monotonicMs()
    left = Math.min(outputBurstBytes, left + ((nowMs - filledMs) * bytesPerSecond) / 1_000)
    filledMs = nowMs
  }

  return {
    takes(length) {
      const cost = length + lineCostBytes
      if (left < cost) fill()
      if (left < cost) {
        lines += 1
        characters += length
        return false
      }
      left -= cost
      return true
    },
    dropped() {
      if (lines === 0) return undefined
      const dropped = { lines, characters }
      lines = 0
      characters = 0
      return dropped
    },
  }
}
