import { readCredentialScope, type CredentialScope } from '../aws/credential-scope.ts'
import { isRegion, type AccountId, type Scope } from '../aws/identifiers.ts'
import { frontEndError } from '../aws/front-end-errors.ts'
import type { OperationMatch } from '../aws/operation-index.ts'
import { checkConstraints } from '../aws/protocols/check-constraints.ts'
import { serializationError } from '../aws/protocols/json-values.ts'
import type { EncodedAnswer } from '../aws/protocols/rest-json.ts'
import { decodeInput, encodeError, encodeOutput } from '../aws/protocols/rest-json.ts'
import { ServiceError } from '../aws/service-error.ts'
import { cutText } from '../base/cut-text.ts'
import { deepFreeze } from '../base/freeze.ts'
import { findField, type HeaderFields } from '../base/header-fields.ts'
import { invariant } from '../base/invariant.ts'
import { StateStoreError } from '../ports/state-store.ts'
import { encodeForeignError, foreignServiceError } from './foreign-service.ts'
import type { Service, ServiceEntry } from './service.ts'
import type { ControlPlaneContext } from './services.ts'
import { findWebThreat } from './web-guard.ts'

/** A call of an AWS API, read whole. */
export interface ManagementRequest {
  readonly method: string
  /** Path and query as sent, not decoded. */
  readonly target: string
  readonly headers: HeaderFields
  readonly body: Uint8Array
  readonly sourceIp: string
}

export interface ManagementResponse {
  readonly status: number
  readonly headers: HeaderFields
  readonly body: Uint8Array
}

/** What handlers reach the outside through. */
export type ControlPlanePorts = Omit<ControlPlaneContext, 'scope' | 'endpoint' | 'requestId'>

export interface ControlPlaneOptions {
  /** Those that callers may sign for: `services` of services.ts. */
  readonly services: readonly ServiceEntry<ControlPlaneContext>[]
  readonly ports: ControlPlanePorts
  /** Of callers whose access key is no account number, and who sign for no region. */
  readonly defaultScope: Scope
  /** Names of this server besides the loopback ones, in lower case and without a port. */
  readonly managementHosts?: readonly string[]
}

export interface ControlPlane {
  /** The answer to a call. Never rejects: whatever fails is an answer too. */
  call(request: ManagementRequest): Promise<ManagementResponse>
}

/** The control plane: every AWS API that this server speaks. Any credentials are accepted. */
export function createControlPlane(options: ControlPlaneOptions): ControlPlane {
  return { call: (request) => call(request, options) }
}

/** What is known of a call so far: it grows from step to step, and the log line tells it. */
interface CallRecord {
  readonly requestId: string
  credential?: CredentialScope
  scope?: Scope
  service?: Service<ControlPlaneContext>
  operation?: string
  ignoredMembers?: readonly string[]
  /** Of the refusal; absent: the call succeeded. */
  code?: string
}

async function call(
  request: ManagementRequest,
  options: ControlPlaneOptions,
): Promise<ManagementResponse> {
  const { clock, random } = options.ports
  const startMs = clock.monotonicMs()
  const record: CallRecord = { requestId: random.uuid() }
  const answer = await runSteps(request, record, options).catch((error: unknown) =>
    encodeRefusal(toServiceError(error, record, options), request, record),
  )
  logCall(record, answer.status, clock.monotonicMs() - startMs, options)
  const ids = ['x-amzn-RequestId', record.requestId, 'x-amz-apigw-id', `${random.identifier(15)}=`]
  return { ...answer, headers: [...answer.headers, ...ids] }
}

/**
 * One call, top to bottom. A page of the web is turned away before anything of its request is believed,
 * and who calls is settled before what was sent is read.
 */
async function runSteps(
  request: ManagementRequest,
  record: CallRecord,
  options: ControlPlaneOptions,
): Promise<EncodedAnswer> {
  refuseWebPage(request, record, options)
  const { path, query } = splitTarget(request.target)
  record.credential = readCredentialScope(request.headers)
  record.scope = scopeOf(record.credential, options.defaultScope)
  const service = await recogniseService(record.credential, options.services)
  record.service = service
  refuseLongBody(request, service)
  const match = recogniseOperation(service, request.method, path, query)
  const { operation } = match
  record.operation = operation.name
  const handler = service.handlers[operation.name]
  invariant(handler !== undefined, `${operation.name} has no handler`)
  if (typeof handler !== 'function') throw notImplemented(operation.name, handler.reason)
  const { headers, body } = request
  const { input, ignoredMembers } = decodeInput(match, { query, headers, body })
  record.ignoredMembers = ignoredMembers
  checkConstraints(operation, input, service.model.breachStyle)
  const { scope, requestId } = record
  const context = { ...options.ports, scope, requestId, endpoint: endpointOf(headers) }
  const output = await handler(deepFreeze(input), context)
  return encodeOutput(operation, output)
}

