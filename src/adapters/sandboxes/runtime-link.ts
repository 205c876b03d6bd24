import type { SandboxInvocation } from '../../ports/sandboxes.ts'

/** How a host speaks with the code that it has started: by frames or by HTTP. */
export interface RuntimeLink {
  send(invocation: SandboxInvocation): void
  /** So many more bytes may be sent of the stream under way; `streamWindowBytes` at its beginning. */
  credit(bytes: number): void
  /** The rest of the stream under way is not wanted. */
  drop(): void
  /** Grows whenever anything comes from the code. */
  activity(): number
  close(): void
}

/** What the code says, whichever way it says it. */
export interface RuntimeLinkEvents {
  /** It waits for its first event. */
  ready(): void
  /** JSON text of why it does not. */
  initError(payload: string): void
  response(payload: string): void
  /** It begins to stream its answer, which was asked to be streamed. Empty: of no type that it says. */
  streamBegin(contentType: string): void
  /** The bytes are the receiver's. */
  streamPiece(bytes: Uint8Array): void
  streamEnd(): void
  tooLarge(bytes: number): void
  /** JSON text. */
  error(payload: string): void
  /** The same, from code that ends now. */
  lastError(payload: string): void
  /** A line of the function's log, in its place before the answer. */
  output(text: string, timestampMs: number): void
  /** It no longer listens; it may be about to end. */
  left(): void
  /** It does not speak as agreed. Nothing is told after it. */
  broken(detail: string): void
}
