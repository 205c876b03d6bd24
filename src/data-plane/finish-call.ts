import type { Call } from './call.ts'
import type { GatewayError } from './gateway-error.ts'
import type { Gateway } from './gateway.ts'
import type { MethodResponse } from './messages.ts'

/**
 * Ends a request: its trace where requests are traced, its metrics, and a line for the operator when it
 * failed by no fault of the client's.
 * Never throws, because the answer is ready and nothing here may cost it. A test invocation
 * leaves nothing but what is a bug of ours.
 */
export function finishCall(call: Call, response: MethodResponse, gateway: Gateway): void {
  try {
    if (call.isTest) {
      // Whoever tests reads the log of any other failure.
      if (call.error?.isBug === true) noteFailure(call, call.error, gateway)
      return
    }
    if (call.executionLog !== undefined) {
      gateway.requestTraces?.keep(call, call.executionLog, response)
    }
    if (call.error !== undefined && call.error.source !== 'client')
      noteFailure(call, call.error, gateway)
    gateway.metrics.record({
      restApiId: call.stage.declaration.restApiId,
      stage: call.stage.declaration.stageName,
      resourcePath: call.route?.value.resourcePath,
      httpMethod: call.httpMethod,
      status: response.status,
      latencyMs: gateway.clock.monotonicMs() - call.startMonotonicMs,
      integrationLatencyMs: call.integrationLatencyMs,
      isCacheHit: call.isCacheHit,
    })
  } catch (error) {
    gateway.log.error('call-not-finished', { requestId: call.requestId, reason: String(error) })
  }
}

function noteFailure(call: Call, error: GatewayError, gateway: Gateway): void {
  const { restApiId, stageName } = call.stage.declaration
  const method = `${call.route?.value.methodKey ?? call.httpMethod} ${call.route?.value.resourcePath ?? ''}`
  gateway.notices.write(error.isBug ? 'error' : 'warn', {
    event: 'request-failed',
    subject: `${restApiId}/${stageName} ${method} ${error.errorName} ${error.isBug}`,
    variant: withoutIds(error.detail ?? ''),
    fields: {
      restApiId,
      stage: stageName,
      method,
      requestId: call.requestId,
      answeredAs: error.errorName,
      source: error.source,
      detail: error.detail,
      stack: error.isBug && error.cause instanceof Error ? error.cause.stack : undefined,
    },
  })
}

/** A detail as it is whatever the request: the ids in it are one request's own. */
function withoutIds(detail: string): string {
  return detail.slice(0, 512).replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi, '')
}
