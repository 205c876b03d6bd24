import type { Body } from '../base/body.ts'

/** Bytes of one content that are kept; what comes behind is counted alone. */
export const contentBytesMax = 16_384

/** The beginning of some content, as far as it has passed. */
export interface RecordedContent {
  /** As UTF-8; what is none of it becomes U+FFFD. */
  readonly text: string
  /** All that passed, kept or not. */
  readonly byteLength: number
}

/** Keeps the beginning of content that passes in pieces. */
export class ContentRecord implements RecordedContent {
  readonly #pieces: Uint8Array[] = []
  #byteLength = 0
  #keptBytes = 0

  add(piece: Uint8Array): void {
    this.#byteLength += piece.length
    const kept = piece.subarray(0, contentBytesMax - this.#keptBytes)
    if (kept.length === 0) return
    this.#keptBytes += kept.length
    // The sender may use its memory again, and a piece of a larger array would keep all of it.
    this.#pieces.push(new Uint8Array(kept))
  }

  get byteLength(): number {
    return this.#byteLength
  }

  get text(): string {
    const decoder = new TextDecoder()
    let text = ''
    for (const piece of this.#pieces) text += decoder.decode(piece, { stream: true })
    return text + decoder.decode()
  }
}

/** A text as recorded content. */
export function recordedText(text: string): RecordedContent {
  const byteLength = new TextEncoder().encode(text).length
  return { text: text.slice(0, contentBytesMax), byteLength }
}

/**
 * The same body, its content recorded. What is in memory is recorded at once and returned as it is; what
 * passes in pieces is recorded as it passes, so nobody waits for it.
 */
export function recordedBody(body: Body, record: ContentRecord): Body {
  if (body.bytes === undefined) return new RecordedBody(body, record)
  record.add(body.bytes)
  return body
}

class RecordedBody implements Body {
  readonly byteLength: number | undefined
  readonly bytes = undefined
  readonly #body: Body
  readonly #record: ContentRecord

  constructor(body: Body, record: ContentRecord) {
    this.byteLength = body.byteLength
    this.#body = body
    this.#record = record
  }

  peek(bytesMax: number): Promise<Uint8Array> {
    return this.#body.peek(bytesMax)
  }

  async readAll(bytesMax: number): Promise<Uint8Array> {
    const bytes = await this.#body.readAll(bytesMax)
    this.#record.add(bytes)
    return bytes
  }

  async *stream(): AsyncGenerator<Uint8Array> {
    for await (const piece of this.#body.stream()) {
      this.#record.add(piece)
      yield piece
    }
  }

  discard(): void {
    this.#body.discard()
  }
}
