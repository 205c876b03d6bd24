import type { SandboxExit, SandboxOutcome } from '../ports/sandboxes.ts'
import type { FunctionVersion } from '../snapshot/function-declaration.ts'
import { exitFailure, responseTooLargeFailure, timeoutFailure } from './function-failures.ts'
import type { FailedInit } from './waiting-invocation.ts'

/** What an invocation is answered, and what becomes of its sandbox. */
export interface SandboxAnswer {
  /** JSON. */
  readonly payload: string
  readonly isError: boolean
  /** It may be used again. */
  readonly isSandboxGood: boolean
  /** It was killed for its memory. */
  readonly isOutOfMemory: boolean
  /** A line that the platform adds to the log. */
  readonly logMessage: string | undefined
  /** What the REPORT line says of the failure. */
  readonly status: string | undefined
}

interface Invoked {
  readonly requestId: string
  readonly pool: { readonly version: FunctionVersion }
}

/** What an invocation is answered that the code took. */
export function answerOf(outcome: SandboxOutcome, invoked: Invoked, nowMs: number): SandboxAnswer {
  const { requestId } = invoked
  switch (outcome.outcome) {
    case 'response':
      return { ...good, payload: outcome.payload, isError: false }
    case 'streamed':
      return { ...good, payload: '', isError: false }
    case 'error':
      return { ...good, payload: outcome.payload }
    case 'response-too-large':
      return { ...good, ...responseTooLargeFailure(outcome.bytes) }
    case 'exited':
      return exited(outcome.exit, requestId)
    case 'timed-out':
      return { ...bad, ...timeoutOf(invoked, nowMs) }
  }
}

/** What the invocation is answered whose sandbox did not start. */
export function answerOfFailedInit(
  failure: Exclude<FailedInit, { readonly outcome: 'not-started' }>,
  invoked: Invoked,
  nowMs: number,
): SandboxAnswer {
  switch (failure.outcome) {
    case 'init-error':
      return { ...bad, payload: failure.payload }
    case 'exited':
      return exited(failure.exit, invoked.requestId)
    // AWS starts the code once more within the time of the invocation, and that is over then.
    case 'init-timeout':
      return { ...bad, ...timeoutOf(invoked, nowMs) }
  }
}

/** The end of the log line of a start that failed: `timeout`, or `error` with its type. */
export function initStatus(
  failure: Exclude<FailedInit, { readonly outcome: 'not-started' }>,
): string {
  if (failure.outcome === 'init-timeout') return 'timeout'
  const errorType =
    failure.outcome === 'exited' ? 'Runtime.ExitError' : errorTypeOf(failure.payload)
  return errorType === undefined ? 'error' : `error\tError Type: ${errorType}`
}

function errorTypeOf(payload: string): string | undefined {
  try {
    const error: unknown = JSON.parse(payload)
    if (typeof error !== 'object' || error === null || !('errorType' in error)) return undefined
    return typeof error.errorType === 'string' ? error.errorType : undefined
  } catch {
    return undefined
  }
}

/** The answer names the exit; only the REPORT line names the memory. */
function exited(exit: SandboxExit, requestId: string): SandboxAnswer {
  const isOutOfMemory = exit.cause === 'memory'
  const status = `error\tError Type: Runtime.${isOutOfMemory ? 'OutOfMemory' : 'ExitError'}`
  return { ...bad, isOutOfMemory, status, ...exitFailure(requestId, exit) }
}

function timeoutOf({ requestId, pool }: Invoked, nowMs: number) {
  const { timeoutSeconds } = pool.version
  return { status: 'timeout', ...timeoutFailure(requestId, { timeoutSeconds, nowMs }) }
}

const good = Object.freeze({
  isError: true,
  isSandboxGood: true,
  isOutOfMemory: false,
  logMessage: undefined,
  status: undefined,
})
const bad = Object.freeze({ ...good, isSandboxGood: false })
