import { responseBytesMax, streamedBytesMax, type SandboxExit } from '../ports/sandboxes.ts'

/** What AWS reports when a sandbox, not the code in it, failed: the answer and the line of the log. */
export interface SandboxFailure {
  /** JSON. */
  readonly payload: string
  readonly logMessage: string
}

/**
 * The process ended before it answered. One that was killed for its memory ends like any other.
 *
 * Observed: runtime-exit-error
 */
export function exitFailure(requestId: string, exit: SandboxExit): SandboxFailure {
  const errorMessage = `RequestId: ${requestId} Error: ${exitText(exit)}`
  return {
    payload: failurePayload('Runtime.ExitError', errorMessage),
    logMessage: `${errorMessage}\nRuntime.ExitError`,
  }
}

function exitText(exit: SandboxExit): string {
  if (exit.cause === 'memory') return 'Runtime exited with error: signal: killed'
  return exit.status === 'exit status 0'
    ? 'Runtime exited without providing a reason'
    : `Runtime exited with error: ${exit.status}`
}

/**
 * The code took longer than it may.
 *
 * Observed: sandbox-timedout
 */
export function timeoutFailure(
  requestId: string,
  at: { readonly timeoutSeconds: number; readonly nowMs: number },
): SandboxFailure {
  const text = `Task timed out after ${at.timeoutSeconds.toFixed(2)} seconds`
  return {
    payload: failurePayload('Sandbox.Timedout', `RequestId: ${requestId} Error: ${text}`),
    logMessage: `${new Date(at.nowMs).toISOString()} ${requestId} ${text}`,
  }
}

/**
 * The answer was longer than one may be: only a streamed one gets past the bound of the others.
 *
 * Observed: response-too-large
 */
export function responseTooLargeFailure(bytes: number): SandboxFailure {
  const bytesMax = bytes > streamedBytesMax ? streamedBytesMax : responseBytesMax
  const errorMessage = `Response payload size exceeded maximum allowed payload size (${bytesMax} bytes).`
  return {
    payload: failurePayload('Function.ResponseSizeTooLarge', errorMessage),
    logMessage: errorMessage,
  }
}

function failurePayload(errorType: string, errorMessage: string): string {
  return JSON.stringify({ errorType, errorMessage })
}
