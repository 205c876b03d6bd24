import {
  accountConcurrencyMax,
  functionPayloadBytesMax,
  unreservedConcurrencyMin,
} from '../aws/limits.ts'

/** Bounds of a function plane that whoever runs it may set. */
export interface FunctionPlaneLimits {
  /** Invocations at a time of an account in a region. */
  readonly accountConcurrency: number
  /** What reservations of functions leave to the others at least, as far as the account has it. */
  readonly unreservedConcurrencyMin: number
  /** Copies of functions alive at a time, those that start or stop included. The machine's limit. */
  readonly sandboxesMax: number
  /** Copies of one function's version that start at a time: a burst soon uses the first again. */
  readonly startsAtOnceMax: number
  /** Invocations that wait for a sandbox. */
  readonly waitingMax: number
  /** How long a sandbox that is not used lives on, in milliseconds. */
  readonly idleMs: number
  /** Asynchronous events held: those that wait, run, or will be tried again. */
  readonly eventsMax: number
  /** Bytes of their payloads. */
  readonly eventBytesMax: number
  /** Asynchronous events that are run at a time: the rest of the machine is for who waits. */
  readonly eventsAtOnceMax: number
  /** Characters of output that are logged for one invocation. */
  readonly outputCharactersMax: number
}

/**
 * The bounds that apply when nothing is said. The first two are AWS's quotas, the others our own.
 *
 * Documented: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export const defaultFunctionPlaneLimits: FunctionPlaneLimits = Object.freeze({
  accountConcurrency: accountConcurrencyMax,
  unreservedConcurrencyMin,
  sandboxesMax: 64,
  startsAtOnceMax: 8,
  waitingMax: 1_000,
  idleMs: 300_000,
  eventsMax: 10_000,
  eventBytesMax: 67_108_864,
  eventsAtOnceMax: 32,
  outputCharactersMax: 1_048_576,
})

/** Bytes of a payload that a caller waits for. Documented: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
export const payloadBytesMax = functionPayloadBytesMax
/** Bytes of an asynchronous event. Documented: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
export const eventPayloadBytesMax = 1_048_576
/** Bytes of the end of a log that are handed back. Documented: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
export const logTailBytesMax = 4_096
/** How long a start may take, in milliseconds. Documented: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html */
export const initMsMax = 10_000
