import { payloadBytesMax } from '../aws/limits.ts'
import { findField } from '../base/header-fields.ts'
import { evaluateMapping } from '../engines/parameter-mapping.ts'
import type { StageSnapshot } from '../snapshot/stage-snapshot.ts'
import { startCall, type Call, type Route } from './call.ts'
import { ExecutionLog } from './execution-log.ts'
import { finishCall } from './finish-call.ts'
import { GatewayError, toGatewayError } from './gateway-error.ts'
import { renderGatewayResponse } from './gateway-response.ts'
import type { Gateway } from './gateway.ts'
import { mappingSourcesOf } from './mapping-sources.ts'
import type {
  EndpointResponse,
  IncomingRequest,
  MethodRequest,
  MethodResponse,
} from './messages.ts'
import { admit } from './phases/admit.ts'
import { authorize } from './phases/authorize.ts'
import { buildIntegrationRequest } from './phases/build-integration-request.ts'
import { buildMethodResponse } from './phases/build-method-response.ts'
import { decodeContent } from './phases/decode-content.ts'
import { encodeContent } from './phases/encode-content.ts'
import { identifyCaller } from './phases/identify-caller.ts'
import { inspectWithWebAcl } from './phases/inspect-with-web-acl.ts'
import { invokeIntegration } from './phases/invoke-integration.ts'
import { matchResource } from './phases/match-resource.ts'
import { reachEndpoint } from './phases/reach-endpoint.ts'
import { reachVpcLink } from './phases/reach-vpc-link.ts'
import { presentClientCertificate } from './phases/present-client-certificate.ts'
import { readCache, type CacheMiss, type CacheOutcome } from './phases/read-cache.ts'
import { validateRequest } from './phases/validate-request.ts'
import { traceIdOf } from './trace-id.ts'

/**
 * One request of a stage, from the client's words to the client's answer; a promise only where somebody has to
 * be waited for. Never rejects: what goes wrong on the way is an answer too.
 *
 * The order is AWS's. The size of a request is looked at by AWS's front end, before the API is, and an
 * address without an endpoint belongs to no API. The web ACL is documented to come before all that the API
 * itself checks: resource policies, authorizers, keys. Keys, throttling and validation follow
 * authorization in every recorded execution log; the cache answers only what has passed them.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-control-access-aws-waf.html
 * Observed: cases/rest/order
 */
export function handleRestRequest(
  incoming: IncomingRequest,
  stage: StageSnapshot,
  gateway: Gateway,
): MethodResponse | Promise<MethodResponse> {
  const executionLog = gateway.requestTraces && new ExecutionLog(gateway.clock)
  const watched = executionLog === undefined ? incoming : executionLog.watchIncoming(incoming)
  const call = startCall(watched, stage, gateway, { executionLog })
  executionLog?.received(call)
  return answer(call, gateway, runPhases)
}

/**
 * A test invocation of a method: the request passes neither the checks of who calls nor throttling, reaches
 * the method whoever else matches its path, and is measured nowhere. Never rejects.
 *
 * Chosen: docs/decisions/0031-execution-logs-and-test-invocations.md
 */
export async function runTestRequest(
  incoming: IncomingRequest,
  stage: StageSnapshot,
  gateway: Gateway,
  test: { readonly route: Route; readonly executionLog: ExecutionLog },
): Promise<{ readonly call: Call; readonly response: MethodResponse }> {
  const { route, executionLog } = test
  const watched = executionLog.watchIncoming(incoming)
  const call = startCall(watched, stage, gateway, { executionLog, isTest: true })
  call.route = route
  const response = await answer(call, gateway, () => decodeAndRun(call, route, gateway))
  return { call, response }
}

/** Every error is an answer, too. */
function answer(
  call: Call,
  gateway: Gateway,
  run: (call: Call, gateway: Gateway) => MethodResponse | Promise<MethodResponse>,
): MethodResponse | Promise<MethodResponse> {
  let response
  try {
    response = run(call, gateway)
  } catch (thrown) {
    return finish(call, answerOfError(call, thrown), gateway)
  }
  if (!(response instanceof Promise)) return finish(call, response, gateway)
  return response.then(
    (answered) => finish(call, answered, gateway),
    (thrown: unknown) => finish(call, answerOfError(call, thrown), gateway),
  )
}

function answerOfError(call: Call, thrown: unknown): MethodResponse {
  const error = (call.error = toGatewayError(thrown))
  const response = renderError(call, error)
  return call.executionLog?.failed(call, error, response) ?? response
}

function finish(call: Call, response: MethodResponse, gateway: Gateway): MethodResponse {
  call.executionLog?.completed(response)
  call.contentMemory.give(call.contentBytes)
  call.contentBytes = 0
  finishCall(call, response, gateway)
  return response
}

/** All phases; a promise from the first one on that has to wait. */
function runPhases(call: Call, gateway: Gateway): MethodResponse | Promise<MethodResponse> {
  refuseOversized(call.incoming)
  reachEndpoint(call, gateway)
  inspectWithWebAcl(call, gateway)
  const route = (call.route = matchResource(call))
  authorize(call, route, gateway)
  call.executionLog?.verifyingUsagePlan(call)
  call.caller = identifyCaller(call, route, gateway)
  const admitted = admit(call, route, gateway)
  return admitted === undefined
    ? runAdmitted(call, route, gateway)
    : admitted.then(() => runAdmitted(call, route, gateway))
}

function runAdmitted(
  call: Call,
  route: Route,
  gateway: Gateway,
): MethodResponse | Promise<MethodResponse> {
  call.executionLog?.admitted(call, route)
  return decodeAndRun(call, route, gateway)
}

