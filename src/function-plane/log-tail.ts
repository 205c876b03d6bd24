import { logTailBytesMax } from './limits.ts'

/**
 * The end of a log of which no more is kept than can be asked for. A character that the bound cuts is
 * left out.
 */
export class LogTail {
  #text = ''

  add(line: string): void {
    // A character has a byte at least: what lies further back is never asked for.
    const kept = `${this.#text}${line.slice(-logTailBytesMax)}\n`
    this.#text = kept.length > 2 * logTailBytesMax ? kept.slice(-logTailBytesMax) : kept
  }

  /** The last 4 KB. */
  text(): string {
    const bytes = new TextEncoder().encode(this.#text)
    if (bytes.length <= logTailBytesMax) return this.#text
    let start = bytes.length - logTailBytesMax
    while (((bytes[start] ?? 0) & 0b1100_0000) === 0b1000_0000) start += 1
    return new TextDecoder().decode(bytes.subarray(start))
  }
}
