import { findLastField } from '../base/header-fields.ts'
import type { Random } from '../ports/random.ts'
import type { Call } from './call.ts'

/**
 * Value of X-Amzn-Trace-Id for a request: the client's own, or a new root.
 *
 * Documented: https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
 */
export function traceIdOf(call: Call, random: Random): string {
  const fromClient = findLastField(call.incoming.headers, 'x-amzn-trace-id')
  if (fromClient !== undefined && fromClient !== '') return fromClient
  const seconds = Math.floor(call.startMs / 1000)
  const unique = random.uuid().replaceAll('-', '').slice(0, 24)
  return `Root=1-${seconds.toString(16).padStart(8, '0')}-${unique}`
}
