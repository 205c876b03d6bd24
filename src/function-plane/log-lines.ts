import type { Random } from '../ports/random.ts'

/** What a REPORT line says. */
export interface InvocationReport {
  readonly durationMs: number
  readonly memoryMb: number
  readonly maxMemoryUsedMb: number
  /** Undefined: the sandbox was warm. */
  readonly initMs: number | undefined
}

/** The line before an invocation's output. Observed: log-lines */
export function startLine(requestId: string, version: string): string {
  return `START RequestId: ${requestId} Version: ${version}`
}

/** The line after an invocation's output. Observed: log-lines */
export function endLine(requestId: string): string {
  return `END RequestId: ${requestId}`
}

/** The last line of an invocation, its figures ended by TABs. Observed: log-lines */
export function reportLine(requestId: string, report: InvocationReport): string {
  const { durationMs, memoryMb, maxMemoryUsedMb, initMs } = report
  const memory = `Memory Size: ${memoryMb} MB\tMax Memory Used: ${Math.ceil(maxMemoryUsedMb)} MB\t`
  const init = initMs === undefined ? '' : `Init Duration: ${initMs.toFixed(2)} ms\t`
  return `REPORT RequestId: ${requestId}\tDuration: ${durationMs.toFixed(2)} ms\tBilled Duration: ${Math.ceil(durationMs)} ms\t${memory}${init}`
}

/**
 * The line of a start that failed.
 *
 * Documented: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
 */
export function initReportLine(initMs: number, status: string): string {
  return `INIT_REPORT Init Duration: ${initMs.toFixed(2)} ms\tPhase: init\tStatus: ${status}`
}

/** The name of a sandbox's log: the day, the version, 32 hexadecimal digits. Observed: log-lines */
export function logStreamName(version: string, nowMs: number, random: Random): string {
  const day = new Date(nowMs).toISOString().slice(0, 10).replaceAll('-', '/')
  return `${day}/[${version}]${random.uuid().replaceAll('-', '')}`
}
