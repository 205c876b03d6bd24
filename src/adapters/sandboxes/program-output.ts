import type { Readable } from 'node:stream'
import { createOutputBudget } from './output-budget.ts'
import { createOutputLines } from './output-lines.ts'

/** What a program writes to its two streams, told as lines. */
export interface ProgramOutput {
  /** Bytes that have come so far. */
  activity(): number
  /** A line that came another way; it counts like the others. */
  line(text: string, timestampMs: number): void
  /** Tells what has no line break yet, and what was dropped. */
  flush(): void
  /** Whether V8 said that it ran out of its heap. */
  sawHeapExhausted(): boolean
  close(): void
}

const heapExhausted = /^FATAL ERROR: .*JavaScript heap out of memory/

/**
 * Reads both streams at all times, so that a program never waits for its output to be read. Beyond the
 * budget lines are dropped, and a line says how many.
 */
export function readProgramOutput(
  streams: readonly Readable[],
  tell: (text: string, timestampMs: number) => void,
): ProgramOutput {
  let received = 0
  let isHeapExhausted = false
  const budget = createOutputBudget(() => performance.now())

  function tellDropped(): void {
    const dropped = budget.dropped()
    if (dropped === undefined) return
    const { lines, characters } = dropped
    tell(`[${lines} lines of output, ${characters} characters, were dropped]`, Date.now())
  }

  function line(text: string, timestampMs: number): void {
    if (heapExhausted.test(text)) isHeapExhausted = true
    if (!budget.takes(text.length)) return
    tellDropped()
    tell(text, timestampMs)
  }

  const readers = streams.map((stream) => {
    const lines = createOutputLines((text) => line(text, Date.now()))
    stream.on('data', (chunk: Buffer) => {
      received += chunk.length
      lines.push(chunk)
    })
    return lines
  })

  return {
    activity: () => received,
    line,
    flush() {
      for (const lines of readers) lines.flush()
      tellDropped()
    },
    sawHeapExhausted: () => isHeapExhausted,
    close() {
      for (const stream of streams) stream.destroy()
    },
  }
}
