import type { Clock } from '../ports/clock.ts'
import type { FunctionInvocation, FunctionOutcome } from '../ports/functions.ts'
import type { Random } from '../ports/random.ts'
import { mayInvoke } from '../snapshot/lambda-policy-decision.ts'
import type { Events } from './events.ts'
import type { FunctionTarget, FunctionTargets } from './function-targets.ts'
import { eventPayloadBytesMax, payloadBytesMax } from './limits.ts'
import { refusals, type Refusal } from './refusals.ts'
import { runInvocation, type RunParts } from './run-invocation.ts'
import type { SandboxPool } from './sandbox-pool.ts'

/** What invoking is made of. */
export interface InvokeParts {
  readonly clock: Clock
  readonly random: Random
  readonly targets: FunctionTargets
  readonly events: Events
  readonly run: RunParts
}

/**
 * Answers an invocation: first whether there is such a function, then who may invoke it, then what is
 * sent; concurrency last. Rejects for nothing that a caller sends.
 *
 * Cost: for a warm function, looks into a few maps, the statements of its policy, and a promise each for
 * the sandbox's answer and the caller's.
 */
export function invoke(
  invocation: FunctionInvocation,
  parts: InvokeParts,
): FunctionOutcome | Promise<FunctionOutcome> {
  const { functionArn, caller, invocationType } = invocation
  const target = parts.targets.find(functionArn)
  if (target.outcome === 'refused') return target
  if (caller.kind === 'service' && !mayInvoke(target.statements, caller)) {
    return refusals.accessDenied(caller.service, functionArn)
  }
  const payload = invocation.payload === '' ? '{}' : invocation.payload
  const refused = refusePayload(payload, invocation)
  if (refused !== undefined) return refused
  const requestId = invocation.requestId ?? parts.random.uuid()
  if (invocationType === 'DryRun') return answeredEmpty(204, requestId)
  const traceId = invocation.traceId ?? newTraceId(parts)
  if (invocationType === 'Event') {
    const isHeld = parts.events.accept({ functionArn, payload, traceId, requestId })
    return isHeld ? answeredEmpty(202, requestId) : refusals.throttled(eventsFull)
  }
  return runInvocation(
    {
      seats: target.seats,
      pool: choosePool(target, parts.random),
      functionArn,
      requestId,
      payload,
      clientContext: invocation.clientContext,
      traceId,
      logTail: invocation.logTail,
      timeoutMs: invocation.timeoutMs,
      isStreamed: invocation.isStreamed === true,
    },
    parts.run,
  )
}

const eventsFull = 'ConcurrentInvocationLimitExceeded'

function answeredEmpty(status: number, requestId: string): FunctionOutcome {
  return { outcome: 'answered', status, payload: '', requestId }
}

/** The most bytes that UTF-8 needs for a unit of a JavaScript string. */
const bytesPerUnitMax = 3

function refusePayload(
  payload: string,
  { invocationType, isJson }: FunctionInvocation,
): Refusal | undefined {
  const isEvent = invocationType === 'Event'
  const bytesMax = isEvent ? eventPayloadBytesMax : payloadBytesMax
  if (payload.length * bytesPerUnitMax > bytesMax) {
    const bytes = new TextEncoder().encode(payload).length
    if (bytes > bytesMax) {
      return isEvent ? refusals.eventTooLarge(bytes) : refusals.payloadTooLarge()
    }
  }
  if (isJson === true) return undefined
  try {
    JSON.parse(payload)
    return undefined
  } catch (error) {
    return refusals.payloadNotJson(error instanceof Error ? error.message : 'no JSON')
  }
}

/** The sandboxes of the version that runs: a weighted alias is drawn once for each invocation. */
export function choosePool({ pool, additional }: FunctionTarget, random: Random): SandboxPool {
  if (additional === undefined) return pool
  return random.fraction() < additional.weight ? additional.pool : pool
}

/**
 * Value of X-Amzn-Trace-Id for an invocation that brings none: a root that is not sampled.
 *
 * Documented: https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
 */
function newTraceId({ clock, random }: Pick<InvokeParts, 'clock' | 'random'>): string {
  const seconds = Math.floor(clock.nowMs() / 1000)
  const unique = random.uuid().replaceAll('-', '').slice(0, 24)
  const parent = random.uuid().replaceAll('-', '').slice(0, 16)
  return `Root=1-${seconds.toString(16).padStart(8, '0')}-${unique};Parent=${parent};Sampled=0`
}
