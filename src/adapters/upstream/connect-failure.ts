import type { UpstreamOutcome } from '../../ports/upstream.ts'

/**
 * The outcome of a connection that was never established, from the error that Node gave.
 *
 * Several addresses of one name fail with one error that holds the others: the first that is not a
 * time-out speaks for them.
 */
export function connectFailure(error: Error): UpstreamOutcome {
  const causes = error instanceof AggregateError ? error.errors.filter(isError) : []
  const telling = causes.find((cause) => codeOf(cause) !== 'ETIMEDOUT') ?? error
  const detail = telling.message === '' ? codeOf(telling) : telling.message
  switch (codeOf(telling)) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_NONAME':
    case 'EAI_NODATA':
    case 'EAI_FAIL':
    case 'ENODATA':
      return { outcome: 'unresolved', detail }
    case 'ECONNREFUSED':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EHOSTDOWN':
    case 'ENETDOWN':
    case 'EADDRNOTAVAIL':
    case 'EACCES':
    case 'EPERM':
      return { outcome: 'refused', detail }
    case 'ETIMEDOUT':
      return { outcome: 'timeout' }
    default:
      return { outcome: 'broken', detail }
  }
}

function isError(value: unknown): value is Error {
  return value instanceof Error
}

function codeOf(error: Error): string {
  const code = 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : 'unknown'
}
