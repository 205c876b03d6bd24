import type { HeaderFields } from '../base/header-fields.ts'
import type { JsonObject, JsonValue } from '../base/json.ts'
import type { Call } from './call.ts'
import { executionLogLines } from './execution-log-lines.ts'
import type { ExecutionEvent, ExecutionLog } from './execution-log.ts'
import type { MethodResponse } from './messages.ts'
import { maskFields, maskText, secretsIn } from './mask-secrets.ts'
import { contentBytesMax } from './recorded-content.ts'

/** A request in short, as JSON; one that was found by its id has `events` and `log`, too. */
export type RequestTrace = JsonObject & {
  readonly requestId: string
  /** ISO 8601. */
  readonly time: string
  readonly status: number
}

/** The last requests that were answered, each with all that happened to it. */
export interface RequestTraces {
  keep(call: Call, executionLog: ExecutionLog, response: MethodResponse): void
  /** The newest first, without what happened. */
  list(): readonly RequestTrace[]
  /** Secrets masked, contents cut; undefined: not among the last. */
  find(requestId: string): RequestTrace | undefined
  /** Forgets all. */
  clear(): void
}

/** Bytes of all that is kept, roughly; the oldest go first. */
const tracesBytesMax = 33_554_432

/** Nothing in it holds the request itself, whose content may be long. */
interface Kept {
  readonly summary: RequestTrace
  readonly events: readonly ExecutionEvent[]
  readonly secrets: readonly string[]
  readonly bytes: number
}

/** Keeps at most `countMax` requests and `bytesMax` bytes of them. */
export function createRequestTraces(countMax: number, bytesMax = tracesBytesMax): RequestTraces {
  const kept: Kept[] = []
  let bytesCount = 0
  const isTooMuch = () => kept.length > countMax || (kept.length > 1 && bytesCount > bytesMax)
  return {
    keep(call, { events }, { status, body }) {
      // Content that is still to pass may fill what there is room for, there and back.
      const bytes = bytesOf(events) + (body.bytes === undefined ? 2 * contentBytesMax : 0)
      const secrets = secretsIn(call.incoming.headers)
      kept.push({ summary: summaryOf(call, events, status), events, secrets, bytes })
      bytesCount += bytes
      while (isTooMuch()) bytesCount -= kept.shift()?.bytes ?? 0
    },
    list: () => kept.toReversed().map(({ summary }) => summary),
    find(requestId) {
      const found = kept.findLast(({ summary }) => summary.requestId === requestId)
      return found && { ...found.summary, ...detailsOf(found) }
    },
    clear() {
      kept.length = 0
      bytesCount = 0
    },
  }
}

function summaryOf(call: Call, events: readonly ExecutionEvent[], status: number): RequestTrace {
  const { stage, route, variant, error } = call
  const { restApiId, stageName } = stage.declaration
  return {
    requestId: call.requestId,
    extendedRequestId: call.extendedRequestId,
    time: new Date(call.startMs).toISOString(),
    restApiId,
    stage: stageName,
    deploymentId: variant.deploymentId,
    httpMethod: call.httpMethod,
    path: call.incoming.path,
    resourcePath: route?.value.resourcePath ?? null,
    integrationType: route?.value.integration.type ?? null,
    status,
    error: error?.errorName ?? null,
    latencyMs: (events.at(-1)?.timeMs ?? call.startMs) - call.startMs,
    integrationLatencyMs: call.integrationLatencyMs ?? null,
    cacheHit: call.isCacheHit ?? null,
  }
}

function detailsOf({ summary, events, secrets }: Kept): JsonObject {
  const lines = executionLogLines(events, summary.requestId)
  return {
    events: events.map((event) => eventObject(event, secrets)),
    log: lines.map(({ text }) => maskText(text, secrets)),
  }
}

/** An event as JSON: every text without secrets, header fields as pairs. */
function eventObject(event: ExecutionEvent, secrets: readonly string[]): JsonObject {
  const entries = Object.entries(event).flatMap(([name, value]): [string, JsonValue][] => {
    if (value === undefined) return []
    if (name === 'headers' && 'headers' in event) return [[name, pairs(event.headers)]]
    if (name === 'body' && 'body' in event) {
      const { text, byteLength } = event.body
      const isCut = byteLength > contentBytesMax
      return [[name, { text: maskText(text, secrets), byteLength, isCut }]]
    }
    return [[name, maskedValue(value, secrets)]]
  })
  return Object.fromEntries(entries)
}

function pairs(fields: HeaderFields): JsonValue {
  const masked = maskFields(fields)
  return masked.flatMap((name, i) => (i % 2 === 0 ? [[name, masked[i + 1] ?? '']] : []))
}

/** What is left of an event is texts, numbers, truths, null, and maps of texts and of lists of texts. */
function maskedValue(value: unknown, secrets: readonly string[]): JsonValue {
  if (typeof value === 'string') return maskText(value, secrets)
  if (Array.isArray(value)) return value.map((item) => maskedValue(item, secrets))
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value)
    return Object.fromEntries(members.map(([name, item]) => [name, maskedValue(item, secrets)]))
  }
  return typeof value === 'number' || typeof value === 'boolean' ? value : null
}

function bytesOf(events: readonly ExecutionEvent[]): number {
  return events.reduce((sum, event) => sum + eventBytes(event), 1024)
}

function eventBytes(event: ExecutionEvent): number {
  if (!('body' in event)) return 256
  const headers = event.headers.reduce((sum, text) => sum + text.length, 0)
  return 256 + headers + Math.min(event.body.byteLength, contentBytesMax)
}
