import type { Call } from './call.ts'
import type { Gateway } from './gateway.ts'
import type { MethodResponse } from './messages.ts'

/**
 * Ends a request: its metrics, and a line for the operator when it failed by no fault of the client's.
 * Never throws, because the answer is ready and nothing here may cost it.
 */
export function finishCall(call: Call, response: MethodResponse, gateway: Gateway): void {
  try {
    if (call.error !== undefined && call.error.row.source !== 'client') noteFailure(call, gateway)
    gateway.metrics.record({
      restApiId: call.stage.declaration.restApiId,
      stage: call.stage.declaration.stageName,
      resourcePath: call.route?.value.resourcePath,
      httpMethod: call.httpMethod,
      status: response.status,
      latencyMs: gateway.clock.monotonicMs() - call.startMonotonicMs,
      integrationLatencyMs: call.integrationLatencyMs,
    })
  } catch (error) {
    gateway.log.error('call-not-finished', { requestId: call.requestId, reason: String(error) })
  }
}

function noteFailure(call: Call, gateway: Gateway): void {
  const { restApiId, stageName } = call.stage.declaration
  const { error } = call
  if (error === undefined) return
  const method = `${call.route?.value.methodKey ?? call.httpMethod} ${call.route?.value.resourcePath ?? ''}`
  // What has another error as its cause, and none of the catalogue says so, is our own bug.
  const isBug = error.cause instanceof Error
  gateway.notices.write(isBug ? 'error' : 'warn', {
    event: 'request-failed',
    subject: `${restApiId}/${stageName} ${method} ${error.errorName} ${isBug ? error.message : ''}`,
    fields: {
      restApiId,
      stage: stageName,
      method,
      requestId: call.requestId,
      answeredAs: error.errorName,
      source: error.row.source,
      detail: error.detail,
      stack: isBug && error.cause instanceof Error ? error.cause.stack : undefined,
    },
  })
}