function refuseWebPage(
  { method, headers, sourceIp }: ManagementRequest,
  { requestId }: CallRecord,
  { managementHosts = [], ports: { log } }: ControlPlaneOptions,
): void {
  const reason = findWebThreat(method, headers, managementHosts)
  if (reason === undefined) return
  log.warn('management-web-page-refused', { requestId, reason, sourceIp })
  throw frontEndError('AccessDeniedException', `Management calls are refused here: ${reason}`)
}

function refuseLongBody(
  { body }: ManagementRequest,
  { bodyBytesMax }: Service<ControlPlaneContext>,
): void {
  if (body.length <= bodyBytesMax) return
  throw frontEndError(
    'RequestEntityTooLargeException',
    `Request must be smaller than ${bodyBytesMax} bytes`,
  )
}

/** Where the caller reached this server; the guard has seen that there is one Host. */
function endpointOf(headers: HeaderFields): string {
  return `http://${findField(headers, 'host') ?? 'localhost'}`
}

function splitTarget(target: string): { path: string; query: URLSearchParams } {
  const mark = target.indexOf('?')
  if (mark === -1) return { path: target, query: new URLSearchParams() }
  return { path: target.slice(0, mark), query: new URLSearchParams(target.slice(mark + 1)) }
}

/**
 * On AWS a key tells the account; here a key of twelve digits is one. Every region is a world of its own.
 *
 * @throws {ServiceError} InvalidSignatureException for a region that cannot be one.
 * Observed: https://github.com/Kong/insomnia/issues/713 (the blank at the end is AWS's).
 */
function scopeOf({ accessKeyId, region }: CredentialScope, defaultScope: Scope): Scope {
  if (region !== '' && !isRegion(region)) {
    throw frontEndError(
      'InvalidSignatureException',
      `Credential should be scoped to a valid region, not '${cutText(region, 64)}'. `,
    )
  }
  return {
    // The pattern is what the brand stands for.
    account: /^\d{12}$/.test(accessKeyId) ? (accessKeyId as AccountId) : defaultScope.account,
    region: region === '' ? defaultScope.region : region,
  }
}

function recogniseService(
  { service }: CredentialScope,
  services: readonly ServiceEntry<ControlPlaneContext>[],
): Promise<Service<ControlPlaneContext>> {
  const found = services.find(({ name }) => name === service)
  if (found !== undefined) return found.load()
  throw foreignServiceError(
    service,
    services.map(({ name }) => name),
  )
}

function recogniseOperation(
  { model, index }: Service<ControlPlaneContext>,
  method: string,
  path: string,
  query: URLSearchParams,
): OperationMatch {
  const segments = decodeSegments(path)
  // Older SDKs of Lambda end the paths of its lists with a slash.
  const match =
    index.find(method, segments, query) ??
    (segments.at(-1) === '' ? index.find(method, segments.slice(0, -1), query) : undefined)
  if (match !== undefined) return match
  const what = cutText(`${method} ${path}`, 200)
  const version2 = path.startsWith('/v2/')
    ? ' Stagedoor does not implement HTTP and WebSocket APIs (apigatewayv2).'
    : ''
  throw frontEndError(
    'UnknownOperationException',
    `No operation of ${model.service} is at ${what}.${version2}`,
  )
}

function decodeSegments(path: string): readonly string[] {
  try {
    return path.slice(1).split('/').map(decodeURIComponent)
  } catch {
    throw serializationError('The request path is not valid percent-encoded UTF-8')
  }
}

/** Chosen: docs/decisions/0003-unsupported-operations.md */
function notImplemented(operation: string, reason: string): ServiceError {
  return frontEndError(
    'NotImplementedException',
    `Stagedoor does not implement ${operation}: ${reason}`,
  )
}

/** What fails for another reason than the caller's is logged with its cause, which is never sent. */
function toServiceError(
  error: unknown,
  { requestId, operation }: CallRecord,
  { ports: { log } }: ControlPlaneOptions,
): ServiceError {
  if (error instanceof ServiceError) return error
  const cause = error instanceof Error ? (error.stack ?? error.message) : String(error)
  log.error('management-call-failed', { requestId, operation, cause })
  if (error instanceof StateStoreError) {
    return new ServiceError('ServiceUnavailableException', 503, 'The state store is unavailable')
  }
  return frontEndError('InternalFailure', 'An internal error occurred')
}

function encodeRefusal(
  error: ServiceError,
  { headers }: ManagementRequest,
  record: CallRecord,
): EncodedAnswer {
  record.code = error.code
  const { credential, service } = record
  if (service !== undefined) return encodeError(service.model, error)
  return encodeForeignError(credential?.service ?? '', headers, error)
}

function logCall(
  { requestId, credential, scope, operation, ignoredMembers = [], code }: CallRecord,
  status: number,
  durationMs: number,
  { ports: { log } }: ControlPlaneOptions,
): void {
  log.info('management-call', {
    requestId,
    service: credential?.service.slice(0, 64),
    operation,
    account: scope?.account,
    region: scope?.region,
    status,
    code,
    durationMs: Math.round(durationMs * 1_000) / 1_000,
    ...(ignoredMembers.length > 0 ? { ignoredMembers: ignoredMembers.join(' ') } : {}),
  })
}
