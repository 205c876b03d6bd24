/** Bytes of a line; a longer one is told in pieces. Documented: the size of an event of CloudWatch Logs, 256 KB. */
export const lineBytesMax = 262_144

const newline = 0x0a

/** Bytes of a stream as lines of text. */
export interface OutputLines {
  push(chunk: Buffer): void
  /** Tells what has no line break yet. */
  flush(): void
}

/**
 * Splits what a process writes into lines, without their breaks. Characters that are cut by a read stay
 * whole; bytes that are no UTF-8 become U+FFFD. Bounds: `lineBytesMax` is kept.
 */
export function createOutputLines(tell: (line: string) => void): OutputLines {
  let pending: Buffer[] = []
  let pendingBytes = 0

  function flush(): void {
    if (pendingBytes === 0) return
    const line = pending.length === 1 ? pending[0] : Buffer.concat(pending, pendingBytes)
    pending = []
    pendingBytes = 0
    if (line !== undefined) tell(line.toString('utf8'))
  }

  function keep(piece: Buffer): void {
    let rest = piece
    while (pendingBytes + rest.length > lineBytesMax) {
      const end = wholeCharacters(rest, lineBytesMax - pendingBytes)
      pending.push(rest.subarray(0, end))
      pendingBytes += end
      flush()
      rest = rest.subarray(end)
    }
    if (rest.length === 0) return
    // Copied: a few bytes would keep the whole read alive.
    pending.push(Buffer.from(rest))
    pendingBytes += rest.length
  }

  function push(chunk: Buffer): void {
    let start = 0
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      if (pendingBytes === 0 && end - start <= lineBytesMax)
        tell(chunk.toString('utf8', start, end))
      else {
        keep(chunk.subarray(start, end))
        flush()
      }
      start = end + 1
    }
    if (start < chunk.length) keep(chunk.subarray(start))
  }

  return { push, flush }
}

/** The end nearest to `limit` that cuts no character of UTF-8 in two. */
function wholeCharacters(bytes: Buffer, limit: number): number {
  for (let end = limit; end > limit - 4 && end > 0; end -= 1) {
    if (((bytes[end] ?? 0) & 0b1100_0000) !== 0b1000_0000) return end
  }
  return limit
}
