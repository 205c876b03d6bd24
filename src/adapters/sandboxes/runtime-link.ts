import type { SandboxInvocation } from '../../ports/sandboxes.ts'

/** How a host speaks with the code that it has started: by frames or by HTTP. */
export interface RuntimeLink {
  send(invocation: SandboxInvocation): void
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