function decodeAndRun(
  call: Call,
  route: Route,
  gateway: Gateway,
): MethodResponse | Promise<MethodResponse> {
  const decoded = decodeContent(call, gateway)
  return decoded instanceof Promise
    ? decoded.then((received) => runMethod(call, received, route, gateway))
    : runMethod(call, decoded, route, gateway)
}

function runMethod(
  call: Call,
  decoded: MethodRequest,
  route: Route,
  gateway: Gateway,
): MethodResponse | Promise<MethodResponse> {
  const { executionLog } = call
  const received =
    executionLog === undefined ? decoded : executionLog.watchMethodRequest(call, decoded, route)
  const checked = validateRequest(call, received, route, gateway)
  return checked instanceof Promise
    ? checked.then((methodRequest) => answerFromCache(call, methodRequest, route, gateway))
    : answerFromCache(call, checked, route, gateway)
}

/** What the stage's cache has, or what the integration answers. */
function answerFromCache(
  call: Call,
  methodRequest: MethodRequest,
  route: Route,
  gateway: Gateway,
): MethodResponse | Promise<MethodResponse> {
  const looked = readCache(call, methodRequest, route, gateway)
  const found = { methodRequest, route, gateway }
  return looked instanceof Promise
    ? looked.then((cached) => answerAsFound(call, cached, found))
    : answerAsFound(call, looked, found)
}

function answerAsFound(
  call: Call,
  cached: CacheOutcome,
  given: {
    readonly methodRequest: MethodRequest
    readonly route: Route
    readonly gateway: Gateway
  },
): MethodResponse | Promise<MethodResponse> {
  const { executionLog } = call
  const { route, gateway } = given
  if (cached.outcome === 'uncached') return callIntegration(call, given)
  call.isCacheHit = cached.outcome === 'hit'
  if (cached.outcome === 'miss') return callAndKeep(call, cached, route, gateway)
  const { response } = cached
  return encodeContent(call, executionLog?.watchMethodResponse(response) ?? response, gateway)
}

async function callAndKeep(
  call: Call,
  miss: CacheMiss,
  route: Route,
  gateway: Gateway,
): Promise<MethodResponse> {
  try {
    return await callIntegration(call, { ...miss, route, gateway })
  } catch (error) {
    miss.abandon()
    throw error
  }
}

/** From the integration request to the answer. `keep`: for whom the answer is, besides the client. */
async function callIntegration(
  call: Call,
  given: {
    readonly methodRequest: MethodRequest
    readonly route: Route
    readonly gateway: Gateway
    readonly keep?: CacheMiss['keep']
  },
): Promise<MethodResponse> {
  const { executionLog } = call
  const { methodRequest, route, gateway, keep } = given
  if (carriesTrace(route)) call.traceId = traceIdOf(call, gateway.random)
  const building = buildIntegrationRequest(call, methodRequest, route, gateway)
  const prepared = building instanceof Promise ? await building : building
  const reached = reachVpcLink(call, prepared, gateway)
  const integrationRequest = presentClientCertificate(call, route, reached, gateway)
  call.overrides = integrationRequest.overrides
  // The invocation has a place of its own in the trace, which the client is told.
  if (integrationRequest.kind === 'function') call.traceId = integrationRequest.invocation.traceId
  executionLog?.endpointCalled(call, integrationRequest)
  const sentMs = gateway.clock.monotonicMs()
  const invoked = invokeIntegration(integrationRequest, gateway)
  let endpointResponse
  try {
    endpointResponse = invoked instanceof Promise ? await invoked : invoked
    call.endpointRequestId = endpointRequestIdOf(route, endpointResponse)
  } finally {
    call.integrationLatencyMs = gateway.clock.monotonicMs() - sentMs
  }
  if (executionLog !== undefined) {
    const watched = executionLog.watchEndpointResponse(call, integrationRequest, endpointResponse)
    endpointResponse = watched instanceof Promise ? await watched : watched
  }
  const built = await buildMethodResponse(call, endpointResponse, route, gateway)
  const methodResponse =
    executionLog === undefined ? built : executionLog.watchMethodResponse(built)
  return encodeContent(call, keep === undefined ? methodResponse : keep(methodResponse), gateway)
}

/** HTTP_PROXY hands the client's own trace on and makes none; MOCK has no endpoint. */
function carriesTrace({ value: { integration } }: Route): boolean {
  return integration.type !== 'HTTP_PROXY' && integration.type !== 'MOCK'
}

/** Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html */
function endpointRequestIdOf(
  { value: { integration } }: Route,
  { result, stream, headers }: EndpointResponse,
): string | undefined {
  const invoked = result ?? stream
  if (invoked !== undefined) return invoked.requestId
  if (integration.type !== 'AWS-service') return undefined
  return findField(headers, 'x-amzn-requestid') ?? findField(headers, 'x-amz-request-id')
}

/** Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html (10 MB). */
function refuseOversized({ body }: IncomingRequest): void {
  if ((body.byteLength ?? 0) > payloadBytesMax) throw new GatewayError('REQUEST_TOO_LARGE')
}

function renderError(call: Call, error: GatewayError): MethodResponse {
  const sources = mappingSourcesOf(call)
  return renderGatewayResponse(error, {
    requestId: call.requestId,
    extendedRequestId: call.extendedRequestId,
    gatewayResponses: call.variant.deployment.gatewayResponses,
    requestHeaders: call.incoming.headers,
    valueOf: (expression) => evaluateMapping(expression, sources),
  })
}
