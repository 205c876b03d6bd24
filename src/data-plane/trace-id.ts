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
  const id = random.uuid()
  const unique =
    id.slice(0, 8) + id.slice(9, 13) + id.slice(14, 18) + id.slice(19, 23) + id.slice(24, 28)
  return `Root=1-${seconds.toString(16).padStart(8, '0')}-${unique}`
}

/**
 * Value of X-Amzn-Trace-Id of an invocation: the trace of the request, below a parent of the gateway's
 * own. The answer to the client carries the same.
 *
 * Observed: https://github.com/localstack/localstack (test_invocation_trace_id: the members and their order)
 * Chosen: docs/decisions/0021-functions-behind-stages.md (what Lineage says)
 */
export function functionTraceId(traceId: string, random: Random): string {
  const unique = random.uuid()
  const parent = unique.slice(0, 8) + unique.slice(24, 32)
  const lineage = unique.slice(9, 13) + unique.slice(32)
  const hasMore = traceId.includes(';') || !traceId.startsWith('Root=')
  const root = hasMore ? rootOf(traceId) : traceId.slice(rootAt)
  const sampled = hasMore && /(?:^|;)\s*Sampled=1/.test(traceId) ? '1' : '0'
  return `Root=${root};Parent=${parent};Sampled=${sampled};Lineage=1:${lineage}:0`
}

const rootAt = 'Root='.length

function rootOf(traceId: string): string {
  return /(?:^|;)\s*Root=([^;]+)/.exec(traceId)?.[1] ?? traceId
}
