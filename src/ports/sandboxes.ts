import type { AccountId, Region } from '../aws/identifiers.ts'
import type { Body } from '../base/body.ts'
import type { FunctionVersion } from '../snapshot/function-declaration.ts'

/** What a sandbox is started for. */
export interface SandboxSpec {
  readonly account: AccountId
  readonly region: Region
  readonly functionName: string
  readonly version: FunctionVersion
  /** `YYYY/MM/DD/[VERSION]32 hexadecimal digits`. */
  readonly logStream: string
}

/** How the start of the code went. */
export type InitOutcome =
  | { readonly outcome: 'ready'; readonly initMs: number }
  /** The code reported a failure of its own before it took its first event. JSON text. */
  | { readonly outcome: 'init-error'; readonly payload: string; readonly initMs: number }
  | { readonly outcome: 'exited'; readonly exit: SandboxExit; readonly initMs: number }
  /** It took longer than an init may (10 s, or the function's timeout where that is longer). */
  | { readonly outcome: 'init-timeout'; readonly initMs: number }
  /** Nothing could be started: no such command, no code. `detail` is for the operator. */
  | { readonly outcome: 'not-started'; readonly detail: string }

/** How a process ended. `cause` is what the supervisor did to it; absent: its own doing. */
export interface SandboxExit {
  /** `exit status 1`, `signal: killed`. */
  readonly status: string
  readonly cause?: 'memory' | 'stopped'
}

export interface SandboxInvocation {
  readonly requestId: string
  /** As addressed: unqualified or with the alias or version that was named. */
  readonly invokedFunctionArn: string
  /** Milliseconds since 1970. The code is killed then. */
  readonly deadlineMs: number
  readonly traceId: string
  /** JSON text. */
  readonly clientContext: string | undefined
  /** JSON text of the event. */
  readonly payload: string
  /**
   * Called once, when the code begins to stream its answer, before the outcome is there; not at all when it
   * answers whole. Absent: the answer is wanted whole.
   */
  readonly onStream?: ((stream: SandboxStream) => void) | undefined
}

/** An answer that the code gives piece by piece. */
export interface SandboxStream {
  /** As the code says; undefined: it does not. */
  readonly contentType: string | undefined
  /**
   * To be consumed or discarded. Who does not read holds the code back, at `streamWindowBytes` unread; what is
   * discarded lets it run on unheard. Breaks off when the outcome is another than `streamed`.
   */
  readonly body: Body
}

/** How an invocation went. Only after `response`, `streamed` and `error` may the sandbox be used again. */
export type SandboxOutcome =
  | { readonly outcome: 'response'; readonly payload: string }
  /** The stream that `onStream` was given has ended as it should. */
  | { readonly outcome: 'streamed' }
  /** The code failed and said how: JSON text of `errorMessage`, `errorType`, the trace. */
  | { readonly outcome: 'error'; readonly payload: string }
  | { readonly outcome: 'exited'; readonly exit: SandboxExit }
  /** The deadline came; the process is killed. */
  | { readonly outcome: 'timed-out' }
  /** The answer was over `responseBytesMax`, or `streamedBytesMax`; the sandbox may be used again. */
  | { readonly outcome: 'response-too-large'; readonly bytes: number }

/** What a sandbox tells while it lives. */
export interface SandboxEvents {
  /** A line (or a chunk without an end) of the function's output, without its line break. */
  output(text: string, timestampMs: number): void
  /** The process is gone, between invocations too. */
  exited(exit: SandboxExit): void
  /** Files of a folder that the code runs from have changed: what runs is old. */
  codeChanged(): void
}

/** One running copy of a function's code. It takes one event at a time. */
export interface Sandbox {
  readonly init: Promise<InitOutcome>
  /** Never rejects. Not before `init` is `ready`, not while another is under way. */
  invoke(invocation: SandboxInvocation): Promise<SandboxOutcome>
  /**
   * Resolves when all output that was written before the last invocation's answer has been told through
   * `SandboxEvents.output`.
   */
  outputSettled(): Promise<void>
  /** Megabytes; the most that was seen since the start. */
  maxMemoryUsedMb(): number
  /** Kills the process and what it started. Resolves when it is gone. */
  stop(): Promise<void>
}

/**
 * Runs the code of functions, each copy in a process of its own.
 *
 * Bounds: memory (the function's `memoryMb`; over it the process is killed), the time of an init and of an
 * invocation, the size of an answer, the output kept while nobody reads it. Failure policy: outcomes; a
 * process that crashes, hangs or floods harms no other.
 */
export interface Sandboxes {
  start(spec: SandboxSpec, events: SandboxEvents): Sandbox
  /** How memory is limited: by the kernel, or by looking at it every 100 ms at most. */
  readonly memoryMode: 'cgroup' | 'watch'
  /** Kills every process. */
  close(): Promise<void>
}

/** Bytes of an answer. Documented: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const responseBytesMax = 6_291_556

/** Bytes of a streamed answer. Documented: https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html */
export const streamedBytesMax = 209_715_200

/** Bytes of a streamed answer that are under way to its reader on each part of the way. Chosen. */
export const streamWindowBytes = 262_144
