import { fieldTable } from '../base/field-table.ts'
import type { HeaderFields } from '../base/header-fields.ts'
import type { BodyPicks } from '../engines/parameter-mapping.ts'
import type { RouteMatch } from '../engines/resource-router.ts'
import type { Overrides } from '../engines/vtl/index.ts'
import type { ContentMemory } from './content-memory.ts'
import type { LongTasks } from './long-tasks.ts'
import type { Random } from '../ports/random.ts'
import type { CompiledMethod } from '../snapshot/compiled-deployment.ts'
import type { ApiKeyDeclaration } from '../snapshot/api-key-declaration.ts'
import type { StageSnapshot, StageVariant } from '../snapshot/stage-snapshot.ts'
import type { UsagePlanDeclaration, UsagePlanStage } from '../snapshot/usage-plan-declaration.ts'
import { drawVariant } from './draw-variant.ts'
import type { ExecutionLog } from './execution-log.ts'
import type { GatewayError } from './gateway-error.ts'
import type { Gateway } from './gateway.ts'
import type { IncomingRequest } from './messages.ts'

/** The method that a request found, with the parameters of its path. */
export type Route = RouteMatch<CompiledMethod>

/** Whose key a request came with, and by which usage plan it opens the stage. */
export interface ApiCaller {
  readonly apiKey: ApiKeyDeclaration
  readonly usagePlan: UsagePlanDeclaration
  /** The entry of the plan for this stage. */
  readonly planStage: UsagePlanStage
}

/**
 * One request on its way: what stays the same from its first phase to its last, and, below it, how far
 * it has come. Phases read all of it. `pipeline.ts` writes the second half, but for the picks: who reads a
 * body notes what mappings want of it.
 */
export interface Call {
  readonly incoming: IncomingRequest
  readonly stage: StageSnapshot
  /** The one deployment and set of variables that the whole request uses. */
  readonly variant: StageVariant
  /** The client's method, or the one that X-HTTP-Method-Override puts in its place. */
  readonly httpMethod: string
  /** `$context.requestId`: a UUID, the client's own when it sent one. */
  readonly requestId: string
  /** `$context.extendedRequestId` and x-amz-apigw-id: ours alone. */
  readonly extendedRequestId: string
  /** Since 1970. */
  readonly startMs: number
  readonly startMonotonicMs: number
  /** Undefined: nobody asked for one. */
  readonly executionLog: ExecutionLog | undefined
  /** TestInvokeMethod: who calls has passed every check, and nothing is counted or kept. */
  readonly isTest: boolean
  readonly longTasks: LongTasks
  readonly contentMemory: ContentMemory

  /** Undefined: no method was found, or not yet. */
  route: Route | undefined
  /** Undefined: the method requires no API key, or the key was not looked at yet. */
  caller: ApiCaller | undefined
  /** X-Amzn-Trace-Id for the endpoint and the client; undefined: the integration type has none. */
  traceId: string | undefined
  /** What mappings find in the body, when that was found out beforehand. */
  requestPicks: BodyPicks | undefined
  responsePicks: BodyPicks | undefined
  /** What the request template set of `$context`; undefined: nothing, or there was none to render. */
  overrides: Overrides | undefined
  /** The id that an AWS service gave the call; undefined: none was called, or it gave none. */
  endpointRequestId: string | undefined
  /** Taken of `contentMemory`, in bytes, and given back when the request is answered. */
  contentBytes: number
  /** What ended the request. */
  error: GatewayError | undefined
  /** Undefined: no integration was called. */
  integrationLatencyMs: number | undefined
  /** The stage's cache had the answer, or had not; undefined: the method is not cached, or nobody asked. */
  isCacheHit: boolean | undefined
}

/** What is different about a request. */
export interface CallOptions {
  readonly executionLog?: ExecutionLog | undefined
  readonly isTest?: boolean
}

/**
 * Begins a request: draws between the stage's deployment and its canary, reads the client's two overrides
 * and gives the request its ids.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/canary-release.html (a draw per
 * request, nothing sticks), https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
 * (X-HTTP-Method-Override)
 */
export function startCall(
  incoming: IncomingRequest,
  stage: StageSnapshot,
  gateway: Gateway,
  { executionLog, isTest = false }: CallOptions = {},
): Call {
  const { clock, random } = gateway
  const overrides = readOverrides(incoming.headers)
  const requestId = chooseRequestId(overrides.requestId, random)
  return {
    incoming,
    stage,
    variant: drawVariant(stage, random),
    httpMethod: overrides.method ?? incoming.method,
    requestId,
    extendedRequestId: newExtendedRequestId(random),
    startMs: clock.nowMs(),
    startMonotonicMs: clock.monotonicMs(),
    executionLog,
    isTest,
    longTasks: gateway.longTasks,
    contentMemory: gateway.contentMemory,
    route: undefined,
    caller: undefined,
    traceId: undefined,
    requestPicks: undefined,
    responsePicks: undefined,
    overrides: undefined,
    endpointRequestId: undefined,
    contentBytes: 0,
    error: undefined,
    integrationLatencyMs: undefined,
    isCacheHit: undefined,
  }
}

/** A new `$context.extendedRequestId`: 16 characters that end in `=`, as base64 of eleven bytes does. */
export function newExtendedRequestId(random: Random): string {
  return `${random.identifier(15)}=`
}

const overrideFields = fieldTable([
  ['X-HTTP-Method-Override', 'method'],
  ['x-amzn-RequestId', 'requestId'],
] as const)

interface ClientOverrides {
  readonly method: string | undefined
  readonly requestId: string | undefined
}

const noOverrides: ClientOverrides = { method: undefined, requestId: undefined }

function readOverrides(headers: HeaderFields): ClientOverrides {
  let overrides = noOverrides
  for (let i = 0; i < headers.length; i += 2) {
    const override = overrideFields.find(headers[i] ?? '')
    if (override === undefined) continue
    const value = headers[i + 1] ?? ''
    if (override === 'requestId') overrides = { method: overrides.method, requestId: value }
    else if (value !== '')
      overrides = { method: value.toUpperCase(), requestId: overrides.requestId }
  }
  return overrides
}

const uuidForm = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html */
function chooseRequestId(clientRequestId: string | undefined, random: Random): string {
  if (clientRequestId === undefined) return random.uuid()
  if (uuidForm.test(clientRequestId)) return clientRequestId
  return `${random.uuid()}_REPLACED_INVALID_REQUEST_ID`
}
