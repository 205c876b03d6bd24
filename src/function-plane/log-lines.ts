import type { Random } from '../ports/random.ts'

/** What a REPORT line says. */
export interface InvocationReport {
  readonly durationMs: number
  readonly memoryMb: number
  readonly maxMemoryUsedMb: number
  /** Undefined: the sandbox was warm. */
  readonly initMs: number | undefined
  /** `timeout`, or `error` with its type; undefined: the code answered. */
  readonly status: string | undefined
}

/** The line before an invocation's output. Observed: log-lines-cold */
export function startLine(requestId: string, version: string): string {
  return `START RequestId: ${requestId} Version: ${version}`
}

/** The line after an invocation's output. Observed: log-lines-cold */
export function endLine(requestId: string): string {
  return `END RequestId: ${requestId}`
}

/**
 * The last line of an invocation, its figures ended by TABs. The start is billed with the first one.
 *
 * Documented: https://aws.amazon.com/blogs/compute/aws-lambda-standardizes-billing-for-init-phase/
 * Observed: log-lines-cold, log-lines-timeout
 */
export function reportLine(requestId: string, report: InvocationReport): string {
  const { durationMs, memoryMb, maxMemoryUsedMb, initMs, status } = report
  const billedMs = Math.ceil(durationMs + (initMs ?? 0))
  const memory = `Memory Size: ${memoryMb} MB\tMax Memory Used: ${Math.ceil(maxMemoryUsedMb)} MB\t`
  const init = initMs === undefined ? '' : `Init Duration: ${initMs.toFixed(2)} ms\t`
  const ending = status === undefined ? '' : `Status: ${status}`
  return `REPORT RequestId: ${requestId}\tDuration: ${durationMs.toFixed(2)} ms\tBilled Duration: ${billedMs} ms\t${memory}${init}${ending}`
}

/**
 * The line of a start that failed.
 *
 * Documented: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
 */
export function initReportLine(initMs: number, status: string): string {
  return `INIT_REPORT Init Duration: ${initMs.toFixed(2)} ms\tPhase: init\tStatus: ${status}`
}

/** The name of a sandbox's log: the day, the version, 32 hexadecimal digits. Observed: log-lines-cold */
export function logStreamName(version: string, nowMs: number, random: Random): string {
  const day = new Date(nowMs).toISOString().slice(0, 10).replaceAll('-', '/')
  return `${day}/[${version}]${random.uuid().replaceAll('-', '')}`
}
